"""Integers of any size (mote_scaled.h) against exact fractions."""

from fractions import Fraction
from math import isqrt
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.dsp.native import native

ERROR = Fraction(1, 2**31)
EXPONENTS = st.integers(-200, 200)
positive = st.builds(
    lambda bits, low, exponent: ((1 << bits) | low % (1 << bits), exponent),
    st.integers(0, 63),
    st.integers(0, 2**64),
    EXPONENTS,
)


def exact(value: Any) -> Fraction:
    return value.mantissa * Fraction(2) ** value.exponent


def scaled(number: tuple[int, int]) -> Any:
    return native().lib.mote_scaled(*number)


def below_by_a_unit(actual: Fraction, expected: Fraction, units: int = 1) -> bool:
    return (1 - units * ERROR) * expected <= actual <= expected


@settings(deadline=None)
@given(positive)
def test_a_number_is_normalized(number: tuple[int, int]) -> None:
    x, exponent = number
    value = scaled(number)
    assert value.mantissa >= 2**31
    assert below_by_a_unit(exact(value), x * Fraction(2) ** exponent)


@settings(deadline=None)
@given(positive, positive)
def test_sum_product_and_quotient(a: tuple[int, int], b: tuple[int, int]) -> None:
    lib = native().lib
    x, y = scaled(a), scaled(b)
    total, product = lib.mote_scaled_add(x, y), lib.mote_scaled_multiply(x, y)
    quotient = lib.mote_scaled_divide(x, y)
    assert below_by_a_unit(exact(total), exact(x) + exact(y), units=2)
    assert below_by_a_unit(exact(product), exact(x) * exact(y))
    assert below_by_a_unit(exact(quotient), exact(x) / exact(y))


@settings(deadline=None)
@given(positive)
def test_root(number: tuple[int, int]) -> None:
    value = scaled(number)
    root = native().lib.mote_scaled_sqrt(value)
    radicand = exact(value) * Fraction(4) ** 300
    assert below_by_a_unit(exact(root), Fraction(isqrt(int(radicand)) + 1, 2**300))
    assert exact(root) ** 2 <= exact(value)


@settings(deadline=None)
@given(positive, st.integers(0, 20))
def test_fixed_point_is_rounded_and_saturates(number: tuple[int, int], bits: int) -> None:
    value = scaled(number)
    expected = int(exact(value) * 2**bits + Fraction(1, 2))
    assert native().lib.mote_scaled_to_fixed(value, bits) == min(expected, 2**31 - 1)


def test_zero() -> None:
    lib = native().lib
    zero, one = lib.mote_scaled(0, 5), lib.mote_scaled(1, 0)
    assert exact(lib.mote_scaled_add(zero, one)) == 1 == exact(lib.mote_scaled_add(one, zero))
    assert exact(lib.mote_scaled_multiply(zero, one)) == 0
    assert exact(lib.mote_scaled_divide(zero, one)) == 0
    assert exact(lib.mote_scaled_sqrt(zero)) == 0
    assert lib.mote_scaled_to_fixed(zero, 20) == 0
