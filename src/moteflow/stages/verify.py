"""The emulated board must answer every test clip with the host's very bytes."""

from pathlib import Path

import numpy as np

from moteflow import dsp
from moteflow.data import load_labels, load_subset
from moteflow.files import write_csv, write_json
from moteflow.firmware import Images, Vectors, verify
from moteflow.params import Params
from moteflow.stages.runner import run_stage
from moteflow.tracking import StageRun

DATASET, FEATURES, VECTORS = Path("data/dataset"), Path("data/features"), Path("data/vectors")
FIRMWARE, IMAGES = Path("firmware"), Path("build/firmware")
REPORT = Path("reports/verify.json")
CONFUSION = Path("reports/plots/confusion_device.csv")
INSTRUCTIONS = Path("reports/plots/instructions.csv")


def main(params: Params, run: StageRun) -> None:
    test = load_subset(DATASET, "test")
    vectors = Vectors(
        samples=test.samples,
        features=dsp.device_values(np.load(FEATURES / "test.npy"), params.features),
        inputs=np.load(VECTORS / "inputs.npy"),
        logits=np.load(VECTORS / "logits.npy"),
        targets=test.targets,
    )[: params.verify.limit]
    report = verify(
        Images.of(IMAGES),
        params.verify.target,
        FIRMWARE,
        vectors,
        n_serial=params.verify.n_serial,
        n_counted=params.verify.n_counted,
    )
    labels = load_labels(DATASET)
    confusion = [
        {"actual": labels[target], "predicted": labels[label]}
        for target, label in zip(vectors.targets, report.labels, strict=True)
    ]
    write_csv(CONFUSION, confusion, ("actual", "predicted"))
    layers = [{"layer": name, "instructions": n} for name, n in report.layers.items()]
    write_csv(INSTRUCTIONS, layers, ("layer", "instructions"))
    write_json(REPORT, report.metrics())
    run.metrics(report.metrics())
    run.artifacts(REPORT, CONFUSION, INSTRUCTIONS)


if __name__ == "__main__":
    run_stage("verify", main)
