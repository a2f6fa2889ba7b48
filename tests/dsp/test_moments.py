"""mote_moments_f32 against NumPy and SciPy in float64."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from moteflow.dsp.native import native

NAMES = ("mean", "min", "max", "rms", "std", "skewness", "kurtosis")
LARGEST = 2.0**62

any_values = st.floats(-LARGEST, LARGEST, width=32)
plain_values = st.integers(-(2**15), 2**15 - 1).map(float)


def moments(series: np.ndarray) -> dict[str, float]:
    """All moments of a float32 series, which need not be contiguous."""
    ffi, lib = native().ffi, native().lib
    result = ffi.new("mote_moments_t *")
    stride = series.strides[0] // series.itemsize
    pointer = ffi.cast("const float *", series.ctypes.data)
    lib.mote_moments_f32(pointer, stride, series.size, result)
    return {name: getattr(result, name) for name in NAMES}


def expected_moments(series: np.ndarray) -> dict[str, float]:
    x = series.astype(np.float64)
    return {
        "mean": x.mean(),
        "min": x.min(),
        "max": x.max(),
        "rms": np.sqrt(np.mean(x**2)),
        "std": x.std(),
        "skewness": float(scipy.stats.skew(x)),
        "kurtosis": float(scipy.stats.kurtosis(x)),
    }


def assert_close(series: np.ndarray, tolerance: float) -> None:
    """Lengths relative to the largest value, shapes relative to their size or to 1."""
    actual, expected = moments(series), expected_moments(series)
    level = np.abs(series).max()
    for name in NAMES:
        scale = max(1, abs(expected[name])) if name in ("skewness", "kurtosis") else level
        assert abs(actual[name] - expected[name]) <= tolerance * scale, (name, actual, expected)


@pytest.mark.parametrize("offset", [0, 9.81, -1000])
@pytest.mark.parametrize("count", [2, 125, 2000])
def test_noise_on_an_offset(count: int, offset: float) -> None:
    noise = np.random.default_rng(count).gamma(2, size=count)
    assert_close((offset + noise).astype(np.float32), 1e-5)


def test_a_stride_picks_one_column() -> None:
    table = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    assert moments(table[:, 1]) == moments(table[:, 1].copy())


@settings(deadline=None)
@given(arrays(np.float32, st.integers(1, 200), elements=any_values))
def test_any_accepted_values_are_finite_and_in_range(series: np.ndarray) -> None:
    actual = moments(series)
    assert np.isfinite(list(actual.values())).all()
    assert actual["min"] == series.min() and actual["max"] == series.max()
    assert actual["std"] >= 0 and actual["kurtosis"] >= -2.001


@settings(deadline=None)
@given(any_values, st.integers(1, 300))
def test_equal_values_do_not_vary(value: float, count: int) -> None:
    actual = moments(np.full(count, value, np.float32))
    assert actual["mean"] == actual["min"] == actual["max"] == value
    assert actual["std"] == actual["skewness"] == actual["kurtosis"] == 0
    assert actual["rms"] == pytest.approx(abs(value), rel=2e-7)


@settings(deadline=None)
@given(
    arrays(np.float32, st.integers(2, 100), elements=plain_values), st.sampled_from([-100, -40, 40])
)
def test_a_power_of_two_scales_lengths_and_keeps_shapes(series: np.ndarray, power: int) -> None:
    actual, scaled = moments(series), moments(np.ldexp(series, power))
    for name in ("mean", "min", "max", "rms", "std"):
        assert scaled[name] == np.ldexp(actual[name], power)
    assert scaled["skewness"] == actual["skewness"]
    assert scaled["kurtosis"] == actual["kurtosis"]


@settings(deadline=None)
@given(arrays(np.float32, st.integers(2, 300), elements=plain_values))
def test_integers_are_as_in_float64(series: np.ndarray) -> None:
    if series.min() < series.max():
        assert_close(series, 2e-5)
