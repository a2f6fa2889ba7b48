"""ADD, SUB, MUL and PRELU: functions of two tensors that broadcast."""

from dataclasses import dataclass

from moteflow.graph.fixed_point import (
    ADD_LEFT_SHIFTS,
    activation_range,
    add_rescales,
    dtype_range,
    mul_rescale,
    rescale,
    single_add_rescales,
)
from moteflow.graph.ir import Attributes, Op, Rescale, Rounding, Tensor
from moteflow.graph.operators.broadcast import Broadcast, broadcast
from moteflow.graph.operators.operator import Operator, lowers

BROADCAST_LIMITS = "broadcast over up to 4 groups of axes; int16 with the zero point 0"


@dataclass(frozen=True)
class Add(Attributes):
    """Sum or difference; inputs are shifted left by `left_shift` before their rescale, but not
    with single rounding (see `fixed_point.single_add_rescales`).
    """

    dtype: str
    broadcast: Broadcast
    left_shift: int
    is_subtraction: bool
    zero_points: tuple[int, int]
    rescales: tuple[Rescale, Rescale]
    output_zero_point: int
    output_rescale: Rescale
    activation_min: int
    activation_max: int


@dataclass(frozen=True)
class Mul(Attributes):
    """Product."""

    dtype: str
    broadcast: Broadcast
    zero_points: tuple[int, int]
    output_zero_point: int
    output_rescale: Rescale
    activation_min: int
    activation_max: int


@dataclass(frozen=True)
class Prelu(Attributes):
    """The input rescaled where it is positive, else its rescaled product with int8 alpha."""

    dtype: str
    broadcast: Broadcast
    zero_points: tuple[int, int]
    positive_rescale: Rescale
    negative_rescale: Rescale
    output_zero_point: int
    activation_min: int
    activation_max: int


@lowers("ADD", types="int8, int16", limits=BROADCAST_LIMITS, single=("int8",))
@lowers("SUB", types="int8, int16", limits=BROADCAST_LIMITS, single=("int8",))
def add(operator: Operator) -> Op:
    """AddOptions, SubOptions: activation."""
    first, second, output = _operands(operator)
    left_shift = ADD_LEFT_SHIFTS[output.dtype]
    scales = first.scales[0], second.scales[0], output.scales[0]
    if operator.rounding is Rounding.SINGLE:
        one, two, out = single_add_rescales(*scales)
    else:
        one, two, out = add_rescales(*scales, left_shift)
    low, high = _fused_activation(operator, output)
    attributes = Add(
        dtype=output.dtype,
        broadcast=broadcast(operator, first, second, output),
        left_shift=left_shift,
        is_subtraction=operator.kind == "SUB",
        zero_points=(first.zero_point, second.zero_point),
        rescales=(one, two),
        output_zero_point=output.zero_point,
        output_rescale=out,
        activation_min=low,
        activation_max=high,
    )
    return operator.op(attributes, 2)


@lowers("MUL", types="int8, int16", limits=BROADCAST_LIMITS, single=("int8",))
def mul(operator: Operator) -> Op:
    """MulOptions: activation."""
    first, second, output = _operands(operator)
    low, high = _fused_activation(operator, output)
    attributes = Mul(
        dtype=output.dtype,
        broadcast=broadcast(operator, first, second, output),
        zero_points=(first.zero_point, second.zero_point),
        output_zero_point=output.zero_point,
        output_rescale=mul_rescale(
            first.scales[0], second.scales[0], output.scales[0], operator.rounding
        ),
        activation_min=low,
        activation_max=high,
    )
    return operator.op(attributes, 2)


@lowers("PRELU", types="int8, int16 (alpha int8)", limits=BROADCAST_LIMITS)
def prelu(operator: Operator) -> Op:
    """Input 1 is alpha."""
    source = operator.quantized_input(0, "int8", "int16")
    alpha = operator.quantized_input(1, "int8")
    output = operator.quantized_output(source.dtype)
    _check_symmetric(operator, source, output)
    low, high = dtype_range(output.dtype)
    attributes = Prelu(
        dtype=output.dtype,
        broadcast=broadcast(operator, source, alpha, output),
        zero_points=(source.zero_point, alpha.zero_point),
        positive_rescale=rescale(source.scales[0] / output.scales[0]),
        negative_rescale=mul_rescale(source.scales[0], alpha.scales[0], output.scales[0]),
        output_zero_point=output.zero_point,
        activation_min=low,
        activation_max=high,
    )
    return operator.op(attributes, 2)


def _operands(operator: Operator) -> tuple[Tensor, Tensor, Tensor]:
    first = operator.quantized_input(0, "int8", "int16")
    second = operator.quantized_input(1, first.dtype)
    output = operator.quantized_output(first.dtype)
    _check_symmetric(operator, first, second, output)
    return first, second, output


def _check_symmetric(operator: Operator, *tensors: Tensor) -> None:
    zero_points = [tensor.zero_point for tensor in tensors if tensor.dtype == "int16"]
    if any(zero_points):
        raise operator.unsupported(
            "int16 tensors must have the zero point 0",
            str(zero_points),
            "Convert the model with int16 activations and int8 weights.",
        )


def _fused_activation(operator: Operator, output: Tensor) -> tuple[int, int]:
    activation = operator.options.number(0, "b", 0)
    return activation_range(
        activation, output.scales[0], output.zero_point, output.dtype, operator.rounding
    )
