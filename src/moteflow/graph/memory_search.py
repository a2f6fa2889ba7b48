"""Proves that buffers fit a given size, or that they do not.

Each pair of buffers that may collide leaves a choice: the second lies above the first, or below.
A choice is an inequality between two offsets; all choices made so far narrow the range of every
offset. The search makes the choice that the lowest offsets break, the largest buffers first, and
goes back when a range becomes empty (disjunctive branch and bound).
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Conflict:
    """low < offset(second) - offset(first) < high must not be; low < high."""

    first: int
    second: int
    low: int
    high: int

    def holds_back(self, offsets: Sequence[int]) -> bool:
        return self.low < offsets[self.second] - offsets[self.first] < self.high


class BudgetSpent(Exception):
    """Neither a placement nor a proof was found in time."""


@dataclass
class Search:
    """`budget` is the number of looks at a conflict that all calls of `fit` may take together."""

    sizes: Sequence[int]
    conflicts: Sequence[Conflict]
    budget: int

    def __post_init__(self) -> None:
        self.conflicts = sorted(
            self.conflicts, key=lambda c: -self.sizes[c.first] - self.sizes[c.second]
        )
        self.reserve = 0
        self.by_buffer: list[list[int]] = [[] for _ in self.sizes]
        for number, conflict in enumerate(self.conflicts):
            self.by_buffer[conflict.first].append(number)
            self.by_buffer[conflict.second].append(number)

    def fit(self, limit: int, budget: int) -> tuple[int, ...] | None:
        """Offsets with every buffer below `limit`; None when there are none.

        Raises BudgetSpent after `budget` looks.
        """
        self.reserve = max(self.budget - budget, 0)
        lowest, highest = [0] * len(self.sizes), [limit - size for size in self.sizes]
        nodes = [(lowest, highest, dict[int, bool](), list(range(len(self.sizes))))]
        while nodes:
            lowest, highest, above, changed = nodes.pop()
            if not self._narrow(lowest, highest, above, changed):
                continue
            broken = self._first_broken(lowest)
            if broken is None:
                return tuple(lowest)
            conflict = self.conflicts[broken]
            distance = lowest[conflict.second] - lowest[conflict.first]
            up_is_nearer = conflict.high - distance < distance - conflict.low
            for choice in (not up_is_nearer, up_is_nearer):
                ends = [conflict.first, conflict.second]
                nodes.append((lowest[:], highest[:], above | {broken: choice}, ends))
        return None

    def _spend(self, looks: int) -> None:
        self.budget -= looks
        if self.budget < self.reserve:
            raise BudgetSpent

    def _first_broken(self, offsets: Sequence[int]) -> int | None:
        self._spend(len(self.conflicts) // 4)
        return next((n for n, c in enumerate(self.conflicts) if c.holds_back(offsets)), None)

    def _narrow(
        self, lowest: list[int], highest: list[int], above: dict[int, bool], changed: list[int]
    ) -> bool:
        """Narrow the ranges by all choices made and forced; False when one becomes empty."""
        if any(low > high for low, high in zip(lowest, highest, strict=True)):
            return False
        while changed:
            buffer = changed.pop()
            self._spend(len(self.by_buffer[buffer]))
            for number in self.by_buffer[buffer]:
                conflict = self.conflicts[number]
                first, second = conflict.first, conflict.second
                choice = above.get(number)
                can_rise = choice is not False and (
                    highest[second] - lowest[first] >= conflict.high
                )
                can_sink = choice is not True and lowest[second] - highest[first] <= conflict.low
                if can_rise and can_sink:
                    continue
                if can_rise:
                    under, over, distance = first, second, conflict.high
                elif can_sink:
                    under, over, distance = second, first, -conflict.low
                else:
                    return False
                if lowest[under] + distance > lowest[over]:
                    lowest[over] = lowest[under] + distance
                    changed.append(over)
                if highest[over] - distance < highest[under]:
                    highest[under] = highest[over] - distance
                    changed.append(under)
                if lowest[over] > highest[over] or lowest[under] > highest[under]:
                    return False
        return True
