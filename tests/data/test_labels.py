from typing import Any

import pytest

from moteflow.data.labels import check_labels, choose_labels
from moteflow.errors import DatasetError


def test_any_printable_text_is_a_label() -> None:
    odd = ['"; rm -rf', "int", "größe", "*/ #error", "two words", "%s{{x}}", "はい"]
    assert check_labels(odd) == tuple(odd)


@pytest.mark.parametrize("label", ["", " ", "a\nb", "a\x00", "\x1b[31m", "\ud800", True, 7])
def test_other_labels_are_refused_by_name(label: Any) -> None:
    with pytest.raises(DatasetError) as caught:
        check_labels(["yes", label])
    assert repr(label) in str(caught.value)


def test_labels_are_two_or_more_and_differ() -> None:
    with pytest.raises(DatasetError, match="two labels or more"):
        check_labels(["yes"])
    with pytest.raises(DatasetError, match=r"twice: \['yes'\]"):
        check_labels(["yes", "no", "yes"])


def test_wanted_labels_keep_their_order() -> None:
    assert choose_labels(["yes", "no"], ["no", "up", "yes"]) == ("yes", "no")
    assert choose_labels(None, ["no", "yes", "up", "no"]) == ("no", "up", "yes")
    assert choose_labels(["yes", "_silence_", "_unknown_"], ["yes"])[1:] == (
        "_silence_",
        "_unknown_",
    )


def test_unknown_label_is_refused_with_those_found() -> None:
    with pytest.raises(DatasetError, match=r"\['maybe'\].*\['no', 'yes'\]"):
        choose_labels(["yes", "maybe"], ["yes", "no"])
