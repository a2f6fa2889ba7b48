"""Quantization of features to a model's input, against exact arithmetic."""

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.composition import compose_features
from moteflow.dsp import fixed_step, quantize
from moteflow.dsp.native import native
from moteflow.errors import FeatureError

FLOAT = compose_features(Path(__file__).resolve().parents[2] / "conf", ["features=mfe"])


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
    actual = quantize(np.array([value], np.float32), FLOAT, scale, zero_point)
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
    np.testing.assert_array_equal(quantize(values, FLOAT, scale, zero_point), expected)


def test_quantize_nan_is_defined_and_shape_is_kept() -> None:
    features = np.array([[np.nan, np.inf], [-np.inf, 0]], np.float32)
    np.testing.assert_array_equal(quantize(features, FLOAT, 0.5, 3), [[-128, 127], [-128, 3]])


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
        quantize(features, FLOAT, scale, zero_point)


@given(
    st.integers(-(2**24), 2**24),
    st.integers(0, 2**31 - 1),
    st.integers(1, 62),
    st.integers(-128, 127),
)
def test_an_integer_feature_is_rounded_exactly(
    value: int, multiplier: int, shift: int, zero_point: int
) -> None:
    exact = Fraction(abs(value) * multiplier, 2**shift)
    rounded = math.floor(exact + Fraction(1, 2)) * (-1 if value < 0 else 1)
    actual = native().lib.mote_quantize_s32_s8(value, multiplier, shift, zero_point)
    assert actual == min(127, max(-128, rounded + zero_point))


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_a_fixed_step_has_31_significant_bits(features_scale: float, scale: float) -> None:
    if not 2.0**-30 < features_scale / scale < 2.0**30:
        return
    step = fixed_step(features_scale, scale)
    assert 2**30 <= step.multiplier < 2**31
    ratio = features_scale / scale
    assert abs(step.multiplier / 2**step.shift / ratio - 1) <= 2**-30


@pytest.mark.parametrize("ratio", [2.0**30, 2.0**-33])
def test_a_step_far_from_the_inputs_is_refused(ratio: float) -> None:
    with pytest.raises(FeatureError, match=r"from 2\^-32 to below 2\^30.*Received: scale 1"):
        fixed_step(ratio, 1.0)
