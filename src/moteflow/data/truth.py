"""What is said in a long recording, and how well events match it."""

import csv
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from moteflow.errors import DatasetError
from moteflow.files import write_csv

COLUMNS = ("begin", "end", "label")


@dataclass(frozen=True)
class Occurrence:
    """A label in a recording, from sample `begin` up to, and without, sample `end`."""

    begin: int
    end: int
    label: str


@dataclass(frozen=True)
class Score:
    """How events match a truth list.

    hits          occurrences that an event answered
    misses        occurrences that none answered
    false_alarms  events that answered none: another label, another time, or a second event
    hours         the recording's length
    """

    hits: int
    misses: int
    false_alarms: int
    hours: float

    @property
    def false_alarms_per_hour(self) -> float:
        return self.false_alarms / self.hours


def score(
    events: Iterable[tuple[int, str]],
    truth: Sequence[Occurrence],
    labels: Collection[str],
    tolerance: int,
    hours: float,
) -> Score:
    """Match events (sample, label), in order of time, with the occurrences of `labels`.

    An event answers the first unanswered occurrence of its label that has begun and whose end is
    at most `tolerance` samples back. Occurrences of other labels are neither hits nor misses.
    """
    waiting = sorted((o for o in truth if o.label in labels), key=lambda o: o.begin)
    n_occurrences, false_alarms = len(waiting), 0
    for sample, label in events:
        answered = next(
            (o for o in waiting if o.label == label and o.begin <= sample <= o.end + tolerance),
            None,
        )
        if answered is None:
            false_alarms += 1
        else:
            waiting.remove(answered)
    return Score(n_occurrences - len(waiting), len(waiting), false_alarms, hours)


def write_truth(path: Path, truth: Iterable[Occurrence]) -> None:
    """Write a CSV file of COLUMNS; begin and end are in samples."""
    write_csv(path, (vars(occurrence) for occurrence in truth), COLUMNS)


def read_truth(path: Path) -> list[Occurrence]:
    """Read what `write_truth` wrote; DatasetError if a column is missing or no number."""
    with path.open(newline="", encoding="utf-8") as file:
        try:
            return [
                Occurrence(int(row["begin"]), int(row["end"]), row["label"])
                for row in csv.DictReader(file)
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise DatasetError(
                f"A truth list must be CSV with the columns {', '.join(COLUMNS)}, the first two in "
                f"samples. Received: {path.name}: {error!r}. Correct that line."
            ) from error
