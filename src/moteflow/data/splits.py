"""Subsets by group: a speaker is heard in one subset only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from moteflow.data.dataset import SUBSETS
from moteflow.data.seeds import generator
from moteflow.errors import DatasetError

_ATTEMPTS = 16
_TIE_ORDER = (0, 2, 1)  # train, then test, then validation


def check_fractions(validation_fraction: float, test_fraction: float) -> None:
    """Raise DatasetError unless both fractions are positive and leave something to train on."""
    if min(validation_fraction, test_fraction) <= 0 or validation_fraction + test_fraction >= 1:
        raise DatasetError(
            "dataset.validation_fraction and dataset.test_fraction are positive and sum to less "
            f"than 1. Received: {validation_fraction} and {test_fraction}. Correct them."
        )


def split_groups(
    counts: Mapping[str, Mapping[str, int]],
    validation_fraction: float,
    test_fraction: float,
    seed: int,
) -> dict[str, str]:
    """Assign each group to "train", "validation" or "test".

    `counts[group][label]` is the number of clips. Groups are dealt in a seeded order, each to the
    subset that misses most of the group's labels; when a label has only as many groups left as
    subsets without it, those subsets go first. Of a few such deals the one with the fewest gaps
    and the closest proportions is taken, so four speakers become 2/1/1. The result depends on the
    groups' names and counts, not on their order.
    """
    check_fractions(validation_fraction, test_fraction)
    groups = sorted(counts)
    labels = sorted({label for group in groups for label in counts[group]})
    if not groups:
        return {}
    table = np.array([[counts[g].get(label, 0) for label in labels] for g in groups], np.int64)
    fractions = np.array(
        [1 - validation_fraction - test_fraction, validation_fraction, test_fraction]
    )
    target = fractions[:, None] * table.sum(axis=0)
    rng = generator(seed, "split")
    best: tuple[float, NDArray[np.int64]] | None = None
    for _ in range(_ATTEMPTS):
        choice = _deal(table, target, rng.permutation(len(groups)))
        cost = _cost(table, target, choice)
        if best is None or cost < best[0]:
            best = (cost, choice)
    assert best is not None
    return {group: SUBSETS[subset] for group, subset in zip(groups, best[1], strict=True)}


def _deal(
    table: NDArray[np.int64], target: NDArray[np.float64], order: NDArray[np.int64]
) -> NDArray[np.int64]:
    weight = 1.0 / table.sum(axis=0)
    deficit = target.copy()
    lacking = np.ones(target.shape, bool)
    groups_left = (table > 0).sum(axis=0)
    choice = np.zeros(len(table), np.int64)
    for group in order:
        row = table[group]
        has = row > 0
        urgent = has & (groups_left <= lacking.sum(axis=0))
        needed = (lacking & urgent).any(axis=1)
        allowed = needed if needed.any() else np.ones(len(SUBSETS), bool)
        score = np.where(allowed, deficit @ (row * weight), -np.inf)
        subset = max(_TIE_ORDER, key=lambda s: (score[s], -_TIE_ORDER.index(s)))
        choice[group] = subset
        deficit[subset] -= row
        lacking[subset] &= ~has
        groups_left -= has
    return choice


def _cost(
    table: NDArray[np.int64], target: NDArray[np.float64], choice: NDArray[np.int64]
) -> float:
    """Count the gaps, those in train and test tenfold, plus the mean error of the proportions."""
    dealt = np.stack([table[choice == s].sum(axis=0) for s in range(len(SUBSETS))])
    gaps = (dealt == 0).sum(axis=1)
    error = float(np.abs((dealt - target) / table.sum(axis=0)).mean())
    return float(100 * gaps[0] + 10 * gaps[1] + 100 * gaps[2]) + error


def count_labels(pairs: Iterable[tuple[str, str]]) -> dict[str, Counter[str]]:
    """Count clips from (group, label) pairs as `counts[group][label]`."""
    counts: dict[str, Counter[str]] = {}
    for group, label in pairs:
        counts.setdefault(group, Counter())[label] += 1
    return counts


def merge_groups(pairs: Iterable[Sequence[str]]) -> dict[str, str]:
    """Join groups that share audio, transitively.

    Each element names groups that belong together; returned is the first name, in sorted order,
    of the joined group for every group named.
    """
    parent: dict[str, str] = {}

    def root(group: str) -> str:
        parent.setdefault(group, group)
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    for together in pairs:
        roots = sorted({root(group) for group in together})
        for other in roots[1:]:
            parent[other] = roots[0]
    return {group: root(group) for group in parent}
