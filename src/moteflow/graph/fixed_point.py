"""TensorFlow Lite's arithmetic of scales: the one place in Python that knows the rounding rule.

Double rounding is that of TFLM's reference kernels, single rounding that of XNNPACK, which TFLite's
default interpreter runs (see `Rounding`). `mote_requantize.h` is the twin in C. Scales are float32
values; where the kernels multiply or divide in float32 rather than double, so do these functions,
because the factor's last bit depends on it.
"""

import math
from dataclasses import replace

import numpy as np

from moteflow.errors import GraphError, UnsupportedOpError
from moteflow.graph.ir import Rescale, Rounding

INT8_MIN = -128
INT8_MAX = 127
INT16_MIN = -(2**15)
INT16_MAX = 2**15 - 1
INT32_MIN = -(2**31)
INT32_MAX = 2**31 - 1
ACTIVATION_NAMES = {0: "NONE", 1: "RELU", 2: "RELU_N1_TO_1", 3: "RELU6"}
ADD_LEFT_SHIFTS = {"int8": 20, "int16": 15}
"""Bits by which ADD and SUB shift their inputs left before they rescale them."""
SOFTMAX_INTEGER_BITS = 5
WIDE_MAX_SHIFT = 7
SINGLE_RANGE = (2.0**-32, 256.0)
ADD_RANGE = (2.0**-10, 2.0**8)
MUL_RANGE = (2.0**-16, 2.0**8)
"""The rescale factors that XNNPACK's kernels take: at least the first, below the second."""


def round_half_away(value: float) -> int:
    """The nearest integer, halves away from zero (C's round)."""
    return math.floor(abs(value) + 0.5) * (-1 if value < 0 else 1)


def quantize_multiplier(real: float) -> tuple[int, int]:
    """`real` >= 0 as (multiplier, shift): real = multiplier * 2^(shift - 31).

    multiplier is 0 or in [2^30, 2^31); below 2^-32 both are 0. TFLite's QuantizeMultiplier.
    """
    if not math.isfinite(real) or real < 0:
        raise GraphError(
            "A rescale factor must be finite and not negative. "
            f"Received: {real}. A scale in the model is zero, negative or not a number."
        )
    fraction, shift = math.frexp(real)
    multiplier = round_half_away(fraction * 2**31)
    if multiplier == 2**31:
        multiplier //= 2
        shift += 1
    if shift < -31:
        return 0, 0
    if shift > 31:
        raise GraphError(
            "A rescale factor must be below 2^31. "
            f"Received: {real}. The output's scale is far too small for its inputs."
        )
    return multiplier, shift


def rescale(*reals: float) -> Rescale:
    """One fixed-point factor per real factor."""
    pairs = [quantize_multiplier(real) for real in reals]
    return Rescale(tuple(m for m, _ in pairs), tuple(s for _, s in pairs))


def convolution_rescale(
    input_scale: float,
    weight_scales: tuple[float, ...],
    output_scale: float,
    rounding: Rounding = Rounding.DOUBLE,
) -> Rescale:
    """Accumulator to output for each weight scale (convolutions, fully connected layers, gates)."""
    if rounding is Rounding.SINGLE:
        return product_rescale(input_scale, weight_scales, output_scale)
    return rescale(*(input_scale * scale / output_scale for scale in weight_scales))


def product_rescale(
    scale: float,
    others: tuple[float, ...],
    output_scale: float,
    limits: tuple[float, float] = SINGLE_RANGE,
) -> Rescale:
    """scale * other / output_scale, in float32, for each other scale: single rounding."""
    with np.errstate(all="ignore"):
        reals = np.float32(scale) * np.array(others, np.float32) / np.float32(output_scale)
    check_single(limits, *map(float, reals))
    return single_rescale(*map(float, reals))


def check_single(limits: tuple[float, float], *reals: float) -> None:
    """UnsupportedOpError for factors that XNNPACK leaves to kernels with another rounding."""
    low, high = limits
    if not all(low <= real < high for real in reals):
        raise UnsupportedOpError(
            f"With single rounding rescale factors must be at least {low} and below {high}. "
            f"Received: {[real for real in reals if not low <= real < high][:4]}. "
            "Use double rounding."
        )


def single_rescale(*reals: float) -> Rescale:
    """Float32 factors for single rounding."""
    return replace(rescale(*reals), rounding=Rounding.SINGLE)


