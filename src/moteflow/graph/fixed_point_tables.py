"""Tables through which TFLM interpolates functions of int16."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from moteflow.graph.fixed_point import INT16_MAX, INT16_MIN, quantize_multiplier, round_half_away

INPUT_INTEGER_BITS = 3
SOFTMAX_EXP_RANGE = 10.0
N_STEPS = 512
Float = np.float32


def sigmoid_table() -> tuple[int, ...]:
    """1 / (1 + exp(-i / 24)) in Q0.16 for i = 0 ... 254, then 65535.

    Each value is moved by half of what interpolation misses in the middle of the step after it.
    """

    def sigmoid(i: float) -> float:
        return 65536 / (1 + math.exp(-i / 24))

    def value(i: int) -> int:
        missed = sigmoid(i + 0.5) - (sigmoid(i) + sigmoid(i + 1)) / 2
        return round_half_away(sigmoid(i) + missed / 2)

    return (*(value(i) for i in range(255)), 65535)


def interpolation_rescale(input_scale: float, max_power: int) -> tuple[int, int]:
    """(multiplier, shift) that bring an int16 to steps of 1 / (3 * 4096).

    Scales within 0.1 % of 2^(k - 12), k = 0 ... `max_power`, count as that power of two.
    """
    log2 = math.log2(input_scale)
    power = 15 - INPUT_INTEGER_BITS + round_half_away(log2)
    if abs(log2 - round_half_away(log2)) < 1e-3 and 0 <= power <= max_power:
        return 3 << power, 0
    multiplier, shift = input_scale * 4096.0 * 3.0, 0
    while multiplier <= INT16_MAX / 2 and shift <= 30:
        multiplier, shift = multiplier * 2, shift + 1
    return int(multiplier), shift


def softmax_s16_rescale(beta: float, input_scale: float) -> tuple[int, int]:
    """(multiplier, shift) that bring input differences to steps of 10 / 65535."""
    return quantize_multiplier(input_scale * beta / (SOFTMAX_EXP_RANGE / 65535.0))


def exp_table() -> tuple[int, ...]:
    """exp over [-10, 0] in Q0.15."""
    return _interpolated(np.exp, Float(SOFTMAX_EXP_RANGE) / Float(65535), INT16_MAX)


def one_over_one_plus_table() -> tuple[int, ...]:
    """1 / (1 + x) over [0, 1] in Q0.15."""
    return _interpolated(lambda x: 1 / (1 + x), Float(1) / Float(65535), INT16_MIN)


def _interpolated(
    function: Callable[[NDArray[np.float64]], NDArray[np.float64]], scale: Float, zero_point: int
) -> tuple[int, ...]:
    """513 samples, each moved by half of the error in the middle of the step after it.

    In float32, as TFLM computes it; the output's scale is 2 / 65535.
    """
    first = scale * Float(INT16_MIN - zero_point)
    last = scale * Float(INT16_MAX - zero_point)
    step = (last - first) / Float(N_STEPS)
    factor = Float(65536) / (
        Float(2) / Float(65535) * Float(INT16_MAX) - Float(2) / Float(65535) * Float(INT16_MIN)
    )

    def sampled(x: NDArray[np.float32]) -> NDArray[np.float32]:
        return function(x.astype(np.float64)).astype(Float) * factor

    starts = first + np.arange(N_STEPS, dtype=Float) * step
    samples = _round(sampled(starts))
    ends = sampled(first + np.arange(1, N_STEPS + 1, dtype=Float) * step)
    error = _round((ends + samples) / Float(2)) - _round(sampled(starts + step / Float(2)))
    values = np.append(samples - _round(error / Float(2)), _round(sampled(np.array([last]))))
    return tuple(int(value) for value in np.clip(values, INT16_MIN, INT16_MAX))


def _round(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """To the nearest integer, halves away from zero."""
    return np.copysign(np.floor(np.abs(values) + Float(0.5)), values)
