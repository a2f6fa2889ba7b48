"""The model becomes int8 and is judged by the reference kernels of the rounding rule."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow import dsp
from moteflow.data import load_labels, load_subset
from moteflow.files import replacing, write_bytes, write_csv, write_json
from moteflow.models import load_model, predict
from moteflow.params import Params
from moteflow.quantization import (
    calibration_set,
    confusion_rows,
    convert,
    evaluate,
    input_quantization,
    run_reference,
)
from moteflow.stages.runner import run_stage
from moteflow.tracking import StageRun

DATASET, FEATURES = Path("data/dataset"), Path("data/features")
MODEL, TFLITE = Path("models/float.keras"), Path("models/int8.tflite")
VECTORS = Path("data/vectors")
REPORT = Path("reports/quantize.json")
CONFUSION = {name: Path(f"reports/plots/confusion_{name}.csv") for name in ("float", "int8")}


def main(params: Params, run: StageRun) -> None:
    model = load_model(MODEL)
    calibration = calibration_set(np.load(FEATURES / "train.npy"), params.quantize.n_calibration)
    tflite = convert(model, calibration)

    features = np.load(FEATURES / "test.npy")
    quantization = input_quantization(tflite)
    inputs = dsp.quantize(features, params.features, quantization.scale, quantization.zero_point)
    logits = run_reference(tflite, inputs, params.quantize.rounding)

    labels, targets = load_labels(DATASET), load_subset(DATASET, "test").targets
    scores: dict[str, NDArray[Any]] = {"float": predict(model, features), "int8": logits}
    report = {name: evaluate(labels, targets, values).metrics() for name, values in scores.items()}
    for name, values in scores.items():
        rows = confusion_rows(labels, targets, values)
        write_csv(CONFUSION[name], rows, ("actual", "predicted"))
    with replacing(VECTORS) as folder:
        folder.mkdir()
        np.save(folder / "inputs.npy", inputs)
        np.save(folder / "logits.npy", logits)
    write_json(REPORT, report)
    write_bytes(TFLITE, tflite)
    run.metrics(report)
    run.artifacts(TFLITE, *CONFUSION.values())


if __name__ == "__main__":
    run_stage("quantize", main)
