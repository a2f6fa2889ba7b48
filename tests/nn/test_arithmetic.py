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
#include "mote_requantize.h"
int32_t requantize(int32_t value, int32_t multiplier, int32_t shift);
int32_t requantize(int32_t value, int32_t multiplier, int32_t shift)
{
    return mote_requantize_s32(value, multiplier, shift);
}
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
    command += ["-fPIC", f"-I{source}", str(folder / "arithmetic.c"), str(source / "mote_exp.c")]
    subprocess.run([*command, "-o", str(folder / "arithmetic.so")], check=True)
    return ctypes.CDLL(str(folder / "arithmetic.so"))


@given(INT32, MULTIPLIERS, st.integers(-31, 31))
def test_requantize(library: ctypes.CDLL, value: int, multiplier: int, shift: int) -> None:
    expected = fixed_point.requantize(value, multiplier, shift)
    assert library.requantize(value, multiplier, shift) == expected


@given(st.integers(-(2**31) + 1, 0))
def test_exp_of_negative(library: ctypes.CDLL, value: int) -> None:
    assert library.mote_exp_of_negative_q5(value) == exp_of_negative(value, 5)


@given(st.integers(0, 2**31 - 1))
def test_one_over_one_plus(library: ctypes.CDLL, value: int) -> None:
    assert library.mote_one_over_one_plus_q0(value) == one_over_one_plus(value)
