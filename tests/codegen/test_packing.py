"""Packed weights, and the arithmetic of the output stage that goes with them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.codegen.packing import needs_general_stage, pack_matmul
from moteflow.graph import Rescale
from moteflow.graph.fixed_point import requantize


def test_packed_weights_alternate_between_two_channels() -> None:
    weights = np.array([[1, 2, 3, 4, 5], [-1, -2, -3, -4, -5], [6, 7, 8, 9, 10]], np.int8)
    bias = np.array([100, -200, 300])
    rescale = Rescale((2**30, 2**31 - 1, 2**30 + 1), (-3, -2, 1))

    stream = pack_matmul(weights, bias, rescale)

    assert stream[:2].tolist() == [100, -200]
    assert stream.view(np.int8).reshape(-1, 4)[2:6].tolist() == [
        [1, 2, 3, 4],
        [-1, -2, -3, -4],
        [5, 0, 0, 0],
        [-5, 0, 0, 0],
    ]
    assert stream[6:9].tolist() == [-(2**31), -2, 0x0102]
    assert stream[9:11].tolist() == [300, 0]
    assert stream[15:].tolist() == [-(2**31) + 2, 0, 0x00FE]


def test_packed_weights_alternate_between_four_channels() -> None:
    weights = np.arange(20, dtype=np.int8).reshape(4, 5)
    rescale = Rescale((2**30,) * 4, (-1, -2, -3, -20))

    stream = pack_matmul(weights, np.array([1, 2, 3, 4]), rescale, together=4)

    assert stream[:4].tolist() == [1, 2, 3, 4]
    assert stream.view(np.int8)[16:32].tolist() == [
        0,
        1,
        2,
        3,
        5,
        6,
        7,
        8,
        *range(10, 14),
        *range(15, 19),
    ]
    assert stream.view(np.int8)[32:48:4].tolist() == [4, 9, 14, 19]
    assert stream[12:].tolist() == [-(2**31)] * 4 + [0x13020100]


@given(
    st.integers(-(2**31), 2**31 - 1),
    st.integers(2**30, 2**31 - 1),
    st.integers(-20, -1),
    st.integers(-128, 127),
)
@settings(max_examples=500, deadline=None, derandomize=True, database=None)
def test_the_plain_stage_rounds_like_tflm(
    accumulator: int, multiplier: int, shift: int, zero_point: int
) -> None:
    """The arithmetic of mote_stage_s8, with the bound that needs_general_stage proves."""
    bias = np.array([accumulator])
    rescale = Rescale((multiplier,), (shift,))
    if needs_general_stage(np.zeros((1, 1), np.int8), bias, rescale, zero_point):
        return
    scaled = ((accumulator << 32) + accumulator * (2 * multiplier - 2**32) + 2**31) >> 32

    biased = scaled + (scaled >> 31) + ((2 * zero_point + 1) << (-shift - 1))

    assert abs(biased) < 2**31
    expected = requantize(accumulator, multiplier, shift) + zero_point
    assert biased >> (-shift - 1) >> 1 == expected
