"""Butterworth filters: the design, and the sections in float32 and in 32-bit integers."""

import numpy as np
import pytest
import scipy.signal

from moteflow.dsp.filters import FilterType, Sections, anti_alias, butterworth
from moteflow.dsp.native import native
from moteflow.dsp.spectral_tables_s32 import fixed_sections, largest_gain

RATE, LENGTH = 100.0, 1000
KINDS = (FilterType.LOW, FilterType.HIGH)


def as_sos(sections: Sections) -> np.ndarray:
    """With a0, as SciPy has them."""
    return np.insert(sections, 3, 1.0, axis=1)


def run_float(sections: Sections, signal: np.ndarray) -> np.ndarray:
    ffi, lib = native().ffi, native().lib
    filtered = signal.astype(np.float32)
    table = sections.astype(np.float32)
    places = ffi.from_buffer("float[]", table), ffi.from_buffer("float[]", filtered)
    lib.mote_biquad_f32(places[0], len(sections), places[1], len(filtered))
    return filtered


def run_fixed(sections: Sections, signal: np.ndarray) -> np.ndarray:
    ffi, lib = native().ffi, native().lib
    filtered = signal.astype(np.int32)
    table = fixed_sections(sections)
    places = ffi.from_buffer("int32_t[]", table), ffi.from_buffer("int32_t[]", filtered)
    lib.mote_biquad_s32(places[0], len(sections), places[1], len(filtered))
    return filtered


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", range(1, 9))
@pytest.mark.parametrize("cutoff", [0.5, 5.0, 20.0, 49.5])
def test_the_response_is_scipys(kind: FilterType, order: int, cutoff: float) -> None:
    designed = scipy.signal.butter(order, cutoff, kind.value, output="sos", fs=RATE)
    frequencies, expected = scipy.signal.freqz_sos(designed, 256)
    _, actual = scipy.signal.freqz_sos(as_sos(butterworth(kind, order, cutoff, RATE)), frequencies)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", range(1, 9))
def test_each_section_passes_its_band_with_gain_1(kind: FilterType, order: int) -> None:
    frequency = 0.0 if kind is FilterType.LOW else np.pi
    for section in as_sos(butterworth(kind, order, 20.0, RATE)):
        _, response = scipy.signal.freqz_sos(section[None], [frequency])
        np.testing.assert_allclose(np.abs(response), 1, rtol=1e-12)


def test_no_filter_has_no_sections() -> None:
    assert len(butterworth(FilterType.NONE, 6, 20.0, RATE)) == 0
    assert len(anti_alias(1, RATE)) == 0


@pytest.mark.parametrize("decimation", [2, 3, 8, 32])
def test_what_folds_below_the_cutoff_is_attenuated_by_43_db(decimation: int) -> None:
    nyquist = RATE / decimation / 2
    folding = np.linspace(1.3 * nyquist, RATE / 2, 100)
    _, response = scipy.signal.freqz_sos(as_sos(anti_alias(decimation, RATE)), folding, fs=RATE)
    assert 20 * np.log10(np.abs(response).max()) < -43


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", range(1, 9))
@pytest.mark.parametrize(("cutoff", "tolerance"), [(0.5, 1e-3), (5.0, 1e-5), (45.0, 1e-5)])
def test_float_sections_filter_as_scipy(
    kind: FilterType, order: int, cutoff: float, tolerance: float
) -> None:
    """float32 coefficients move the poles of a filter whose cutoff is far below the rate."""
    sections = butterworth(kind, order, cutoff, RATE)
    signal = np.random.default_rng(order).normal(size=LENGTH)
    expected = scipy.signal.sosfilt(as_sos(sections), signal.astype(np.float32))
    np.testing.assert_allclose(run_float(sections, signal), expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", range(1, 9))
@pytest.mark.parametrize(("cutoff", "tolerance"), [(0.5, 1e-5), (5.0, 1e-6), (45.0, 1e-6)])
def test_integer_sections_filter_as_scipy(
    kind: FilterType, order: int, cutoff: float, tolerance: float
) -> None:
    """Even for the input that drives the output of some section as far as can be."""
    sections = butterworth(kind, order, cutoff, RATE)
    limit = np.floor(2.0**29 / (1.001 * largest_gain(sections, LENGTH)))
    for end in range(1, len(sections) + 1):
        impulse = np.zeros(LENGTH)
        impulse[0] = 1
        response = scipy.signal.sosfilt(as_sos(sections[:end]), impulse)
        signal = np.where(response[::-1] < 0, -limit, limit)
        expected = scipy.signal.sosfilt(as_sos(sections), signal)
        actual = run_fixed(sections, signal)
        np.testing.assert_allclose(actual / limit, expected / limit, rtol=0, atol=tolerance)


def test_subnormal_tails_do_not_stop_the_filter() -> None:
    sections = butterworth(FilterType.LOW, 2, 20.0, RATE)
    signal = np.zeros(200)
    signal[0] = 1e-38
    tail = run_float(sections, signal)
    assert np.any((tail != 0) & (np.abs(tail) < np.finfo(np.float32).tiny))
    np.testing.assert_array_equal(tail[-50:], 0)
