"""Tables of int8 functions as XNNPACK computes them: the twin of fixed_point_functions.py for
single rounding. Functions that are not here equal TFLM's.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow.errors import GraphError
from moteflow.graph.fixed_point import (
    INT8_MAX,
    INT8_MIN,
    check_single,
    round_half_away,
)

CONVERT_RANGE = (2.0**-8, 2.0**7)
"""The factors that XNNPACK's conversions take."""
FRACTION_BITS = 8
SOFTMAX_MAX_STEP = 2.0**100
"""Keeps 255 steps finite."""

Float32 = np.float32


def requantize_table(
    input_scale: float, input_zero_point: int, output_scale: float, output_zero_point: int
) -> tuple[int, ...]:
    """QUANTIZE from int8 to int8, by a factor with eight bits behind the point."""
    ratio = _ratio(input_scale, output_scale)
    return _converted(ratio, ratio, input_zero_point, output_zero_point)


def leaky_relu_table(
    alpha: float,
    input_scale: float,
    input_zero_point: int,
    output_scale: float,
    output_zero_point: int,
) -> tuple[int, ...]:
    """LEAKY_RELU: a factor from the zero point on, another below."""
    ratio = _ratio(input_scale, output_scale)
    return _converted(ratio, ratio * Float32(alpha), input_zero_point, output_zero_point)


def logistic_table(input_scale: float, input_zero_point: int) -> tuple[int, ...]:
    """LOGISTIC; the output's scale is 1/256 and its zero point -128."""
    return _real(_logistic, 1 / 256, -128, input_scale, input_zero_point)


def tanh_table(input_scale: float, input_zero_point: int) -> tuple[int, ...]:
    """TANH; the output's scale is 1/128 and its zero point 0."""
    return _real(np.tanh, 1 / 128, 0, input_scale, input_zero_point)


def softmax_powers(beta: float, input_scale: float) -> tuple[float, ...]:
    """SOFTMAX: exp(-i * beta * scale) as float32 for each difference i of two inputs.

    Raises GraphError unless each power is one of a number from 0 on.
    """
    if not 0 <= beta * input_scale <= SOFTMAX_MAX_STEP:
        raise GraphError(
            f"SOFTMAX needs beta * input scale in 0..{SOFTMAX_MAX_STEP:g}. "
            f"Received: beta {beta}, scale {input_scale}. Check the model's quantization."
        )
    steps = -Float32(input_scale) * Float32(beta) * np.arange(256, dtype=np.float32)
    return tuple(float(power) for power in np.exp(steps.astype(np.float64)).astype(np.float32))


def _ratio(input_scale: float, output_scale: float) -> np.float32:
    """Infinite where it leaves float32: no conversion takes that."""
    with np.errstate(over="ignore"):
        return Float32(input_scale) / Float32(output_scale)


def _inputs(zero_point: int) -> NDArray[np.int64]:
    return np.arange(INT8_MIN, INT8_MAX + 1) - zero_point


def _clamped(values: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(int(value) for value in np.clip(values, INT8_MIN, INT8_MAX))


def _converted(
    positive: np.float32, negative: np.float32, input_zero_point: int, output_zero_point: int
) -> tuple[int, ...]:
    check_single(CONVERT_RANGE, float(positive), float(negative))
    x = _inputs(input_zero_point)
    factors = [int(np.rint(factor * (1 << FRACTION_BITS))) for factor in (positive, negative)]
    sums = x * np.where(x >= 0, *factors) + (1 << (FRACTION_BITS - 1))
    return _clamped((sums >> FRACTION_BITS) + output_zero_point)


def _logistic(x: NDArray[np.float64]) -> Any:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def _real(
    function: Callable[[NDArray[np.float64]], Any],
    output_scale: float,
    output_zero_point: int,
    input_scale: float,
    input_zero_point: int,
) -> tuple[int, ...]:
    """The function of a float32 as the nearest float32; its quotient with the output's scale, a
    power of two, and the zero point are rounded once, halves away from zero.
    """
    with np.errstate(over="ignore"):
        x = Float32(input_scale) * _inputs(input_zero_point).astype(np.float32)
    y = function(x.astype(np.float64)).astype(np.float32) / Float32(output_scale)
    steps = y + Float32(output_zero_point)
    return tuple(min(max(round_half_away(float(step)), INT8_MIN), INT8_MAX) for step in steps)
