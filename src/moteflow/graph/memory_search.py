"""Finds a placement of a given size, or proves that there is none.

Each pair of buffers that may collide leaves a choice: the second lies above the first, or below.
A choice is an inequality between two offsets, and all choices made so far narrow the range of every
offset. The search settles a pair that collides where all buffers lie as low as they can, and goes
back when a range becomes empty (disjunctive branch and bound). Pairs that ended in dead ends before
are settled first; restarts let them come to the top of the tree (Boussemart et al., "Boosting
Systematic Search by Weighting Constraints", 2004).
"""

from collections.abc import Sequence
from dataclasses import dataclass

FIRST_ROUND = 4096


@dataclass(frozen=True)
class Conflict:
    """low < offset(second) - offset(first) < high must not be; low < high."""

    first: int
    second: int
    low: int
    high: int


class BudgetSpent(Exception):
    """Neither a placement nor a proof was found in time."""


@dataclass
class _Node:
    """Ranges of the offsets, and the pairs settled: whether the second lies above."""

    lowest: list[int]
    highest: list[int]
    above: dict[int, bool]
    changed: list[int]


class Search:
    """The placements of buffers with these sizes; what one search learns serves the next."""

    def __init__(self, sizes: Sequence[int], conflicts: Sequence[Conflict]) -> None:
        self.sizes = sizes
        self.conflicts = conflicts
        self.weights = [sizes[c.first] + sizes[c.second] for c in conflicts]
        self.by_buffer: list[list[int]] = [[] for _ in sizes]
        for number, conflict in enumerate(conflicts):
            self.by_buffer[conflict.first].append(number)
            self.by_buffer[conflict.second].append(number)
        self.bump = max(sizes, default=0)
        self.looks_left = 0

    def fit(self, limit: int, budget: int) -> tuple[int, ...] | None:
        """Offsets with every buffer below `limit`; None when there are none.

        Raises BudgetSpent after about `budget` looks at a pair.
        """
        share = FIRST_ROUND
        while share < budget:
            try:
                return self._round(limit, share)
            except BudgetSpent:
                budget, share = budget - share, share * 2
        return self._round(limit, budget)

    def _round(self, limit: int, budget: int) -> tuple[int, ...] | None:
        self.looks_left = budget
        highest = [limit - size for size in self.sizes]
        nodes = [_Node([0] * len(highest), highest, {}, list(range(len(highest))))]
        while nodes:
            node = nodes.pop()
            if not self._narrow(node):
                continue
            broken = self._heaviest_broken(node.lowest)
            if broken is None:
                return tuple(node.lowest)
            conflict = self.conflicts[broken]
            distance = node.lowest[conflict.second] - node.lowest[conflict.first]
            up_is_nearer = conflict.high - distance < distance - conflict.low
            for up in (not up_is_nearer, up_is_nearer):
                ends = [conflict.first, conflict.second]
                nodes.append(
                    _Node(node.lowest[:], node.highest[:], node.above | {broken: up}, ends)
                )
        return None

    def _spend(self, looks: int) -> None:
        self.looks_left -= looks
        if self.looks_left < 0:
            raise BudgetSpent

    def _heaviest_broken(self, at: Sequence[int]) -> int | None:
        self._spend(len(self.conflicts) // 4)
        broken = [
            n for n, c in enumerate(self.conflicts) if c.low < at[c.second] - at[c.first] < c.high
        ]
        return max(broken, key=lambda n: self.weights[n], default=None)

    def _narrow(self, node: _Node) -> bool:
        """Narrow the ranges by all that is settled or forced; False when one becomes empty."""
        lowest, highest, changed = node.lowest, node.highest, node.changed
        while changed:
            buffer = changed.pop()
            self._spend(len(self.by_buffer[buffer]))
            for number in self.by_buffer[buffer]:
                conflict = self.conflicts[number]
                first, second = conflict.first, conflict.second
                up = node.above.get(number)
                can_rise = up is not False and highest[second] - lowest[first] >= conflict.high
                can_sink = up is not True and lowest[second] - highest[first] <= conflict.low
                if can_rise and can_sink:
                    continue
                if can_rise:
                    under, over, distance = first, second, conflict.high
                else:
                    under, over, distance = second, first, -conflict.low
                if lowest[under] + distance > lowest[over]:
                    lowest[over] = lowest[under] + distance
                    changed.append(over)
                if highest[over] - distance < highest[under]:
                    highest[under] = highest[over] - distance
                    changed.append(under)
                is_empty = lowest[over] > highest[over] or lowest[under] > highest[under]
                if is_empty or not (can_rise or can_sink):
                    self.weights[number] += self.bump
                    return False
        return True
