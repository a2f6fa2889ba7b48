"""A Keras model learns from augmented clips."""

from pathlib import Path

import numpy as np

from moteflow.data import load_labels, load_noise, load_subset
from moteflow.files import write_csv, write_json
from moteflow.params import Params
from moteflow.stages.runner import run_stage
from moteflow.tracking import StageRun
from moteflow.training import fit, save_model

DATASET, FEATURES = Path("data/dataset"), Path("data/features")
MODEL = Path("models/float.keras")
REPORT, HISTORY = Path("reports/train.json"), Path("reports/plots/history.csv")


def main(params: Params, run: StageRun) -> None:
    train, validation = load_subset(DATASET, "train"), load_subset(DATASET, "validation")
    model, history = fit(
        model_config=params.model,
        labels=load_labels(DATASET),
        train=train,
        noise=load_noise(DATASET, "train"),
        validation_features=np.load(FEATURES / "validation.npy"),
        validation_targets=validation.targets,
        feature_config=params.features,
        config=params.train,
        seed=params.seed,
    )
    save_model(model, MODEL)
    write_csv(HISTORY, history.rows, tuple(history.rows[0]))
    write_json(REPORT, history.report())
    run.curve(history.rows, step="epoch")
    run.metrics(history.report())
    run.artifacts(MODEL)


if __name__ == "__main__":
    run_stage("train", main)
