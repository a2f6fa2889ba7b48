"""Tables of int8 functions, computed with the fixed-point arithmetic of TFLM's kernels.

A function of one int8 element has 256 values, so the device only looks them up. The exponential
and the reciprocal follow gemmlowp's fixed-point definitions; `mote_exp.h` is their twin in C.
"""

import math
from collections.abc import Callable

from moteflow.graph.fixed_point import (
    INT8_MAX,
    INT8_MIN,
    INT32_MAX,
    INT32_MIN,
    doubling_high_mul,
    input_radius,
    quantize_float32,
    quantize_multiplier,
    requantize,
    round_half_away,
    rounding_shift_right,
)

LOGISTIC_INTEGER_BITS = 4
EXP_MINUS_ONE_EIGHTH = 1895147668
ONE_THIRD = 715827883
EXP_OF_MINUS_POWERS = (1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242)
"""exp(-2^k) in Q0.31 for k = -2, -1, 0, ... 4."""
FORTY_EIGHT_SEVENTEENTHS = 1515870810
MINUS_THIRTY_TWO_SEVENTEENTHS = -1010580540


def _clamp(value: int, low: int, high: int) -> int:
    return max(low, min(high, value))


def _table(function: Callable[[int], int]) -> tuple[int, ...]:
    return tuple(_clamp(function(x), INT8_MIN, INT8_MAX) for x in range(INT8_MIN, INT8_MAX + 1))


def exp_of_negative(value: int, integer_bits: int) -> int:
    """exp(value) in Q0.31 for value <= 0 in Q(integer_bits)."""
    if value == 0:
        return INT32_MAX
    fraction_bits = 31 - integer_bits
    quarter = 1 << (fraction_bits - 2)
    remainder = (value & (quarter - 1)) - quarter
    x = (remainder << integer_bits) + (1 << 28)
    x2 = doubling_high_mul(x, x)
    x3 = doubling_high_mul(x2, x)
    x4 = doubling_high_mul(x2, x2)
    series = doubling_high_mul(rounding_shift_right(x4, 2) + x3, ONE_THIRD) + x2
    series = x + rounding_shift_right(series, 1)
    result = EXP_MINUS_ONE_EIGHTH + doubling_high_mul(EXP_MINUS_ONE_EIGHTH, series)
    quarters = (remainder - value) >> (fraction_bits - 2)
    for bit, factor in enumerate(EXP_OF_MINUS_POWERS[: integer_bits + 2]):
        if quarters >> bit & 1:
            result = doubling_high_mul(result, factor)
    return result


def one_over_one_plus(value: int) -> int:
    """1 / (1 + value) in Q0.31 for value in [0, 1) as Q0.31: Newton-Raphson, three steps."""
    half_denominator = (value + INT32_MAX + 1) // 2
    x = FORTY_EIGHT_SEVENTEENTHS
    x += doubling_high_mul(half_denominator, MINUS_THIRTY_TWO_SEVENTEENTHS)
    for _ in range(3):
        rest = (1 << 29) - doubling_high_mul(half_denominator, x)
        x += _clamp(doubling_high_mul(x, rest) << 2, INT32_MIN, INT32_MAX)
    return _clamp(x << 1, INT32_MIN, INT32_MAX)


def logistic_table(input_scale: float, input_zero_point: int) -> tuple[int, ...]:
    """LOGISTIC; the output's scale is 1/256 and its zero point -128."""
    fraction, left_shift = math.frexp(input_scale * (1 << (31 - LOGISTIC_INTEGER_BITS)))
    multiplier = round_half_away(fraction * 2**31)
    radius = input_radius(LOGISTIC_INTEGER_BITS, left_shift) if left_shift >= 0 else INT32_MAX

    def logistic(value: int) -> int:
        x = value - input_zero_point
        if abs(x) >= radius:
            return INT8_MAX if x > 0 else INT8_MIN
        scaled = requantize(x, multiplier, left_shift)
        if scaled == 0:
            result = 1 << 30
        else:
            result = one_over_one_plus(exp_of_negative(-abs(scaled), LOGISTIC_INTEGER_BITS))
            result = result if scaled > 0 else INT32_MAX - result
        return rounding_shift_right(result, 23) + INT8_MIN

    return _table(logistic)


def requantize_table(
    input_scale: float, input_zero_point: int, output_scale: float, output_zero_point: int
) -> tuple[int, ...]:
    """QUANTIZE from int8 to int8."""
    multiplier, shift = quantize_multiplier(input_scale / output_scale)
    return _table(lambda x: requantize(x - input_zero_point, multiplier, shift) + output_zero_point)


def relu_table(
    input_scale: float, input_zero_point: int, output_scale: float, output_zero_point: int
) -> tuple[int, ...]:
    """RELU: rescaled, then at least the output's zero point."""
    rescaled = requantize_table(input_scale, input_zero_point, output_scale, output_zero_point)
    return tuple(max(value, output_zero_point) for value in rescaled)


def relu6_table(input_scale: float, input_zero_point: int) -> tuple[int, ...]:
    """RELU6: clamped without rescaling, as TFLM does (output and input share their scale)."""
    six = _clamp(quantize_float32(6.0, input_scale, input_zero_point), INT8_MIN, INT8_MAX)
    return _table(lambda x: _clamp(x, input_zero_point, max(six, input_zero_point)))
