"""A Keras model learns from augmented clips."""

from dataclasses import asdict
from pathlib import Path

import numpy as np

from moteflow.data import load_labels, load_noise, load_subset
from moteflow.files import write_csv, write_json
from moteflow.models import predict, save_model
from moteflow.params import Params
from moteflow.stages.frontend import load_frontend
from moteflow.stages.runner import run_stage
from moteflow.tracking import StageRun
from moteflow.training import fit

DATASET, FEATURES = Path("data/dataset"), Path("data/features")
MODEL, PREDICTIONS = Path("models/float.keras"), Path("models/float_predictions.csv")
REPORT, HISTORY = Path("reports/train.json"), Path("reports/plots/history.csv")


def main(params: Params, run: StageRun) -> None:
    labels, train = load_labels(DATASET), load_subset(DATASET, "train")
    validation = load_subset(DATASET, "validation")
    model, history = fit(
        model_config=params.model,
        frontend=load_frontend(params, FEATURES),
        labels=labels,
        train=train,
        noise=load_noise(DATASET, "train"),
        validation_features=np.load(FEATURES / "validation.npy"),
        validation_targets=validation.targets,
        config=params.train,
        seed=params.seed,
    )
    save_model(model, MODEL)
    predicted = predict(model, np.load(FEATURES / "train.npy")).argmax(axis=1)
    predictions = [
        {"name": clip.name, "actual": labels[target], "predicted": labels[index]}
        for clip, target, index in zip(train.clips, train.targets, predicted, strict=True)
    ]
    write_csv(PREDICTIONS, predictions, ("name", "actual", "predicted"))
    rows = [asdict(record) for record in history.records]
    write_csv(HISTORY, rows, tuple(rows[0]))
    best = {"epochs": len(rows), "best": rows[history.best_epoch - 1]}
    write_json(REPORT, best)
    run.curve(rows, step="epoch")
    run.metrics(best)
    run.artifacts(MODEL)


if __name__ == "__main__":
    run_stage("train", main)