def stored_factors(rescale: Rescale) -> tuple[int, ...]:
    """The factors as kernels read them: multipliers; the bits of floats for single rounding."""
    if rescale.rounding is Rounding.DOUBLE:
        return rescale.multipliers
    pairs = zip(rescale.multipliers, rescale.shifts, strict=True)
    reals = [math.ldexp(multiplier, shift - 31) for multiplier, shift in pairs]
    return tuple(int(bits) for bits in np.array(reals, np.float32).view(np.int32))


def doubling_high_mul(a: int, b: int) -> int:
    """round(a * b / 2^31), halves up; saturates the one product that overflows."""
    if a == b == INT32_MIN:
        return INT32_MAX
    return (a * b + 2**30) >> 31


def rounding_shift_right(value: int, exponent: int) -> int:
    """round(value / 2^exponent), halves away from zero."""
    if exponent == 0:
        return value
    half = 1 << (exponent - 1)
    return (value + half - (1 if value < 0 else 0)) >> exponent


def wrap_int32(value: int) -> int:
    """`value` modulo 2^32, as a signed number."""
    return (value + 2**31) % 2**32 - 2**31


def requantize(value: int, multiplier: int, shift: int) -> int:
    """value * multiplier * 2^(shift - 31), rounded twice (MultiplyByQuantizedMultiplier)."""
    shifted = wrap_int32(value << max(shift, 0))
    return rounding_shift_right(doubling_high_mul(shifted, multiplier), max(-shift, 0))


def wide_rescale(factors: Rescale) -> Rescale:
    """The factors for 64-bit sums: multipliers of 15 bits, shifts to the right.

    TFLite rounds such sums once: (sum * multiplier + half) >> shift. Raises GraphError where a
    factor is 2^7 or more.
    """
    if max(factors.shifts) > WIDE_MAX_SHIFT:
        raise GraphError(
            f"A rescale factor of 64-bit sums must be below 2^{WIDE_MAX_SHIFT}. "
            f"Received: a shift of {max(factors.shifts)}. "
            "The output's scale is far too small for its inputs."
        )
    multipliers = (min((m + 2**15) >> 16, INT16_MAX) for m in factors.multipliers)
    return Rescale(tuple(multipliers), tuple(15 - shift for shift in factors.shifts))


def wide_addend(bias: int, multiplier: int, shift: int) -> int:
    """What a bias and the rounding add to the product of a 64-bit sum and a `wide_rescale`."""
    return bias * multiplier + (1 << (shift - 1))


def quantize_float32(real: float, scale: float, zero_point: int) -> int:
    """round(real / scale) + zero_point with a float32 division; not clamped.

    Raises GraphError where the quotient leaves int32, as TFLM does.
    """
    with np.errstate(over="ignore"):
        quotient = float(np.float32(real) / np.float32(scale))
    if not INT32_MIN <= quotient <= INT32_MAX:
        raise GraphError(
            f"An activation's bound must fit 32 bits. Received: {real} / {scale}. "
            "The output's scale is far too small; check the model's quantization."
        )
    return zero_point + round_half_away(quotient)


def quantize_single(real: float, scale: float, zero_point: int) -> int:
    """round(real / scale + zero_point) in float32, halves to even, clamped to int8 (XNNPACK)."""
    with np.errstate(over="ignore"):
        value = np.float32(real) / np.float32(scale) + np.float32(zero_point)
    return int(np.rint(np.clip(value, np.float32(INT8_MIN), np.float32(INT8_MAX))))


def dtype_range(dtype: str) -> tuple[int, int]:
    """Smallest and largest value of an integer type."""
    limits = np.iinfo(dtype)
    return int(limits.min), int(limits.max)


def activation_range(
    activation: int,
    scale: float,
    zero_point: int,
    dtype: str = "int8",
    rounding: Rounding = Rounding.DOUBLE,
) -> tuple[int, int]:
    """Output range of a fused activation (TFLite's ActivationFunctionType).

    Raises GraphError for activations that no integer kernel fuses.
    """

    def quantized(real: float) -> int:
        if rounding is Rounding.SINGLE:
            return quantize_single(real, scale, zero_point)
        return quantize_float32(real, scale, zero_point)

    name = ACTIVATION_NAMES.get(activation)
    if name is None:
        raise GraphError(
            f"A fused activation must be one of {', '.join(ACTIVATION_NAMES.values())}. "
            f"Received: number {activation}. Use a separate activation layer."
        )
    low, high = dtype_range(dtype)
    if name in ("RELU", "RELU6"):
        low = max(low, quantized(0.0))
    if name == "RELU_N1_TO_1":
        low = max(low, quantized(-1.0))
        high = min(high, quantized(1.0))
    if name == "RELU6":
        high = min(high, quantized(6.0))
    return low, high


