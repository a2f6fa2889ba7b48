"""The rules alone: what a pair saves, the lower bound, what the check finds."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.errors import GraphError
from moteflow.graph.memory_rules import Buffer, Cover, check_no_overlap, lower_bound

LAWS = settings(derandomize=True, database=None, deadline=None)


def pair(source: int, target: int) -> list[Buffer]:
    return [Buffer("source", source, 0, 1), Buffer("target", target, 1, 2)]


@pytest.mark.parametrize(
    ("source", "target", "clearance", "reversible", "bound"),
    [
        (80, 80, 0, False, 80),
        (80, 80, 16, False, 96),
        (80, 80, 14, False, 96),
        (80, 80, 16, True, 96),
        (80, 80, 100, False, 160),
        (490, 8000, 0, False, 8000),
        (490, 8000, 7600, False, 8092),
        (490, 8000, -50, False, 8000),
        (8000, 490, 0, False, 8000),
        (8000, 490, 20, False, 8020),
        (8000, 490, -400, False, 8000),
        (0, 80, 0, False, 80),
    ],
)
def test_bound_of_a_pair(
    source: int, target: int, clearance: int, reversible: bool, bound: int
) -> None:
    covers = [Cover(0, 1, clearance, reversible)]
    assert lower_bound(pair(source, target), covers, 4) == bound


def test_two_inputs_share_no_more_than_the_output() -> None:
    drawn = [Buffer("a", 40, 0, 1), Buffer("b", 40, 0, 1), Buffer("sum", 40, 1, 1)]
    assert lower_bound(drawn, [Cover(0, 2, 0), Cover(1, 2, 0)], 4) == 80


def test_two_outputs_share_no_more_than_the_input() -> None:
    drawn = [Buffer("whole", 40, 0, 1), Buffer("a", 40, 1, 1), Buffer("b", 40, 1, 1)]
    assert lower_bound(drawn, [Cover(0, 1, 0), Cover(0, 2, 0)], 4) == 80


@LAWS
@given(
    st.integers(0, 40),
    st.integers(0, 40),
    st.integers(-50, 50),
    st.booleans(),
    st.sampled_from([1, 4]),
)
def test_bound_of_a_pair_is_its_best_placement(
    source: int, target: int, clearance: int, reversible: bool, alignment: int
) -> None:
    buffers, covers = pair(source, target), [Cover(0, 1, clearance, reversible)]

    def keeps_rules(offsets: tuple[int, ...]) -> bool:
        try:
            check_no_overlap(buffers, covers, offsets, alignment)
        except GraphError:
            return False
        return True

    places = product(range(0, 101, alignment), repeat=2)
    ends = [
        max(-(-(at + b.size) // alignment) * alignment for at, b in zip(o, buffers, strict=True))
        for o in places
        if 0 in o and keeps_rules(o)
    ]
    assert lower_bound(buffers, covers, alignment) == min(ends)


@pytest.mark.parametrize(
    ("offsets", "reversible", "is_kept"),
    [
        ((8, 0), False, True),
        ((4, 0), False, False),
        ((0, 8), False, False),
        ((0, 8), True, True),
        ((0, 4), True, False),
        ((0, 40), False, True),
        ((40, 0), False, True),
    ],
)
def test_a_clearance_is_kept_on_the_side_that_the_direction_needs(
    offsets: tuple[int, int], reversible: bool, is_kept: bool
) -> None:
    covers = [Cover(0, 1, 8, reversible)]
    if is_kept:
        check_no_overlap(pair(40, 40), covers, offsets, 4)
    else:
        with pytest.raises(GraphError, match="must not overlap"):
            check_no_overlap(pair(40, 40), covers, offsets, 4)


def test_overlap_is_found() -> None:
    drawn = [Buffer("a", 8, 0, 1), Buffer("b", 8, 1, 2)]
    with pytest.raises(GraphError, match="must not overlap"):
        check_no_overlap(drawn, [], [0, 4], 4)


def test_misalignment_is_found() -> None:
    with pytest.raises(GraphError, match="aligned to 4"):
        check_no_overlap([Buffer("a", 8, 0, 1)], [], [2], 4)
