"""How well predictions agree with the recordings' labels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from moteflow.errors import QuantizationError


@dataclass(frozen=True)
class LabelScore:
    """One label: how many clips carry it, and recall, precision in 0..1 (0 where undefined)."""

    label: str
    clips: int
    recall: float
    precision: float


@dataclass(frozen=True)
class Evaluation:
    """Accuracy in 0..1, one score per label, and `confusion[actual][predicted]` in clips."""

    accuracy: float
    scores: tuple[LabelScore, ...]
    confusion: tuple[tuple[int, ...], ...]

    def metrics(self) -> dict[str, Any]:
        """Accuracy, and recall and precision by label, for a JSON report."""
        return {
            "accuracy": self.accuracy,
            "clips": sum(score.clips for score in self.scores),
            "labels": {
                score.label: {
                    "clips": score.clips,
                    "precision": score.precision,
                    "recall": score.recall,
                }
                for score in self.scores
            },
        }


def evaluate(
    labels: tuple[str, ...],
    targets: npt.NDArray[np.int64],
    scores: npt.NDArray[np.generic],
) -> Evaluation:
    """Judge scores [n, n_labels] of any type against targets int64 [n].

    The predicted label has the highest score; among equals the first, as on the device. Raises
    QuantizationError if there is nothing to judge or the shapes differ.
    """
    if len(targets) == 0 or scores.shape != (len(targets), len(labels)):
        raise QuantizationError(
            f"Scores must be [n, {len(labels)}] for n >= 1 targets. "
            f"Received: {list(scores.shape)} for {len(targets)} targets. "
            "Use the features and targets of one subset."
        )
    confusion = np.zeros((len(labels), len(labels)), dtype=np.int64)
    np.add.at(confusion, (targets, scores.argmax(axis=1)), 1)
    correct = np.diag(confusion)
    recalls = correct / np.maximum(confusion.sum(axis=1), 1)
    precisions = correct / np.maximum(confusion.sum(axis=0), 1)
    return Evaluation(
        accuracy=float(correct.sum() / len(targets)),
        scores=tuple(
            LabelScore(label, int(confusion[index].sum()), float(recall), float(precision))
            for index, (label, recall, precision) in enumerate(
                zip(labels, recalls, precisions, strict=True)
            )
        ),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
    )


def confusion_rows(
    labels: tuple[str, ...],
    targets: npt.NDArray[np.int64],
    scores: npt.NDArray[np.generic],
) -> list[dict[str, str]]:
    """Return one row {actual, predicted} per clip: what a DVC confusion plot counts."""
    return [
        {"actual": labels[target], "predicted": labels[predicted]}
        for target, predicted in zip(targets, scores.argmax(axis=1), strict=True)
    ]
