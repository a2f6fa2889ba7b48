"""ADD, and functions of one int8 element that become a table."""

from dataclasses import dataclass

from moteflow.graph.fixed_point import ADD_LEFT_SHIFT, activation_range, add_rescales
from moteflow.graph.fixed_point_functions import (
    logistic_table,
    relu6_table,
    relu_table,
    requantize_table,
)
from moteflow.graph.ir import Attributes, Op, Rescale
from moteflow.graph.operators.operator import Operator, lowers


@dataclass(frozen=True)
class Add(Attributes):
    """Elementwise sum of two tensors of one shape; inputs are shifted left before their rescale."""

    n_elements: int
    left_shift: int
    zero_points: tuple[int, int]
    rescales: tuple[Rescale, Rescale]
    output_zero_point: int
    output_rescale: Rescale
    activation_min: int
    activation_max: int


@dataclass(frozen=True)
class Lookup(Attributes):
    """Any int8 function of one int8 element: output = table[input + 128]."""

    n_elements: int
    table: tuple[int, ...]


@lowers("ADD")
def add(operator: Operator) -> Op:
    """AddOptions: activation."""
    first, second, output = operator.int8_input(0), operator.int8_input(1), operator.int8_output()
    if not first.shape == second.shape == output.shape:
        raise operator.unsupported(
            "both inputs must have the output's shape",
            f"{first.shape} + {second.shape} = {output.shape}",
            "Fold the broadcast into a bias, or tile the smaller tensor.",
        )
    low, high = activation_range(
        operator.options.number(0, "b", 0), output.scales[0], output.zero_point
    )
    one, two, out = add_rescales(first.scales[0], second.scales[0], output.scales[0])
    attributes = Add(
        n_elements=output.n_elements,
        left_shift=ADD_LEFT_SHIFT,
        zero_points=(first.zero_point, second.zero_point),
        rescales=(one, two),
        output_zero_point=output.zero_point,
        output_rescale=out,
        activation_min=low,
        activation_max=high,
    )
    return operator.op(attributes, 2)


@lowers("LOGISTIC")
def logistic(operator: Operator) -> Op:
    """The output's scale is fixed by the format."""
    source, output = operator.int8_input(0), operator.int8_output()
    if (output.scales[0], output.zero_point) != (1 / 256, -128):
        raise operator.unsupported(
            "the output must have the scale 1/256 and the zero point -128",
            f"{output.scales[0]} and {output.zero_point}",
            "Convert the model with full-integer int8 quantization.",
        )
    return _lookup(operator, logistic_table(source.scales[0], source.zero_point))


@lowers("RELU")
def relu(operator: Operator) -> Op:
    """RELU that no layer before it has fused."""
    source, output = operator.int8_input(0), operator.int8_output()
    table = relu_table(source.scales[0], source.zero_point, output.scales[0], output.zero_point)
    return _lookup(operator, table)


@lowers("RELU6")
def relu6(operator: Operator) -> Op:
    """RELU6 that no layer before it has fused."""
    source = operator.int8_input(0)
    operator.int8_output()
    return _lookup(operator, relu6_table(source.scales[0], source.zero_point))


@lowers("QUANTIZE")
def quantize(operator: Operator) -> Op:
    """From int8 to int8 with another scale."""
    source, output = operator.int8_input(0), operator.int8_output()
    table = requantize_table(
        source.scales[0], source.zero_point, output.scales[0], output.zero_point
    )
    return _lookup(operator, table)


def _lookup(operator: Operator, table: tuple[int, ...]) -> Op:
    source, output = operator.input(0), operator.output()
    if source.n_elements != output.n_elements:
        raise operator.malformed(
            "keeps its input's shape", f"input {source.shape}, output {output.shape}"
        )
    return operator.op(Lookup(output.n_elements, table), 1)
