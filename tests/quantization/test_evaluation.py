import numpy as np
import pytest

from moteflow.errors import QuantizationError
from moteflow.quantization import LabelScore, confusion_rows, evaluate

LABELS = ("yes", "no", "other")
TARGETS = np.array([0, 0, 0, 1, 1, 2])
# Predicted: yes, yes, no, no, yes, yes.
SCORES = np.array(
    [[9, 0, 0], [5, 4, 3], [0, 9, 0], [-9, 1, 0], [7, 7, 0], [1, 0, 0]], dtype=np.int8
)


def test_scores_are_judged_per_label() -> None:
    evaluation = evaluate(LABELS, TARGETS, SCORES)

    assert evaluation.accuracy == 3 / 6
    assert evaluation.confusion == ((2, 1, 0), (1, 1, 0), (1, 0, 0))
    assert evaluation.scores == (
        LabelScore("yes", clips=3, recall=2 / 3, precision=2 / 4),
        LabelScore("no", clips=2, recall=1 / 2, precision=1 / 2),
        LabelScore("other", clips=1, recall=0.0, precision=0.0),
    )


def test_among_equal_scores_the_first_label_wins() -> None:
    tied = np.array([[3, 3, 3]], dtype=np.int8)

    assert evaluate(LABELS, np.array([0]), tied).accuracy == 1
    assert confusion_rows(LABELS, np.array([2]), tied) == [{"actual": "other", "predicted": "yes"}]


def test_the_report_holds_every_label() -> None:
    metrics = evaluate(LABELS, TARGETS, SCORES).metrics()

    assert metrics["accuracy"] == 0.5
    assert metrics["clips"] == 6
    assert metrics["labels"]["no"] == {"clips": 2, "precision": 0.5, "recall": 0.5}


@pytest.mark.parametrize("n_targets, shape", [(0, (0, 3)), (2, (3, 3)), (3, (3, 2))])
def test_scores_of_another_shape_are_refused(n_targets: int, shape: tuple[int, int]) -> None:
    with pytest.raises(QuantizationError, match="Received"):
        evaluate(LABELS, np.zeros(n_targets, dtype=np.int64), np.zeros(shape, dtype=np.int8))
