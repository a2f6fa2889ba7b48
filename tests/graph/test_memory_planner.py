"""The planner alone: literal offsets, laws, ties, the search."""

import time
from itertools import permutations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.graph.memory_planner import place
from moteflow.graph.memory_rules import Buffer, Cover, align, arena_size, lower_bound
from moteflow.graph.memory_search import BudgetSpent, Conflict, Search

LAWS = settings(derandomize=True, database=None, deadline=None)


def buffers(*rows: tuple[int, int, int]) -> list[Buffer]:
    return [Buffer(f"b{i}", *row) for i, row in enumerate(rows)]


@st.composite
def problems(
    draw: st.DrawFn, most: int = 14, largest: int = 100
) -> tuple[list[Buffer], list[Cover]]:
    """Buffers, and covers of some that end where another begins."""
    spans = st.tuples(st.integers(0, most), st.integers(0, most)).map(sorted)
    row = st.tuples(st.integers(0, largest), spans)
    rows = draw(st.lists(row, min_size=1, max_size=most))
    drawn = buffers(*((size, first, last) for size, (first, last) in rows))
    covers: list[Cover] = []
    for (i, source), (j, target) in permutations(enumerate(drawn), 2):
        meets = source.first_use < source.last_use == target.first_use
        if meets and draw(st.booleans()):
            alone = all(c.target != j and c.source != i for c in covers)
            clearance = draw(st.integers(-largest, largest))
            covers.append(Cover(i, j, clearance, alone and draw(st.booleans())))
    return drawn, covers


def may_overlap(drawn: list[Buffer], offsets: tuple[int, ...], cover: Cover) -> bool:
    """The rule in bytes: what is written stays behind what is still to be read."""
    a, b = offsets[cover.source], offsets[cover.target]
    if b + cover.clearance <= a:
        return True
    end_a, end_b = a + drawn[cover.source].size, b + drawn[cover.target].size
    return cover.reversible and end_a + cover.clearance <= end_b


def test_a_chain_swings_between_both_ends() -> None:
    chain = buffers((100, 0, 0), (60, 0, 1), (80, 1, 2), (40, 2, 2))
    placement = place(chain, [], 4)
    assert placement.offsets == (0, 100, 0, 80)
    assert arena_size(chain, placement.offsets, 4) == placement.lower_bound == 160


def test_a_branch_keeps_its_source() -> None:
    residual = buffers((64, 0, 2), (64, 0, 1), (64, 1, 2), (64, 2, 2))
    assert place(residual, [], 16).offsets == (0, 64, 128, 64)


def test_identical_lifetimes_lie_side_by_side() -> None:
    same = buffers((10, 0, 3), (10, 0, 3), (10, 0, 3))
    assert place(same, [], 4).offsets == (0, 12, 24)


def test_a_cover_shifts_by_its_clearance() -> None:
    chain = buffers((80, 0, 1), (80, 1, 2), (80, 2, 3))
    covers = [Cover(0, 1, 12), Cover(1, 2, 0, reversible=True)]
    assert place(chain, covers, 4).offsets == (12, 0, 0)
    last = buffers(*((b.size, b.first_use, b.last_use) for b in chain), (80, 3, 3))
    assert place(last, [*covers, Cover(2, 3, 12)], 4).offsets == (12, 0, 12, 0)


def test_first_fit_is_improved_to_the_lower_bound() -> None:
    crossing = buffers((7, 0, 1), (9, 1, 3), (4, 0, 0), (4, 2, 4), (5, 3, 4), (6, 4, 5))
    placement = place(crossing, [], 1)
    assert arena_size(crossing, placement.offsets, 1) == placement.lower_bound


def test_the_bound_rises_to_what_is_proven() -> None:
    """Each step needs 92 bytes, but kernels that run forward shift by 12 twice."""
    chain = buffers((80, 0, 1), (80, 1, 2), (80, 2, 3))
    covers = [Cover(0, 1, 12), Cover(1, 2, 12)]
    placement = place(chain, covers, 4)
    assert placement.offsets == (24, 12, 0)
    assert lower_bound(chain, covers, 4) == 92
    assert placement.lower_bound == 104


@LAWS
@given(problems(), st.sampled_from([1, 4, 16]))
def test_live_buffers_overlap_only_where_they_may(
    problem: tuple[list[Buffer], list[Cover]], alignment: int
) -> None:
    drawn, covers = problem
    placement = place(drawn, covers, alignment)
    offsets = placement.offsets
    allowed = {frozenset((c.source, c.target)): c for c in covers}
    for i, a in enumerate(drawn):
        assert offsets[i] % alignment == 0
        for j, b in enumerate(drawn[:i]):
            if a.first_use <= b.last_use and b.first_use <= a.last_use:
                apart = offsets[i] + a.size <= offsets[j] or offsets[j] + b.size <= offsets[i]
                cover = allowed.get(frozenset((i, j)))
                assert apart or (cover and may_overlap(drawn, offsets, cover))
    size = arena_size(drawn, offsets, alignment)
    total = sum(align(b.size, alignment) for b in drawn)
    bound = lower_bound(drawn, covers, alignment)
    assert bound <= placement.lower_bound <= size <= total


@LAWS
@given(problems())
def test_equal_input_gives_equal_offsets(problem: tuple[list[Buffer], list[Cover]]) -> None:
    drawn, covers = problem
    assert place(drawn, covers, 4) == place(list(drawn), list(covers), 4)


def smallest(drawn: list[Buffer], covers: list[Cover]) -> int:
    """Every placement tried."""
    allowed = {frozenset((c.source, c.target)): c for c in covers}
    pairs = [(i, j) for j in range(len(drawn)) for i in range(j) if drawn[i].lives_with(drawn[j])]

    def fits(offsets: tuple[int, ...]) -> bool:
        for i, j in pairs:
            apart = (
                offsets[i] + drawn[i].size <= offsets[j] or offsets[j] + drawn[j].size <= offsets[i]
            )
            cover = allowed.get(frozenset((i, j)))
            if not apart and not (cover and may_overlap(drawn, offsets, cover)):
                return False
        return True

    for size in range(sum(b.size for b in drawn) + 1):
        ranges = [range(size - b.size + 1) for b in drawn]
        if any(fits(offsets) for offsets in product(*ranges)):
            return size
    raise AssertionError


@settings(LAWS, max_examples=60)
@given(problems(most=5, largest=4))
def test_small_problems_are_solved_exactly(problem: tuple[list[Buffer], list[Cover]]) -> None:
    drawn, covers = problem
    placement = place(drawn, covers, 1)
    size = arena_size(drawn, placement.offsets, 1)
    assert size == placement.lower_bound == smallest(drawn, covers)


def test_two_hundred_buffers_take_less_than_a_second() -> None:
    random = Random(0)
    rows = []
    for _ in range(200):
        first = random.randrange(100)
        rows.append((random.randrange(1, 1000), first, first + random.randrange(6)))
    start = time.process_time()
    placement = place(buffers(*rows), [], 4)
    assert time.process_time() - start < 1
    assert arena_size(buffers(*rows), placement.offsets, 4) <= 1.05 * placement.lower_bound


def test_a_search_ends_with_its_budget() -> None:
    search = Search([2, 2, 2], [Conflict(i, j, -2, 2) for i, j in ((0, 1), (1, 2), (0, 2))])
    assert search.fit(6, 1000) is not None
    assert search.fit(5, 1000) is None
    with pytest.raises(BudgetSpent):
        search.fit(5, 5)


def test_no_buffers_need_no_arena() -> None:
    assert place([], [], 4).offsets == ()
    assert arena_size([], [], 4) == 0
