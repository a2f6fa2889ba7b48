"""Tables through which TFLM interpolates functions of int16."""

import math

from moteflow.graph.fixed_point import round_half_away

SIGMOID_STEPS = 24


def sigmoid_table() -> tuple[int, ...]:
    """1 / (1 + exp(-i / 24)) in Q0.16 for i = 0 ... 255.

    Each sample is moved by half of the interpolation's error in the middle of the step after it;
    the last one is saturated.
    """

    def sigmoid(i: float) -> float:
        return 65536 / (1 + math.exp(-i / SIGMOID_STEPS))

    def error(i: int) -> float:
        return sigmoid(i + 0.5) - (sigmoid(i) + sigmoid(i + 1)) / 2

    return (*(round_half_away(sigmoid(i) + error(i) / 2) for i in range(255)), 65535)
