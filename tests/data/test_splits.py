from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.data.splits import count_labels, merge_groups, split_groups
from moteflow.errors import DatasetError

_NAMES = st.text("abcde", min_size=1, max_size=3)
_COUNTS = st.dictionaries(
    _NAMES, st.dictionaries(st.sampled_from("xyz"), st.integers(1, 20), min_size=1), min_size=1
)
_LINKS = st.lists(st.lists(_NAMES, min_size=1, max_size=3), max_size=20)


def test_four_speakers_become_two_one_one() -> None:
    counts = {
        s: {str(d): 50 for d in range(10)} for s in ("jackson", "nicolas", "theo", "yweweler")
    }
    for seed in range(20):
        places = Counter(split_groups(counts, 0.1, 0.2, seed).values())
        assert places == {"train": 2, "validation": 1, "test": 1}


def test_four_files_per_label_reach_every_subset() -> None:
    counts = {f"{label}{i}": {label: 1} for label in "abc" for i in range(4)}
    for seed in range(20):
        place = split_groups(counts, 0.1, 0.2, seed)
        for label in "abc":
            assert {place[f"{label}{i}"] for i in range(4)} == {"train", "validation", "test"}


@pytest.mark.parametrize(
    ("n_groups", "expected"),
    [(1, ["train"]), (2, ["test", "train"]), (3, ["test", "train", "validation"])],
)
def test_scarce_groups_serve_train_first_then_test(n_groups: int, expected: list[str]) -> None:
    counts = {str(i): {"a": 5, "b": 5} for i in range(n_groups)}
    assert sorted(split_groups(counts, 0.1, 0.2, 3).values()) == expected


def test_proportions_hold_for_every_label() -> None:
    counts = {f"s{i}": {"yes": 1 + i % 3, "no": 1 + (i * 7) % 4} for i in range(200)}
    place = split_groups(counts, 0.1, 0.2, 0)
    for label in ("yes", "no"):
        total = sum(c[label] for c in counts.values())
        for subset, fraction in (("train", 0.7), ("validation", 0.1), ("test", 0.2)):
            dealt = sum(c[label] for g, c in counts.items() if place[g] == subset)
            assert abs(dealt / total - fraction) < 0.02


def test_seeds_differ() -> None:
    counts = {f"s{i}": {"yes": 1} for i in range(50)}
    assert split_groups(counts, 0.2, 0.2, 1) != split_groups(counts, 0.2, 0.2, 2)


@settings(max_examples=50, deadline=None)
@given(_COUNTS, st.integers(0, 5))
def test_every_group_has_one_place_whatever_the_order(
    counts: dict[str, dict[str, int]], seed: int
) -> None:
    place = split_groups(counts, 0.1, 0.2, seed)
    assert set(place) == set(counts)
    assert set(place.values()) <= {"train", "validation", "test"}
    assert place == split_groups(dict(reversed(counts.items())), 0.1, 0.2, seed)


@pytest.mark.parametrize("fractions", [(0.0, 0.2), (0.1, 0.0), (0.5, 0.5), (-0.1, 0.2)])
def test_impossible_fractions_are_refused(fractions: tuple[float, float]) -> None:
    with pytest.raises(DatasetError, match="sum to less than 1"):
        split_groups({"a": {"x": 1}}, *fractions, seed=0)


def test_labels_are_counted_by_group() -> None:
    pairs = [("a", "x"), ("a", "x"), ("b", "y")]
    assert count_labels(pairs) == {"a": {"x": 2}, "b": {"y": 1}}


@settings(deadline=None)
@given(_LINKS)
def test_merged_groups_are_the_connected_ones(links: list[list[str]]) -> None:
    merged = merge_groups(links)
    expected = {name: {name} for link in links for name in link}
    for link in links:
        union = set().union(*(expected[name] for name in link))
        for name in union:
            expected[name] = union
    assert merged == {name: min(union) for name, union in expected.items()}
