"""Truth lists: matched with events, written and read."""

from pathlib import Path

import pytest

from moteflow.data.truth import Occurrence, Score, read_truth, score, write_truth
from moteflow.errors import DatasetError

TRUTH = [Occurrence(100, 200, "yes"), Occurrence(300, 400, "no"), Occurrence(500, 600, "other")]


def match(*events: tuple[int, str], truth: list[Occurrence] = TRUTH) -> tuple[int, int, int]:
    found = score(events, truth, {"yes", "no"}, tolerance=50, hours=0.5)
    return found.hits, found.misses, found.false_alarms


@pytest.mark.parametrize("sample", [100, 200, 250])
def test_an_event_from_begin_to_tolerance_is_a_hit(sample: int) -> None:
    assert match((sample, "yes")) == (1, 1, 0)


@pytest.mark.parametrize("sample", [99, 251])
def test_an_event_before_or_after_is_a_false_alarm(sample: int) -> None:
    assert match((sample, "yes")) == (0, 2, 1)


def test_another_label_is_a_miss_and_a_false_alarm() -> None:
    assert match((150, "no"), (350, "no")) == (1, 1, 1)


def test_each_occurrence_counts_once() -> None:
    assert match((150, "yes"), (160, "yes")) == (1, 1, 1)


def test_overlapping_occurrences_take_an_event_each() -> None:
    truth = [Occurrence(0, 100, "yes"), Occurrence(90, 190, "yes")]
    assert match((95, "yes"), (120, "yes"), truth=truth) == (2, 0, 0)


def test_labels_that_are_no_events_do_not_count() -> None:
    assert match() == (0, 2, 0)


def test_rate_of_false_alarms() -> None:
    assert Score(0, 0, 3, 0.5).false_alarms_per_hour == 6.0


def test_a_truth_list_is_read_as_written(tmp_path: Path) -> None:
    write_truth(tmp_path / "truth.csv", TRUTH)
    assert read_truth(tmp_path / "truth.csv") == TRUTH


@pytest.mark.parametrize("text", ["begin,label\n1,yes\n", "begin,end,label\n1.5,2,yes\n"])
def test_a_malformed_truth_list_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_text(text)
    with pytest.raises(DatasetError, match=r"truth\.csv"):
        read_truth(tmp_path / "truth.csv")
