"""The parts of the C library by themselves: spectrum, logarithm, quantization."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.dsp import quantize, tables
from moteflow.dsp.native import native
from moteflow.errors import FeatureError

LOG_ERROR_ULP = 0.9
SPECTRUM_ERROR = 1e-6
SIZES = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096]


def power_spectrum(signal: np.ndarray) -> np.ndarray:
    """|X|^2 of bins 0 to n_fft / 2 by mote_rfft_power_f32."""
    ffi, lib = native().ffi, native().lib
    n_fft = signal.size
    table = tables.rfft(n_fft)
    fft = ffi.new("mote_rfft_t *")
    fft.n_fft = n_fft
    fft.n_bins = n_fft // 2 + 1
    fft.order = ffi.from_buffer("uint16_t[]", table.order)
    fft.twiddles = ffi.from_buffer("float[]", table.twiddles)
    buffer = np.empty(n_fft + 1, np.float32)
    buffer[:-1].reshape(-1, 2)[table.order] = signal.reshape(-1, 2) / 2
    lib.mote_rfft_power_f32(fft, ffi.from_buffer("float[]", buffer))
    return buffer[::2]


@pytest.mark.parametrize("n_fft", SIZES)
def test_power_spectrum_is_numpys(n_fft: int) -> None:
    signal = np.random.default_rng(n_fft).normal(size=n_fft).astype(np.float32)
    expected = np.abs(np.fft.rfft(signal.astype(np.float64))) ** 2
    actual = power_spectrum(signal)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=SPECTRUM_ERROR * expected.max())


@pytest.mark.parametrize("n_fft", [16, 32, 64, 128])
def test_power_spectrum_of_each_impulse_is_flat(n_fft: int) -> None:
    for impulse in np.eye(n_fft, dtype=np.float32):
        np.testing.assert_allclose(power_spectrum(impulse), 1, rtol=1e-6)


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


def quantized(value: float, scale: float, zero_point: int) -> int:
    """The rule in exact arithmetic, after one float32 division."""
    with np.errstate(over="ignore", under="ignore"):
        steps = np.float32(value) / np.float32(scale)
    if np.isinf(steps):
        return 127 if steps > 0 else -128
    exact = abs(Fraction(float(steps)))
    rounded = math.floor(exact + Fraction(1, 2)) * (-1 if steps < 0 else 1)
    return min(127, max(-128, rounded + zero_point))


@settings(deadline=None)
@given(
    st.floats(width=32, allow_nan=False),
    st.floats(2.0**-126, float(np.finfo(np.float32).max), width=32),
    st.integers(-128, 127),
)
def test_quantize_any_value(value: float, scale: float, zero_point: int) -> None:
    actual = quantize(np.array([value], np.float32), scale, zero_point)
    assert actual[0] == quantized(value, scale, zero_point)


@settings(deadline=None)
@given(st.integers(-600, 600), st.integers(-20, 20), st.integers(-128, 127))
def test_quantize_halves_away_from_zero(halves: int, exponent: int, zero_point: int) -> None:
    scale = 2.0**exponent
    values = np.nextafter(
        np.float32(halves * scale / 2), np.array([-np.inf, 0, np.inf], np.float32)
    )
    values[1] = halves * scale / 2
    expected = [quantized(value, scale, zero_point) for value in values]
    np.testing.assert_array_equal(quantize(values, scale, zero_point), expected)


def test_quantize_nan_is_defined_and_shape_is_kept() -> None:
    features = np.array([[np.nan, np.inf], [-np.inf, 0]], np.float32)
    np.testing.assert_array_equal(quantize(features, 0.5, 3), [[-128, 127], [-128, 3]])


@pytest.mark.parametrize(
    ("features", "scale", "zero_point", "message"),
    [
        (np.zeros(1), 1.0, 0, "must be float32.*Received: float64"),
        (np.zeros(1, np.float32), 0.0, 0, "scale must be.*Received: 0.0"),
        (np.zeros(1, np.float32), float("nan"), 0, "scale must be"),
        (np.zeros(1, np.float32), 1.0, 128, "zero_point must be.*Received: 128"),
    ],
)
def test_quantize_refuses(
    features: np.ndarray, scale: float, zero_point: int, message: str
) -> None:
    with pytest.raises(FeatureError, match=message):
        quantize(features, scale, zero_point)
