"""UNIDIRECTIONAL_SEQUENCE_LSTM."""

import math
from dataclasses import dataclass

import numpy as np

from moteflow.graph.fixed_point import (
    INT16_MAX,
    convolution_rescale,
    rescale,
    round_half_away,
    wide_rescale,
)
from moteflow.graph.ir import Attributes, Op, Rescale
from moteflow.graph.operators.int16x8 import int16_ports
from moteflow.graph.operators.operator import Operator, lowers
from moteflow.graph.operators.state import check_state

INPUT_WEIGHTS = (2, 1, 3, 4)
"""Positions of the gates' weights: forget, input, cell, output."""
HIDDEN_WEIGHTS = (6, 5, 7, 8)
BIASES = (13, 12, 14, 15)
HIDDEN_STATE, CELL_STATE = 18, 19
ABSENT = (9, 10, 11, 16, 17, 20, 21, 22, 23)
"""Peepholes, projection, layer normalization."""
TANH = 4
GATE_SCALE = 2.0**-12
GATE_OUTPUT_SCALE = 2.0**-15
MAX_TANH_SHIFT = 13
MAX_BIAS = 2**46 - 1
"""64-bit sums must stay below 2^47."""


@dataclass(frozen=True)
class Lstm(Attributes):
    """inputs: activation, four input weights, four hidden weights, four biases, hidden state,
    cell state; in the order forget, input, cell, output.

    Sizes from one batch or time step to the next are in elements.
    """

    is_int16: bool
    batches: int
    steps: int
    input_size: int
    units: int
    time_major: bool
    input_zero_point: int
    hidden_zero_point: int
    input_rescale: Rescale
    hidden_rescale: Rescale
    forget_rescale: Rescale
    update_rescale: Rescale
    output_rescale: Rescale
    cell_clip: int
    tanh_multiplier: int
    tanh_shift: int


@lowers(
    "UNIDIRECTIONAL_SEQUENCE_LSTM",
    types="int8, int16",
    limits="no peepholes, no projection, no layer normalization, int16 cell state",
)
def lstm(operator: Operator) -> Op:
    """UnidirectionalSequenceLSTMOptions: activation, cell_clip, proj_clip, time_major."""
    is_int16 = operator.input(0).dtype == "int16"
    if is_int16:
        source, _ = int16_ports(operator)
    else:
        source = operator.int8_input(0)
        operator.int8_output()
    hidden = operator.quantized_input(HIDDEN_STATE, source.dtype)
    cell = operator.quantized_input(CELL_STATE, "int16")
    time_major = bool(operator.options.number(3, "b", 0))
    batches, steps, input_size, units = _sizes(operator, time_major)
    check_state(operator, HIDDEN_STATE, batches * units)
    check_state(operator, CELL_STATE, batches * units)
    _check_variant(operator, is_int16)
    _check_weights(operator, input_size, units, "int64" if is_int16 else "int32")
    input_rescale = _gate_rescale(operator, source.scales[0], INPUT_WEIGHTS)
    hidden_rescale = _gate_rescale(operator, hidden.scales[0], HIDDEN_WEIGHTS)
    if is_int16:
        input_rescale, hidden_rescale = wide_rescale(input_rescale), wide_rescale(hidden_rescale)
    tanh_multiplier, tanh_shift = _tanh_rescale(operator, cell.scales[0])
    product = GATE_OUTPUT_SCALE * GATE_OUTPUT_SCALE
    attributes = Lstm(
        is_int16=is_int16,
        batches=batches,
        steps=steps,
        input_size=input_size,
        units=units,
        time_major=time_major,
        input_zero_point=source.zero_point,
        hidden_zero_point=hidden.zero_point,
        input_rescale=input_rescale,
        hidden_rescale=hidden_rescale,
        forget_rescale=rescale(GATE_OUTPUT_SCALE * cell.scales[0] / cell.scales[0]),
        update_rescale=rescale(product / cell.scales[0]),
        output_rescale=rescale(product / hidden.scales[0]),
        cell_clip=_cell_clip(operator, cell.scales[0]),
        tanh_multiplier=tanh_multiplier,
        tanh_shift=tanh_shift,
    )
    positions = (0, *INPUT_WEIGHTS, *HIDDEN_WEIGHTS, *BIASES, HIDDEN_STATE, CELL_STATE)
    inputs = tuple(operator.inputs[position] for position in positions)
    return Op(operator.kind, operator.index, inputs, operator.outputs, attributes)


