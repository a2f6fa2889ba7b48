"""SVDF."""

from dataclasses import dataclass

from moteflow.graph.fixed_point import convolution_rescale
from moteflow.graph.ir import Attributes, Op, Rescale
from moteflow.graph.operators.operator import Operator, lowers
from moteflow.graph.operators.state import check_state

ADVICE = "Convert the model with weights quantized per tensor and a symmetric state."


@dataclass(frozen=True)
class Svdf(Attributes):
    """inputs: activation, feature weights [filters, in], time weights [filters, memory],
    bias int32 [units], state [batches, filters * memory]; filters = units * rank.
    """

    batches: int
    input_size: int
    units: int
    rank: int
    memory: int
    input_zero_point: int
    state_zero_point: int
    output_zero_point: int
    feature_rescale: Rescale
    output_rescale: Rescale


@lowers("SVDF", limits="state and time weights both int8 or both int16")
def svdf(operator: Operator) -> Op:
    """SVDFOptions: rank; TFLM's integer kernel ignores the activation."""
    source, output = operator.int8_input(0), operator.int8_output()
    feature_weights, time_weights = operator.input(1), operator.input(2)
    operator.constant(1, "int8")
    time_dtype = operator.constant(2, "int8", "int16").dtype.name
    bias = operator.constant(3, "int32")
    state = operator.quantized_input(4, time_dtype)
    shapes = [t.shape for t in (source, feature_weights, time_weights, output)]
    if any(len(shape) != 2 for shape in shapes):
        raise operator.malformed("needs tensors of 2 dimensions", str(shapes))
    (batches, input_size), (filters, depth), (rows, memory), _ = shapes
    rank = operator.options.number(0, "i", 0)
    units = filters // max(rank, 1)
    if (depth, rows, units * rank, output.shape) != (
        input_size,
        filters,
        filters,
        (batches, units),
    ) or bias.size != units:
        raise operator.malformed(
            f"of rank {rank} needs fitting weights and a bias for each unit",
            f"input, weights, output {shapes}, {bias.size} biases",
        )
    check_state(operator, 4, batches * filters * memory)
    if state.dtype == "int16" and state.zero_point != 0:
        raise operator.unsupported(
            "an int16 state must have the zero point 0", str(state.zero_point), ADVICE
        )
    for weights in (feature_weights, time_weights):
        if len(weights.scales) != 1 or weights.zero_point != 0:
            raise operator.unsupported(
                "weights must have one scale and the zero point 0",
                f"{len(weights.scales)} scales, zero point {weights.zero_point}",
                ADVICE,
            )
    attributes = Svdf(
        batches=batches,
        input_size=input_size,
        units=units,
        rank=rank,
        memory=memory,
        input_zero_point=source.zero_point,
        state_zero_point=state.zero_point,
        output_zero_point=output.zero_point,
        feature_rescale=convolution_rescale(
            source.scales[0], feature_weights.scales, state.scales[0]
        ),
        output_rescale=convolution_rescale(state.scales[0], time_weights.scales, output.scales[0]),
    )
    return operator.op(attributes, 5)