def fraction_rescale(real: float) -> Rescale:
    """A factor in (0, 1). TFLite's QuantizeMultiplierSmallerThanOneExp."""
    if not 0 < real < 1:
        raise GraphError(
            f"A rescale factor must be above 0 and below 1. Received: {real}. "
            "The output's scale is far too small for its inputs; check the model's quantization."
        )
    return rescale(real)


def add_rescales(
    scale_1: float, scale_2: float, output_scale: float, left_shift: int
) -> tuple[Rescale, Rescale, Rescale]:
    """Factors of input 1, input 2 and output of ADD and SUB, whose inputs are shifted left."""
    twice_max = 2 * max(scale_1, scale_2)
    return (
        fraction_rescale(scale_1 / twice_max),
        fraction_rescale(scale_2 / twice_max),
        fraction_rescale(twice_max / ((1 << left_shift) * output_scale)),
    )


def single_add_rescales(
    scale_1: float, scale_2: float, output_scale: float
) -> tuple[Rescale, Rescale, Rescale]:
    """As add_rescales with single rounding: both factors are integers over one power of two, and
    only their sum is rounded, halves up. There is no third factor.
    """
    ratios = [float(np.float32(s) / np.float32(output_scale)) for s in (scale_1, scale_2)]
    check_single(ADD_RANGE, *ratios)
    fraction_bits = 21 - math.frexp(max(ratios))[1]
    multipliers = [round(math.ldexp(ratio, fraction_bits)) for ratio in ratios]
    first, second = (Rescale((m,), (31 - fraction_bits,), Rounding.SINGLE) for m in multipliers)
    return first, second, Rescale((0,), (0,), Rounding.SINGLE)


def mul_rescale(
    scale_1: float, scale_2: float, output_scale: float, rounding: Rounding = Rounding.DOUBLE
) -> Rescale:
    """Product of the inputs to output (MUL, and PRELU below zero)."""
    if rounding is Rounding.SINGLE:
        return product_rescale(scale_1, (scale_2,), output_scale, MUL_RANGE)
    return rescale(scale_1 * scale_2 / output_scale)


def leaky_relu_rescales(
    input_scale: float, alpha: float, output_scale: float
) -> tuple[Rescale, Rescale]:
    """Factors from zero on and below zero."""
    return rescale(input_scale / output_scale), rescale(input_scale * alpha / output_scale)


def sum_rescale(input_scale: float, output_scale: float, rounding: Rounding) -> Rescale:
    """Sum of elements to output."""
    if rounding is Rounding.SINGLE:
        return product_rescale(input_scale, (1.0,), output_scale)
    return rescale(input_scale / output_scale)


def mean_rescale(
    input_scale: float, output_scale: float, count: int, rounding: Rounding = Rounding.DOUBLE
) -> Rescale:
    """Sum of `count` elements to output: the factor's integer division by `count` is TFLM's."""
    if rounding is Rounding.SINGLE:
        ratio = np.float32(input_scale) / np.float32(output_scale)
        return product_rescale(float(ratio), (1.0,), float(count))
    multiplier, shift = quantize_multiplier(input_scale / output_scale)
    extra = min(count.bit_length() - 1, 32, 31 + shift)
    return Rescale(((multiplier << extra) // count,), (shift - extra,))


def input_radius(integer_bits: int, left_shift: int) -> int:
    """Largest input magnitude that stays inside Q(integer_bits) after the shift."""
    limit = ((1 << integer_bits) - 1) * (1 << (31 - integer_bits)) / (1 << left_shift)
    return math.floor(limit)


def softmax_parameters(beta: float, input_scale: float) -> tuple[int, int, int]:
    """(multiplier, left_shift, diff_min) that bring input differences to Q5.26."""
    real = min(beta * input_scale * (1 << (31 - SOFTMAX_INTEGER_BITS)), 2**31 - 1.0)
    if not real > 1.0:
        raise GraphError(
            "SOFTMAX needs beta * input scale above 2^-26. "
            f"Received: beta {beta}, scale {input_scale}. Check the model's quantization."
        )
    multiplier, left_shift = quantize_multiplier(real)
    return multiplier, left_shift, -input_radius(SOFTMAX_INTEGER_BITS, left_shift)
