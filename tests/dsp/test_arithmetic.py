"""The parts of the C library by themselves: spectrum, logarithm, quantization."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.dsp import tables
from moteflow.dsp.native import native

LOG_ERROR_ULP = 0.9
SPECTRUM_ERROR = 1e-6
SIZES = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096]


def power_spectrum(signal: np.ndarray, n_bins: int | None = None) -> np.ndarray:
    """|X|^2 of the first bins, or of all from 0 to n_fft / 2, by mote_rfft_power_f32."""
    ffi, lib = native().ffi, native().lib
    n_fft = signal.size
    table = tables.rfft(n_fft)
    fft = ffi.new("mote_rfft_t *")
    fft.n_fft = n_fft
    fft.n_bins = n_fft // 2 + 1 if n_bins is None else n_bins
    fft.order = ffi.from_buffer("uint16_t[]", table.order)
    fft.twiddles = ffi.from_buffer("float[]", table.twiddles)
    buffer = np.empty(n_fft + 1, np.float32)
    buffer[:-1].reshape(-1, 2)[table.order] = signal.reshape(-1, 2) / 2
    lib.mote_rfft_power_f32(fft, ffi.from_buffer("float[]", buffer))
    return buffer[: 2 * fft.n_bins : 2]


def noise(seed: int, n_fft: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=n_fft).astype(np.float32)


seeds = st.integers(0, 2**32 - 1)
sizes = st.sampled_from(SIZES)


@pytest.mark.parametrize("n_fft", SIZES)
def test_power_spectrum_is_numpys(n_fft: int) -> None:
    signal = noise(n_fft, n_fft)
    expected = np.abs(np.fft.rfft(signal.astype(np.float64))) ** 2
    actual = power_spectrum(signal)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=SPECTRUM_ERROR * expected.max())


@pytest.mark.parametrize("n_fft", [16, 32, 64, 128])
def test_power_spectrum_of_each_impulse_is_flat(n_fft: int) -> None:
    for impulse in np.eye(n_fft, dtype=np.float32):
        np.testing.assert_allclose(power_spectrum(impulse), 1, rtol=1e-6)


@settings(deadline=None)
@given(seeds, sizes, st.data())
def test_bins_that_are_not_wanted_change_no_others(
    seed: int, n_fft: int, data: st.DataObject
) -> None:
    n_bins = data.draw(st.integers(1, n_fft // 2 + 1))
    signal = noise(seed, n_fft)
    np.testing.assert_array_equal(power_spectrum(signal, n_bins), power_spectrum(signal)[:n_bins])


@settings(deadline=None)
@given(seeds, sizes)
def test_the_spectrum_has_the_signals_energy(seed: int, n_fft: int) -> None:
    signal = noise(seed, n_fft).astype(np.float64)
    power = power_spectrum(signal.astype(np.float32)).astype(np.float64)
    energy = (power[0] + 2 * power[1:-1].sum() + power[-1]) / n_fft
    np.testing.assert_allclose(energy, signal @ signal, rtol=SPECTRUM_ERROR)


@settings(deadline=None)
@given(seeds, sizes)
def test_the_transform_is_linear(seed: int, n_fft: int) -> None:
    """|A + B|^2 + |A - B|^2 = 2 |A|^2 + 2 |B|^2 in each bin."""
    a, b = noise(seed, n_fft), noise(seed + 1, n_fft)
    parts = 2 * power_spectrum(a) + 2 * power_spectrum(b)
    whole = power_spectrum(a + b) + power_spectrum(a - b)
    np.testing.assert_allclose(whole, parts, rtol=0, atol=SPECTRUM_ERROR * parts.max())


@settings(deadline=None)
@given(seeds, sizes, st.integers(-60, 60))
def test_a_power_of_two_scales_the_spectrum_exactly(seed: int, n_fft: int, exponent: int) -> None:
    signal = noise(seed, n_fft)
    scaled = power_spectrum(np.ldexp(signal, exponent // 2))
    np.testing.assert_array_equal(scaled, np.ldexp(power_spectrum(signal), 2 * (exponent // 2)))


@settings(deadline=None)
@given(st.floats(2.0**-126, float(np.finfo(np.float32).max), width=32))
def test_log_is_within_an_ulp(x: float) -> None:
    actual, expected = native().lib.mote_log_f32(x), math.log(x)
    assert abs(actual - expected) <= LOG_ERROR_ULP * float(np.spacing(np.float32(abs(expected))))


def test_log_is_within_an_ulp_around_one() -> None:
    near = np.unique((1 + np.arange(-20000, 20000) * 2.0**-24).astype(np.float32))
    actual = np.array([native().lib.mote_log_f32(x) for x in near])
    expected = np.log(near.astype(np.float64))
    error = np.abs(actual - expected) / np.spacing(np.abs(expected).astype(np.float32))
    assert error.max() <= LOG_ERROR_ULP
    assert native().lib.mote_log_f32(1.0) == 0


@settings(deadline=None)
@given(st.floats(0, 100, width=32), st.floats(2.0**-126, 100, width=32))
def test_a_log_scale_is_the_formula_in_float32(offset: float, floor: float) -> None:
    ffi, lib = native().ffi, native().lib
    scale = ffi.new("mote_log_scale_t *", {"offset": offset, "floor": floor, "factor": 4.25})
    values = np.concatenate([[0], np.geomspace(2.0**-126, 2.0**100, 1001)]).astype(np.float32)
    clipped = np.maximum(values + np.float32(offset), np.float32(floor))
    expected = np.array([lib.mote_log_f32(x) for x in clipped], np.float32) * np.float32(4.25)
    lib.mote_log_scale_f32(scale, ffi.from_buffer("float[]", values), values.size)
    np.testing.assert_array_equal(values, expected)


def test_a_log_scale_without_a_factor_changes_nothing() -> None:
    ffi, lib = native().ffi, native().lib
    scale = ffi.new("mote_log_scale_t *", {"offset": 1.0, "floor": 1.0, "factor": 0.0})
    values = np.array([0.0, 0.5, 3.0], np.float32)
    lib.mote_log_scale_f32(scale, ffi.from_buffer("float[]", values), values.size)
    np.testing.assert_array_equal(values, np.array([0.0, 0.5, 3.0], np.float32))
