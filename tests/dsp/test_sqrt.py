"""mote_sqrt_f32 against NumPy's correctly rounded root, as an instruction and in integers."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from cffi import FFI
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.dsp.native import LIBRARY_FOLDER, native

LOOP = """
#include "mote_sqrt.h"
void roots(const float *values, int count, float *results) {
    for (int i = 0; i < count; i++) {
        results[i] = mote_sqrt_f32(values[i]);
    }
}
"""
FORMS = {"instruction": (), "integer": ("-U__SSE__", "-U__ARM_FP")}


def roots(values: np.ndarray, form: str, folder: Path) -> np.ndarray:
    """The roots by one form of mote_sqrt.c, compiled by itself."""
    (folder / "loop.c").write_text(LOOP)
    sources = [str(LIBRARY_FOLDER / "mote_sqrt.c"), str(folder / "loop.c")]
    options = ["-std=c11", "-O2", "-shared", "-fPIC", "-Werror", f"-I{LIBRARY_FOLDER}"]
    library = folder / "loop.so"
    subprocess.run(["cc", *options, *FORMS[form], *sources, "-o", str(library)], check=True)
    ffi = FFI()
    ffi.cdef("void roots(const float *values, int count, float *results);")
    results = np.empty_like(values)
    ffi.dlopen(str(library)).roots(
        ffi.from_buffer("float[]", values), values.size, ffi.from_buffer("float[]", results)
    )
    return results


@pytest.mark.parametrize("form", FORMS)
def test_every_mantissa_with_both_parities_of_the_exponent(form: str, tmp_path: Path) -> None:
    values = np.arange(0x3F800000, 0x40800000, dtype=np.uint32).view(np.float32)  # [1, 4)
    np.testing.assert_array_equal(roots(values, form, tmp_path), np.sqrt(values))


@pytest.mark.parametrize("form", FORMS)
def test_every_exponent_and_subnormals(form: str, tmp_path: Path) -> None:
    exponents = np.arange(255, dtype=np.uint32)[:, None] << 23
    mantissas = np.array([0, 1, 2, 3, 0x400000, 0x7FFFFE, 0x7FFFFF], np.uint32)
    values = np.concatenate([(exponents | mantissas).ravel(), 1 << np.arange(23, dtype=np.uint32)])
    values = values.astype(np.uint32).view(np.float32)
    np.testing.assert_array_equal(roots(values, form, tmp_path), np.sqrt(values))


@settings(deadline=None)
@given(st.floats(0, float(np.finfo(np.float32).max), width=32))
def test_the_librarys_root_is_numpys(x: float) -> None:
    assert native().lib.mote_sqrt_f32(x) == np.sqrt(np.float32(x))
