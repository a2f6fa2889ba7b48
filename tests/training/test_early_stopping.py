import pytest

from moteflow.training.early_stopping import clearly_worse


@pytest.mark.parametrize(
    "accuracy, highest, n_clips, expected",
    [
        (0.85, 0.90, 100, False),  # two standard errors are 0.06
        (0.83, 0.90, 100, True),
        (0.89, 0.90, 10000, True),  # and here 0.006
        (0.95, 0.90, 100, False),
        (1.0, 1.0, 100, False),
        (0.99, 1.0, 100, True),
        (0.0, 0.0, 100, False),
    ],
)
def test_the_margin_follows_the_number_of_clips(
    accuracy: float, highest: float, n_clips: int, expected: bool
) -> None:
    assert clearly_worse(accuracy, highest, n_clips) is expected
