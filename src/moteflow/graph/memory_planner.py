"""Places buffers with lifetimes in one arena.

Greedy first fit over several orders comes first: every buffer takes the lowest aligned offset that
those placed before it leave free; the best order is improved by placing the topmost buffer earlier
(Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020, for greedy by
size). Where that misses the lower bound, `memory_search` halves the distance again and again: it
finds a smaller plan, or proves that there is none and so raises the bound.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from moteflow.graph.memory_rules import (
    Buffer,
    Cover,
    arena_size,
    check_no_overlap,
    forbidden,
    lower_bound,
)
from moteflow.graph.memory_search import BudgetSpent, Conflict, Search

FIRST_FIT_BUDGET = 300_000
SEARCH_BUDGET = 300_000
"""Looks at a pair of buffers, whatever the time they take: plans are the same on all machines."""


@dataclass(frozen=True)
class Placement:
    """The offset of each buffer, and a size below which no placement exists."""

    offsets: tuple[int, ...]
    lower_bound: int


def place(buffers: Sequence[Buffer], covers: Sequence[Cover], alignment: int) -> Placement:
    """Offsets that keep the rules of `memory_rules`.

    Equal candidates are taken in the order given, so the result is a function of the input.
    """
    bound = lower_bound(buffers, covers, alignment)
    conflicts = _conflicts(buffers, covers, alignment)
    best = min(
        _until(bound, _first_fits(buffers, conflicts, alignment), buffers, alignment),
        key=lambda offsets: arena_size(buffers, offsets, alignment),
    )
    placement = _search(buffers, conflicts, Placement(best, bound), alignment)
    check_no_overlap(buffers, covers, placement.offsets, alignment)
    return placement


def _conflicts(
    buffers: Sequence[Buffer], covers: Sequence[Cover], alignment: int
) -> list[Conflict]:
    sizes = {i: buffer.size for i, buffer in enumerate(buffers)}
    by_pair = {frozenset((c.source, c.target)): c for c in covers}
    found = []
    for j, second in enumerate(buffers):
        for i, first in enumerate(buffers[:j]):
            if first.lives_with(second) and first.size and second.size:
                apart = Cover(i, j, clearance=second.size)
                cover = by_pair.get(frozenset((i, j)), apart)
                low, high = forbidden(cover, sizes, alignment)
                if low < high:
                    found.append(Conflict(cover.source, cover.target, low, high))
    return found


def _until(
    bound: int, candidates: Iterator[tuple[int, ...]], buffers: Sequence[Buffer], alignment: int
) -> Iterator[tuple[int, ...]]:
    for offsets in candidates:
        yield offsets
        if arena_size(buffers, offsets, alignment) == bound:
            return


def _first_fits(
    buffers: Sequence[Buffer], conflicts: Sequence[Conflict], alignment: int
) -> Iterator[tuple[int, ...]]:
    """Placements by several orders and their improvements, as many as the budget allows."""
    neighbours: list[list[tuple[int, int, int]]] = [[] for _ in buffers]
    for c in conflicts:
        neighbours[c.second].append((c.first, c.low, c.high))
        neighbours[c.first].append((c.second, -c.high, -c.low))
    cost = 2 * len(conflicts) + len(buffers) + 1
    rounds = min(max(FIRST_FIT_BUDGET // cost // len(ORDERS), 1), len(buffers) + 1)
    for key in ORDERS:
        order = sorted(range(len(buffers)), key=lambda i, key=key: key(buffers[i]))  # type: ignore[misc]
        for _ in range(rounds):
            offsets = _first_fit(neighbours, order)
            yield offsets
            if order:
                _move_topmost_forward(buffers, offsets, order)


def _first_fit(
    neighbours: Sequence[Sequence[tuple[int, int, int]]], order: Sequence[int]
) -> tuple[int, ...]:
    offsets: dict[int, int] = {}
    for i in order:
        taken = sorted(
            (offsets[j] + low, offsets[j] + high) for j, low, high in neighbours[i] if j in offsets
        )
        at = 0
        for low, high in taken:
            if at <= low:
                break
            at = max(at, high)
        offsets[i] = at
    return tuple(offsets[i] for i in range(len(offsets)))


def _move_topmost_forward(
    buffers: Sequence[Buffer], offsets: Sequence[int], order: list[int]
) -> None:
    topmost = max(order, key=lambda i: (offsets[i] + buffers[i].size, -i))
    order.remove(topmost)
    order.insert(0, topmost)


def _search(
    buffers: Sequence[Buffer], conflicts: Sequence[Conflict], found: Placement, alignment: int
) -> Placement:
    """A smaller placement, or a greater bound; `candidate` is the smallest size not given up."""
    search = Search([buffer.size for buffer in buffers], conflicts)
    offsets, bound = found.offsets, found.lower_bound
    size, candidate, limit = arena_size(buffers, offsets, alignment), bound, bound
    while candidate < size:
        try:
            smaller = search.fit(limit, SEARCH_BUDGET)
        except BudgetSpent:
            candidate = limit + alignment
        else:
            if smaller is None:
                bound, candidate = limit + alignment, limit + alignment
            else:
                offsets, size = smaller, arena_size(buffers, smaller, alignment)
        limit = candidate + (size - candidate) // 2 // alignment * alignment
    return Placement(offsets, bound)


ORDERS: tuple[Callable[[Buffer], tuple[int, ...]], ...] = (
    lambda b: (-b.size, b.first_use),
    lambda b: (b.first_use, -b.size),
    lambda b: (-b.last_use, -b.size),
    lambda b: (b.first_use - b.last_use, -b.size),
)
