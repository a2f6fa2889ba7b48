"""FULLY_CONNECTED."""

from dataclasses import dataclass

from moteflow.graph.fixed_point import activation_range, convolution_rescale
from moteflow.graph.ir import Attributes, Op, Rescale
from moteflow.graph.operators.filters import matrix
from moteflow.graph.operators.int16x8 import fully_connected_s16
from moteflow.graph.operators.operator import Operator, lowers
from moteflow.graph.operators.weights import check_bias


@dataclass(frozen=True)
class FullyConnected(Attributes):
    """inputs: activation, weights [out, in], bias int32 [out]."""

    batches: int
    input_depth: int
    output_depth: int
    input_zero_point: int
    output_zero_point: int
    rescale: Rescale
    activation_min: int
    activation_max: int


@lowers("FULLY_CONNECTED", types="int8, int16", single=("int8",))
def fully_connected(operator: Operator) -> Op:
    if operator.input(0).dtype == "int16":
        return fully_connected_s16(operator)
    source, output = operator.int8_input(0), operator.int8_output()
    weights = matrix(operator, source, output)
    check_bias(operator, weights.output_depth)
    low, high = activation_range(
        weights.activation, output.scales[0], output.zero_point, rounding=operator.rounding
    )
    attributes = FullyConnected(
        batches=weights.batches,
        input_depth=weights.input_depth,
        output_depth=weights.output_depth,
        input_zero_point=source.zero_point,
        output_zero_point=output.zero_point,
        rescale=convolution_rescale(
            source.scales[0], weights.scales, output.scales[0], operator.rounding
        ),
        activation_min=low,
        activation_max=high,
    )
    return operator.op(attributes, 3)
