"""Rules that the hyper-parameters of all networks share."""

from moteflow.errors import ModelError


def check_positive(name: str, value: int) -> None:
    """Raise ModelError unless `value` is at least 1."""
    if value < 1:
        raise ModelError(f"{name} must be at least 1. Received: {value}.")


def check_dropout(value: float) -> None:
    """Raise ModelError unless `value` is a share of units in 0 <= value < 1."""
    if not 0 <= value < 1:
        raise ModelError(f"dropout must lie in 0 <= dropout < 1. Received: {value}.")
