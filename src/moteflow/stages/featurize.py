"""Clips become features by the C code that runs on the device."""

from pathlib import Path

import numpy as np

from moteflow import dsp
from moteflow.data import SUBSETS, load_subset
from moteflow.files import replacing
from moteflow.params import Params
from moteflow.stages.runner import run_stage
from moteflow.tracking import StageRun

DATASET, FEATURES = Path("data/dataset"), Path("data/features")


def main(params: Params, run: StageRun) -> None:
    with replacing(FEATURES) as folder:
        folder.mkdir()
        for name in SUBSETS:
            features = dsp.extract(load_subset(DATASET, name).samples, params.features)
            np.save(folder / f"{name}.npy", features)
            run.metrics({name: {"clips": len(features)}})


if __name__ == "__main__":
    run_stage("featurize", main)
