"""Moments and peaks of small spectra, in float32 and in integers."""

from typing import Any

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.dsp.native import native

FRACTION_BITS = 16
spectra = st.lists(st.integers(0, 9), min_size=3, max_size=40)
spectra_of_any_range = st.lists(st.integers(0, 2**40), min_size=3, max_size=40)


def peaks(power: list[int], threshold: int = 0) -> tuple[list[int], list[int]]:
    """All peaks in the order of the float and of the integer form; the latter takes any height."""
    ffi, lib = native().ffi, native().lib
    floats, integers = ffi.new("float[]", power), ffi.new("uint64_t[]", power)

    def collect(step: Any) -> list[int]:
        found = [step(0)]
        while found[-1]:
            found.append(step(found[-1]))
        return found[:-1]

    return (
        collect(lambda k: lib.mote_spectral_next_peak_f32(floats, len(power), threshold, k)),
        collect(lambda k: lib.mote_spectral_next_peak_s32(integers, len(power), k)),
    )


def moments(power: list[int]) -> np.ndarray:
    """Centroid, spread, skewness and kurtosis: [2, 4], of the float and the integer form."""
    ffi, lib = native().ffi, native().lib
    floats, integers = ffi.new("float[]", power), ffi.new("uint64_t[]", power)
    a = lib.mote_spectral_moments_f32(floats, len(power))
    b = lib.mote_spectral_moments_s32(integers, len(power), FRACTION_BITS)
    scaled = [float(x.mantissa) * 2.0**x.exponent for x in (b.centroid, b.spread)]
    fixed = [b.skewness / 2**FRACTION_BITS, b.kurtosis / 2**FRACTION_BITS]
    return np.array([[a.centroid, a.spread, a.skewness, a.kurtosis], scaled + fixed])


@settings(deadline=None)
@given(spectra)
def test_peaks_are_scipys_highest_first(power: list[int]) -> None:
    """But for plateaus, which SciPy counts and the block does not."""
    found, _ = scipy.signal.find_peaks(power, plateau_size=(1, 1))
    expected = sorted((int(k) for k in found), key=lambda k: (-power[k], k))
    assert peaks(power) == (expected, expected)


def test_equal_peaks_come_by_frequency() -> None:
    assert peaks([0, 5, 0, 7, 0, 5, 0, 7, 0]) == ([3, 7, 1, 5], [3, 7, 1, 5])


def test_peaks_below_the_threshold_are_none() -> None:
    assert peaks([0, 5, 0, 7, 0, 6, 0], threshold=6)[0] == [3, 5]
    assert peaks([9, 5, 0, 5, 9])[0] == []


@settings(deadline=None)
@given(spectra_of_any_range)
def test_moments_are_those_of_a_distribution(power: list[int]) -> None:
    bins = np.arange(len(power))
    actual = moments(power)
    if sum(power) == 0:
        np.testing.assert_array_equal(actual, 0)
        return
    weights = np.array(power) / sum(power)
    centroid = weights @ bins
    spread = np.sqrt(weights @ (bins - centroid) ** 2)
    np.testing.assert_allclose(actual[:, 0], centroid, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(actual[:, 1], spread, rtol=1e-4, atol=1e-4)
    if spread > 0.1:
        standard = (bins - centroid) / spread
        np.testing.assert_allclose(actual[:, 2], weights @ standard**3, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(actual[:, 3], weights @ standard**4 - 3, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("power", [[0, 0, 0], [0, 0, 7], [0, 5, 0], [1, 0, 0]])
def test_a_single_bin_has_neither_spread_nor_shape(power: list[int]) -> None:
    where = float(np.argmax(power))
    np.testing.assert_array_equal(moments(power), [[where, 0, 0, 0]] * 2)
