"""The planner alone: literal offsets, laws, ties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moteflow.errors import GraphError
from moteflow.graph.memory_planner import (
    Buffer,
    align,
    arena_size,
    check_no_overlap,
    lower_bound,
    place,
)


def buffers(*rows: tuple[int, int, int]) -> list[Buffer]:
    return [Buffer(f"b{i}", *row) for i, row in enumerate(rows)]


@st.composite
def lifetimes(draw: st.DrawFn) -> list[Buffer]:
    spans = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted)
    row = st.tuples(st.integers(1, 100), spans)
    rows = draw(st.lists(row, min_size=1, max_size=14))
    return buffers(*((size, first, last) for size, (first, last) in rows))


def test_a_chain_swings_between_both_ends() -> None:
    chain = buffers((100, 0, 0), (60, 0, 1), (80, 1, 2), (40, 2, 2))
    assert place(chain, 4) == (0, 100, 0, 80)
    assert arena_size(chain, place(chain, 4), 4) == lower_bound(chain, 4) == 160


def test_a_branch_keeps_its_source() -> None:
    residual = buffers((64, 0, 2), (64, 0, 1), (64, 1, 2), (64, 2, 2))
    assert place(residual, 16) == (0, 64, 128, 64)


def test_identical_lifetimes_lie_side_by_side() -> None:
    same = buffers((10, 0, 3), (10, 0, 3), (10, 0, 3))
    assert place(same, 4) == (0, 12, 24)


def test_first_order_is_improved_to_the_lower_bound() -> None:
    crossing = buffers((7, 0, 1), (9, 1, 3), (4, 0, 0), (4, 2, 4), (5, 3, 4), (6, 4, 5))
    assert arena_size(crossing, place(crossing, 1), 1) == lower_bound(crossing, 1)


@given(lifetimes(), st.sampled_from([1, 4, 16]))
def test_live_buffers_never_overlap(drawn: list[Buffer], alignment: int) -> None:
    offsets = place(drawn, alignment)
    for i, a in enumerate(drawn):
        assert offsets[i] % alignment == 0
        for j, b in enumerate(drawn[:i]):
            if a.first_use <= b.last_use and b.first_use <= a.last_use:
                assert offsets[i] + a.size <= offsets[j] or offsets[j] + b.size <= offsets[i]
    total = sum(align(b.size, alignment) for b in drawn)
    assert lower_bound(drawn, alignment) <= arena_size(drawn, offsets, alignment) <= total


@given(lifetimes())
def test_equal_input_gives_equal_offsets(drawn: list[Buffer]) -> None:
    assert place(drawn, 4) == place(list(drawn), 4)


def test_overlap_is_found() -> None:
    with pytest.raises(GraphError, match="must not overlap"):
        check_no_overlap(buffers((8, 0, 1), (8, 1, 2)), [0, 4], 4)


def test_misalignment_is_found() -> None:
    with pytest.raises(GraphError, match="aligned to 4"):
        check_no_overlap(buffers((8, 0, 1)), [2], 4)


def test_no_buffers_need_no_arena() -> None:
    assert place([], 4) == ()
    assert arena_size([], [], 4) == 0
