"""The arithmetic of the fixed-point blocks against Python's integers, on every kind of core: split
products (M0), long products (M3, this machine) and the DSP extension (M4F).
"""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moteflow.dsp.native import LIBRARY_FOLDER, native
from moteflow.firmware.bare_image import (
    compile_for,
    compiler,
    include_flags,
    link_flags,
    port_source,
)
from moteflow.firmware.emulator import run_files
from moteflow.firmware.toolchain import find_board

SOURCE = Path(__file__).with_name("target") / "fixed.c"
LOG2_ERROR = 5e-5
LOG2_STEP = 2.0**-24


def pairs() -> np.ndarray:
    """Every pair of edges, and pairs of every magnitude: int32 [n, 2]."""
    powers = [s * 2**k + d for k in range(31) for s in (1, -1) for d in (-1, 0, 1)]
    squares = [root * root + d for root in (2, 255, 256, 46339, 46340) for d in (-1, 0, 1)]
    edges = np.unique([0, 2**31 - 1, -(2**31), 1 - 2**31, 0x7FFF8000, *powers, *squares])
    rng = np.random.default_rng(4)
    random = rng.integers(-(2**31), 2**31, (20000, 2)) >> rng.integers(0, 32, (20000, 2))
    corners = np.stack(np.meshgrid(edges, edges), axis=-1).reshape(-1, 2)
    return np.concatenate([corners, random]).astype("<i4")


def expected(a: int, b: int) -> tuple[int, ...]:
    """In fixed.c's order; values that are unsigned there wrap to int32 as they do there."""
    product, bits = a * b >> 32, a & 0xFFFFFFFF
    magnitude = a if a >= 0 else ~a
    return (
        product,
        int(a / 2) + product,
        a * (b & ~0xFFFF) >> 32,
        bits * (b & 0xFFFF) >> 16,
        32 - bits.bit_length(),
        32 - magnitude.bit_length(),
        math.isqrt(bits),
    )


@pytest.mark.parametrize("target", ["host", "microbit", "mps2_an385", "mps2_an386"])
def test_integer_functions_are_exact(target: str, root: Path, tmp_path: Path) -> None:
    firmware = root / "firmware"
    board, elf = find_board(target, firmware), tmp_path / "fixed.elf"
    sources = [str(SOURCE), str(port_source(board, firmware))]
    options = ["-O2", *include_flags(firmware), f"-I{LIBRARY_FOLDER}", *link_flags(board, firmware)]
    compile_for(board, [*compiler(board), *options, *sources, "-o", str(elf)], "The test")
    asked = pairs()
    [response] = run_files(board, elf, [[asked.tobytes()]])
    wanted = np.array([expected(a, b) for a, b in asked.tolist()], np.int64).astype("<i4")
    np.testing.assert_array_equal(np.frombuffer(response, "<i4").reshape(wanted.shape), wanted)


@given(st.integers(0, 63), st.integers(0, 2**63 - 1))
def test_log2_is_close_and_not_above(exponent: int, fraction: int) -> None:
    x = (2**63 + fraction) >> (63 - exponent)
    actual = native().lib.mote_log2_u64(x) * LOG2_STEP
    assert math.log2(x) - LOG2_ERROR <= actual <= math.log2(x) + LOG2_STEP


@given(st.integers(1, 2**64 - 2))
def test_log2_never_falls(x: int) -> None:
    log2 = native().lib.mote_log2_u64
    assert log2(x) <= log2(x + 1)


def test_log2_of_powers_of_two_is_exact() -> None:
    log2 = native().lib.mote_log2_u64
    assert [log2(2**k) for k in range(64)] == [k << 24 for k in range(64)]
    assert log2(0) == 0
