"""The C arithmetic of mote_nn equals its Python twin."""

import ctypes
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moteflow.graph import fixed_point
from moteflow.graph.fixed_point_functions import exp_of_negative, one_over_one_plus

SOURCE = """
#include "mote_exp.h"
#include "mote_requantize.h"
int32_t requantize(int32_t value, int32_t multiplier, int32_t shift);
int32_t scaling_of(int32_t value, int32_t multiplier, int32_t shift, int32_t offset);
int32_t exp_of_negative(int32_t value);
int32_t one_over_one_plus(int32_t value);
int32_t requantize(int32_t value, int32_t multiplier, int32_t shift)
{
    return mote_requantize_s32(value, multiplier, shift);
}
int32_t scaling_of(int32_t value, int32_t multiplier, int32_t shift, int32_t offset)
{
    const mote_scaling_t scaling = mote_scaling(multiplier, shift, offset);
    return mote_scaling_of(&scaling, value);
}
int32_t exp_of_negative(int32_t value) { return mote_exp_of_negative_q5(value); }
int32_t one_over_one_plus(int32_t value) { return mote_one_over_one_plus_q0(value); }
"""
INT32 = st.one_of(
    st.integers(-(2**31), 2**31 - 1), st.sampled_from([-(2**31), 2**31 - 1, -1, 0, 1])
)
MULTIPLIERS = st.one_of(st.just(0), st.integers(2**30, 2**31 - 1), st.just(2**31 - 1))


@pytest.fixture(scope="module")
def library(root: Path, tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    folder = tmp_path_factory.mktemp("mote_nn")
    (folder / "arithmetic.c").write_text(SOURCE)
    source = root / "firmware/lib/mote_nn/src"
    command = ["gcc", "-std=c11", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-shared"]
    command += ["-fPIC", f"-I{source}", str(folder / "arithmetic.c")]
    subprocess.run([*command, "-o", str(folder / "arithmetic.so")], check=True)
    return ctypes.CDLL(str(folder / "arithmetic.so"))


@given(INT32, MULTIPLIERS, st.integers(-31, 31))
def test_requantize(library: ctypes.CDLL, value: int, multiplier: int, shift: int) -> None:
    expected = fixed_point.requantize(value, multiplier, shift)
    assert library.requantize(value, multiplier, shift) == expected


@given(st.integers(-(2**30), 2**30 - 1), MULTIPLIERS, st.integers(-31, 0), st.integers(-255, 255))
def test_scaling(
    library: ctypes.CDLL, value: int, multiplier: int, shift: int, offset: int
) -> None:
    expected = fixed_point.requantize(value, multiplier, shift) + offset
    assert library.scaling_of(value, multiplier, shift, offset) == expected


@given(st.integers(-1024, 1024), st.integers(1, 20), st.integers(-3, 3))
def test_scaling_at_ties(library: ctypes.CDLL, half: int, shift: int, near: int) -> None:
    """Products halfway between two results, and just beside them."""
    value = (half << (shift - 1)) + near
    expected = fixed_point.requantize(value * 2, 2**30, -shift)
    assert library.scaling_of(value * 2, 2**30, -shift, 0) == expected


@given(st.integers(-(2**31) + 1, 0))
def test_exp_of_negative(library: ctypes.CDLL, value: int) -> None:
    assert library.exp_of_negative(value) == exp_of_negative(value, 5)


@given(st.integers(0, 2**31 - 1))
def test_one_over_one_plus(library: ctypes.CDLL, value: int) -> None:
    assert library.one_over_one_plus(value) == one_over_one_plus(value)
