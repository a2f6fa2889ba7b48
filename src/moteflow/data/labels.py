"""The names of the classes, and the two that mean "another word" and "no word"."""

from collections.abc import Iterable, Sequence

from moteflow.errors import DatasetError

UNKNOWN = "_unknown_"
SILENCE = "_silence_"


def check_labels(labels: Sequence[str]) -> tuple[str, ...]:
    """Return `labels` as a tuple if they can name classes.

    Any printable text is fine, in any script. Raises DatasetError when there are fewer than two,
    when one is not text, is blank, holds control characters, or appears twice.
    """
    for label in labels:
        if not isinstance(label, str):
            raise DatasetError(
                f"A label is text. Received: {label!r}. Quote it in the configuration."
            )
        if not label.strip() or not label.isprintable():
            raise DatasetError(
                f"A label is not blank and has no control characters. Received: {label!r}. "
                "Rename it."
            )
    repeated = sorted({label for label in labels if labels.count(label) > 1})
    if repeated:
        raise DatasetError(
            f"Every label appears once. Received twice: {repeated}. Remove the repetition."
        )
    if len(labels) < 2:
        raise DatasetError(
            f"A classifier needs two labels or more. Received: {list(labels)}. "
            "Add recordings of another label, or list more in dataset.labels."
        )
    return tuple(labels)


def choose_labels(wanted: Sequence[str] | None, found: Iterable[str]) -> tuple[str, ...]:
    """Return the labels of the dataset: `wanted` in its order, else all `found` ones, sorted.

    `_unknown_` and `_silence_` may be wanted without being found, since they can be drawn.
    Raises DatasetError when a wanted word was not found.
    """
    present = sorted(set(found))
    if wanted is None:
        return check_labels(present)
    labels = check_labels(wanted)
    absent = [name for name in labels if name not in {*present, UNKNOWN, SILENCE}]
    if absent:
        raise DatasetError(
            f"Every label in dataset.labels needs recordings. Received: {absent}, "
            f"but the labels found are {present}. Correct dataset.labels or add recordings."
        )
    return labels
