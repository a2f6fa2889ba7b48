"""FULLY_CONNECTED."""

from dataclasses import dataclass

from moteflow.graph.fixed_point import activation_range, fully_connected_rescale
from moteflow.graph.ir import Attributes, Op, Rescale
from moteflow.graph.operators.int16x8 import fully_connected_s16
from moteflow.graph.operators.operator import Operator, lowers
from moteflow.graph.operators.weights import check_bias, weight_scales


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
    """FullyConnectedOptions: activation, weights_format."""
    if operator.input(0).dtype == "int16":
        return fully_connected_s16(operator)
    source, output = operator.int8_input(0), operator.int8_output()
    weights = operator.input(1)
    if len(weights.shape) != 2 or operator.options.number(1, "b", 0) != 0:
        raise operator.unsupported(
            "weights must be [outputs, inputs] in the default format",
            f"shape {weights.shape}, format {operator.options.number(1, 'b', 0)}",
            "Convert the model without packed weights.",
        )
    output_depth, input_depth = weights.shape
    scales = weight_scales(operator, output_depth, axis=0)
    check_bias(operator, output_depth)
    batches = source.n_elements // max(input_depth, 1)
    if batches * input_depth != source.n_elements or output.n_elements != batches * output_depth:
        raise operator.malformed(
            f"with weights {weights.shape} must map {input_depth} inputs to {output_depth} outputs",
            f"input {source.shape}, output {output.shape}",
        )
    low, high = activation_range(
        operator.options.number(0, "b", 0),
        output.scales[0],
        output.zero_point,
        rounding=operator.rounding,
    )
    attributes = FullyConnected(
        batches=batches,
        input_depth=input_depth,
        output_depth=output_depth,
        input_zero_point=source.zero_point,
        output_zero_point=output.zero_point,
        rescale=fully_connected_rescale(
            source.scales[0], scales, output.scales[0], operator.rounding
        ),
        activation_min=low,
        activation_max=high,
    )
    return operator.op(attributes, 3)
