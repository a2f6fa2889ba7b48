"""Tables of int8 functions, computed with the fixed-point arithmetic of TFLM's kernels.

A function of one int8 element has 256 values, so the device only looks them up. The exponential
and the reciprocal follow gemmlowp's fixed-point definitions; `mote_exp.h` is their twin in C.
"""

import math
from collections.abc import Callable

import numpy as np

from moteflow.errors import GraphError
from moteflow.graph.fixed_point import (
    INT8_MAX,
    INT8_MIN,
    INT16_MAX,
    INT16_MIN,
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
from moteflow.graph.ir import Rescale

INPUT_INTEGER_BITS = 4
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
    """1 / (1 + value) in Q0.31 for value in [0, 1) as Q0.31."""
    return _clamp(_two_over_one_plus(value) << 1, INT32_MIN, INT32_MAX)


def one_minus_over_one_plus(value: int) -> int:
    """(1 - value) / (1 + value) in Q0.31 for value in [0, 1) as Q0.31."""
    return _clamp((_two_over_one_plus(value) - (1 << 29)) << 2, INT32_MIN, INT32_MAX)


def _two_over_one_plus(value: int) -> int:
    """2 / (1 + value) in Q2.29: Newton-Raphson, three steps."""
    half_denominator = (value + INT32_MAX + 1) // 2
    x = FORTY_EIGHT_SEVENTEENTHS
    x += doubling_high_mul(half_denominator, MINUS_THIRTY_TWO_SEVENTEENTHS)
    for _ in range(3):
        rest = (1 << 29) - doubling_high_mul(half_denominator, x)
        x += _clamp(doubling_high_mul(x, rest) << 2, INT32_MIN, INT32_MAX)
    return x


def logistic_table(input_scale: float, input_zero_point: int) -> tuple[int, ...]:
    """LOGISTIC; the output's scale is 1/256 and its zero point -128."""

    def logistic(x: int) -> int:
        if x == 0:
            result = 1 << 30
        else:
            result = one_over_one_plus(exp_of_negative(-abs(x), INPUT_INTEGER_BITS))
            result = result if x > 0 else INT32_MAX - result
        return rounding_shift_right(result, 23) + INT8_MIN

    return _saturating_table(logistic, input_scale, input_zero_point)


def tanh_table(input_scale: float, input_zero_point: int) -> tuple[int, ...]:
    """TANH; the output's scale is 1/128 and its zero point 0."""

    def tanh(x: int) -> int:
        # tanh(x) = (1 - exp(-2x)) / (1 + exp(-2x)): one more integer bit doubles x
        power = exp_of_negative(-abs(x), INPUT_INTEGER_BITS + 1)
        magnitude = one_minus_over_one_plus(power) if x else 0
        return rounding_shift_right(magnitude if x > 0 else -magnitude, 24)

    return _saturating_table(tanh, input_scale, input_zero_point)


def _saturating_table(
    function: Callable[[int], int], input_scale: float, input_zero_point: int
) -> tuple[int, ...]:
    """`function` of the input in Q4.27; inputs outside of that range saturate the output."""
    fraction, left_shift = math.frexp(input_scale * (1 << (31 - INPUT_INTEGER_BITS)))
    multiplier = round_half_away(fraction * 2**31)
    radius = input_radius(INPUT_INTEGER_BITS, left_shift) if left_shift >= 0 else INT32_MAX

    def saturated(value: int) -> int:
        x = value - input_zero_point
        if abs(x) >= radius:
            return INT8_MAX if x > 0 else INT8_MIN
        return function(requantize(x, multiplier, left_shift))

    return _table(saturated)


def leaky_relu_table(
    positive: Rescale, negative: Rescale, input_zero_point: int, output_zero_point: int
) -> tuple[int, ...]:
    """LEAKY_RELU: a factor from the zero point on, another below."""

    def leaky_relu(value: int) -> int:
        x = value - input_zero_point
        factor = positive if x >= 0 else negative
        return requantize(x, factor.multipliers[0], factor.shifts[0]) + output_zero_point

    return _table(leaky_relu)


def hard_swish_table(
    input_scale: float, input_zero_point: int, output_scale: float, output_zero_point: int
) -> tuple[int, ...]:
    """HARD_SWISH, x * relu6(x + 3) / 6, in 16-bit fixed point as TFLM computes it.

    Raises GraphError where the output's scale is out of TFLM's range.
    """
    with np.errstate(all="ignore"):
        fine_scale = np.float32(input_scale) / np.float32(128)
        output_real = float(fine_scale / np.float32(output_scale))
        third_real = float(fine_scale / (np.float32(3) / np.float32(32768)))
    output_multiplier, output_shift = _quantize_multiplier_16(output_real)
    third_multiplier, third_shift = _quantize_multiplier_16(third_real)
    if not -15 <= output_shift <= 0:
        raise GraphError(
            "HARD_SWISH needs an output scale between 1/128 and 256 of its input's. "
            f"Received: input {input_scale}, output {output_scale}. Check the quantization."
        )

    def hard_swish(value: int) -> int:
        fine = (value - input_zero_point) << 7
        scaled = _doubling_high_mul_16(fine, output_multiplier)
        third = _clamp(fine << max(third_shift - 1, 0), INT16_MIN, INT16_MAX)
        third = _doubling_high_mul_16(third, third_multiplier)
        third = _clamp(third << min(max(third_shift, 0), 1), INT16_MIN, INT16_MAX)
        third = rounding_shift_right(third, max(-third_shift, 0))
        share = (third + (1 << 15)) >> 1
        product = abs(share * scaled) >> 15
        product = product if share * scaled >= 0 else -product
        return rounding_shift_right(product, -output_shift) + output_zero_point

    return _table(hard_swish)


def _quantize_multiplier_16(real: float) -> tuple[int, int]:
    multiplier, shift = quantize_multiplier(real)
    return min((multiplier + (1 << 15)) >> 16, INT16_MAX), shift


def _doubling_high_mul_16(a: int, b: int) -> int:
    return min((a * b + (1 << 14)) >> 15, INT16_MAX)


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