def _sizes(operator: Operator, time_major: bool) -> tuple[int, int, int, int]:
    """(batches, steps, input_size, units)."""
    source, output = operator.input(0).shape, operator.output().shape
    if len(source) != 3 or len(output) != 3 or source[:2] != output[:2]:
        raise operator.malformed(
            "needs an input and an output with the same batches and steps", f"{source}, {output}"
        )
    steps, batches = source[:2] if time_major else (source[1], source[0])
    return batches, steps, source[2], output[2]


def _check_variant(operator: Operator, is_int16: bool) -> None:
    present = [position for position in ABSENT if operator.has_input(position)]
    activation = operator.options.number(0, "b", 0)
    if present or activation != TANH:
        raise operator.unsupported(
            "the LSTM must be a plain one with tanh (no peepholes, projection or layer "
            "normalization)",
            f"inputs {present}, activation {activation}",
            "Use keras.layers.LSTM with its default activations.",
        )
    hidden = operator.input(HIDDEN_STATE)
    if is_int16 and hidden.zero_point != 0:
        raise operator.unsupported(
            "an int16 hidden state must have the zero point 0",
            str(hidden.zero_point),
            "Convert the model with int16 activations and int8 weights.",
        )


def _check_weights(operator: Operator, input_size: int, units: int, bias_dtype: str) -> None:
    for positions, columns in ((INPUT_WEIGHTS, input_size), (HIDDEN_WEIGHTS, units)):
        for position in positions:
            weights = operator.input(position)
            operator.constant(position, "int8")
            if weights.shape != (units, columns):
                raise operator.malformed(
                    f"needs weights {(units, columns)} as input {position}", str(weights.shape)
                )
            if len(weights.scales) != 1 or weights.zero_point != 0:
                raise operator.unsupported(
                    "weights must have one scale and the zero point 0",
                    f"{len(weights.scales)} scales, zero point {weights.zero_point}",
                    "Convert the model with weights quantized per tensor.",
                )
    for position in BIASES:
        bias = operator.constant(position, bias_dtype)
        if bias.size != units or abs(bias.astype(object)).max() > MAX_BIAS:
            raise operator.malformed(
                f"needs a bias below 2^46 for each of {units} units",
                f"shape {bias.shape}, up to {abs(bias.astype(object)).max()}",
            )


def _gate_rescale(operator: Operator, scale: float, positions: tuple[int, ...]) -> Rescale:
    factors = [
        convolution_rescale(scale, operator.input(position).scales, GATE_SCALE)
        for position in positions
    ]
    return Rescale(
        tuple(factor.multipliers[0] for factor in factors),
        tuple(factor.shifts[0] for factor in factors),
    )


def _tanh_rescale(operator: Operator, cell_scale: float) -> tuple[int, int]:
    """(multiplier, right shift) from a cell, whose scale counts as a power of two, to tanh."""
    left_shift = 12 + round_half_away(math.log2(cell_scale))
    if not -31 <= left_shift <= MAX_TANH_SHIFT:
        raise operator.unsupported(
            "the cell state's scale must be in 2^-43 ... 2",
            str(cell_scale),
            "Check the model's quantization.",
        )
    return (3 << left_shift, 0) if left_shift >= 0 else (3, -left_shift)


def _cell_clip(operator: Operator, cell_scale: float) -> int:
    """In units of the cell state; 0: no clipping."""
    clip = float(operator.options.number(1, "f", 0.0))
    if not math.isfinite(clip) or clip < 0:
        raise operator.malformed("needs a cell clip of at least 0", str(clip))
    if clip == 0:
        return 0
    return int(min(np.float64(clip) / cell_scale, INT16_MAX))
