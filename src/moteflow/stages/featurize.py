"""Clips become features by the C code that runs on the device."""

from functools import partial
from pathlib import Path

import numpy as np
from rich.progress import Progress

from moteflow import dsp
from moteflow.data import SUBSETS, load_subset
from moteflow.files import replacing
from moteflow.params import Params
from moteflow.stages.runner import run_stage
from moteflow.tracking import StageRun

DATASET, FEATURES = Path("data/dataset"), Path("data/features")


def main(params: Params, run: StageRun) -> None:
    with replacing(FEATURES) as folder, Progress() as bar:
        folder.mkdir()
        for name in SUBSETS:
            samples = load_subset(DATASET, name).samples
            task = bar.add_task(f"Features of {name}", total=len(samples))
            features = dsp.extract(samples, params.features, progress=partial(bar.advance, task))
            np.save(folder / f"{name}.npy", features)
            run.metrics({name: {"clips": len(features)}})


if __name__ == "__main__":
    run_stage("featurize", main)
