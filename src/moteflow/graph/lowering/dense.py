"""FULLY_CONNECTED and SOFTMAX."""

from moteflow.graph.fixed_point import (
    activation_range,
    fully_connected_rescale,
    softmax_parameters,
)
from moteflow.graph.ir import FullyConnected, Op, Softmax
from moteflow.graph.lowering.registry import Operator, lowers
from moteflow.graph.lowering.weights import check_bias, weight_scales

SOFTMAX_MAX_DEPTH = 4095
"""More terms could overflow the fixed-point sum."""


@lowers("FULLY_CONNECTED")
def fully_connected(operator: Operator) -> Op:
    """FullyConnectedOptions: activation, weights_format."""
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
        operator.options.number(0, "b", 0), output.scales[0], output.zero_point
    )
    attributes = FullyConnected(
        batches=batches,
        input_depth=input_depth,
        output_depth=output_depth,
        input_zero_point=source.zero_point,
        output_zero_point=output.zero_point,
        rescale=fully_connected_rescale(source.scales[0], scales, output.scales[0]),
        activation_min=low,
        activation_max=high,
    )
    return operator.op(attributes, 3)


@lowers("SOFTMAX")
def softmax(operator: Operator) -> Op:
    """SoftmaxOptions: beta."""
    source, output = operator.int8_input(0), operator.int8_output()
    if (output.scales[0], output.zero_point) != (1 / 256, -128):
        raise operator.unsupported(
            "the output must have the scale 1/256 and the zero point -128",
            f"{output.scales[0]} and {output.zero_point}",
            "Convert the model with full-integer int8 quantization.",
        )
    if not source.shape or source.shape != output.shape:
        raise operator.malformed(
            "keeps its input's shape", f"input {source.shape}, output {output.shape}"
        )
    if source.shape[-1] > SOFTMAX_MAX_DEPTH:
        raise operator.unsupported(
            f"the last axis may have {SOFTMAX_MAX_DEPTH} elements",
            str(source.shape[-1]),
            "Use fewer classes.",
        )
    beta = operator.options.number(0, "f", 0.0)
    multiplier, left_shift, diff_min = softmax_parameters(beta, source.scales[0])
    depth = source.shape[-1]
    attributes = Softmax(source.n_elements // depth, depth, multiplier, left_shift, diff_min)
    return operator.op(attributes, 1)
