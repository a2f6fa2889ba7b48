"""Edges of TFLite's fixed-point rules, and laws against exact arithmetic."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moteflow.errors import GraphError
from moteflow.graph import Rescale, fixed_point
from moteflow.graph.fixed_point_functions import (
    exp_of_negative,
    logistic_table,
    one_over_one_plus,
    relu6_table,
    relu_table,
    requantize_table,
    tanh_table,
)
from moteflow.graph.fixed_point_tables import sigmoid_table

INT32 = st.integers(-(2**31), 2**31 - 1)
MULTIPLIERS = st.integers(2**30, 2**31 - 1)


@pytest.mark.parametrize(
    ("real", "expected"),
    [
        (0.0, (0, 0)),
        (1.0, (1 << 30, 1)),
        (0.5, (1 << 30, 0)),
        (0.75, (3 << 29, 0)),
        (math.nextafter(1.0, 0.0), (1 << 30, 1)),
        (2.0**-32, (1 << 30, -31)),
        (2.0**-33, (0, 0)),
        (2.0**30, (1 << 30, 31)),
    ],
)
def test_quantize_multiplier(real: float, expected: tuple[int, int]) -> None:
    assert fixed_point.quantize_multiplier(real) == expected


@pytest.mark.parametrize("real", [-1.0, math.nan, math.inf, 2.0**32])
def test_quantize_multiplier_refuses(real: float) -> None:
    with pytest.raises(GraphError, match="Received"):
        fixed_point.quantize_multiplier(real)


@given(st.floats(2.0**-31, 2.0**30))
def test_multiplier_is_within_half_a_step(real: float) -> None:
    multiplier, shift = fixed_point.quantize_multiplier(real)
    error = abs(Fraction(multiplier) * Fraction(2) ** (shift - 31) - Fraction(real))
    assert error <= Fraction(2) ** (shift - 32)


@given(INT32, MULTIPLIERS)
def test_doubling_high_mul_rounds_to_nearest(a: int, b: int) -> None:
    exact = Fraction(a * b, 2**31)
    assert fixed_point.doubling_high_mul(a, b) == math.floor(exact + Fraction(1, 2))


@given(INT32, st.integers(0, 31))
def test_rounding_shift_right_rounds_halves_away(value: int, exponent: int) -> None:
    exact = Fraction(abs(value), 2**exponent)
    expected = math.floor(exact + Fraction(1, 2)) * (-1 if value < 0 else 1)
    assert fixed_point.rounding_shift_right(value, exponent) == expected


def test_doubling_high_mul_saturates() -> None:
    assert fixed_point.doubling_high_mul(-(2**31), -(2**31)) == 2**31 - 1


@pytest.mark.parametrize(
    ("activation", "expected"),
    [(0, (-128, 127)), (1, (-10, 127)), (2, (-20, 0)), (3, (-10, 50))],
)
def test_activation_range(activation: int, expected: tuple[int, int]) -> None:
    assert fixed_point.activation_range(activation, 0.1, -10) == expected


def test_activation_range_refuses_tanh() -> None:
    with pytest.raises(GraphError, match="number 4"):
        fixed_point.activation_range(4, 0.1, 0)


def test_mean_rescale_contains_the_count() -> None:
    assert fixed_point.mean_rescale(1.0, 1.0, 8).multipliers == (1 << 30,)
    assert fixed_point.mean_rescale(1.0, 1.0, 8).shifts == (-2,)
    assert fixed_point.mean_rescale(1.0, 1.0, 5).multipliers == ((1 << 32) // 5,)


def test_softmax_parameters_of_a_common_scale() -> None:
    multiplier, left_shift, diff_min = fixed_point.softmax_parameters(1.0, 0.0625)
    assert (multiplier, left_shift, diff_min) == (1 << 30, 23, -248)


@given(st.integers(-(2**31) + 1, 0))
def test_exp_of_negative_is_close_to_exp(value: int) -> None:
    actual = exp_of_negative(value, 5) / 2**31
    assert actual == pytest.approx(math.exp(value / 2**26), abs=3e-7)


@given(st.integers(0, 2**31 - 1))
def test_one_over_one_plus_is_close_to_the_reciprocal(value: int) -> None:
    actual = one_over_one_plus(value) / 2**31
    assert actual == pytest.approx(1 / (1 + value / 2**31), abs=1e-8)


def test_tables_hold_256_int8_values() -> None:
    tables = [
        logistic_table(0.1, 3),
        requantize_table(0.1, 3, 0.2, -4),
        relu_table(0.1, 3, 0.1, 3),
        relu6_table(0.1, 3),
        tanh_table(0.1, 3),
    ]
    for table in tables:
        assert len(table) == 256
        assert all(-128 <= value <= 127 for value in table)
        assert list(table) == sorted(table)


def test_logistic_table_at_its_zero_point() -> None:
    assert logistic_table(0.1, 3)[3 + 128] == 0


@given(
    st.integers(-(2**46), 2**46),
    st.integers(-(2**46), 2**46),
    st.integers(2**30, 2**31 - 1),
    st.integers(-31, 7),
)
def test_wide_rescale_rounds_once(value: int, bias: int, multiplier: int, shift: int) -> None:
    rescale = fixed_point.wide_rescale(Rescale((multiplier,), (shift,)))
    [(reduced, right)] = rescale.per_channel(1)
    addend = fixed_point.wide_addend(bias, reduced, right)

    assert 2**14 <= reduced < 2**15
    assert 8 <= right <= 46
    real = Fraction((value + bias) * reduced, 2**right)
    assert (value * reduced + addend) >> right == math.floor(real + Fraction(1, 2))


def test_wide_rescale_refuses_large_factors() -> None:
    with pytest.raises(GraphError, match="below 2\\^7"):
        fixed_point.wide_rescale(Rescale((2**30,), (8,)))


def test_sigmoid_table_is_half_way_between_samples_and_chords() -> None:
    table = sigmoid_table()
    assert (len(table), table[0], table[-1]) == (256, 2**15, 2**16 - 1)
    assert table[29] == 50464
    assert all(abs(v - 65536 / (1 + math.exp(-i / 24))) < 1.7 for i, v in enumerate(table))
