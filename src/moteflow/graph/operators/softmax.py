"""SOFTMAX."""

from dataclasses import dataclass

from moteflow.graph.fixed_point import softmax_parameters
from moteflow.graph.ir import Attributes, Op
from moteflow.graph.operators.operator import Operator, lowers

SOFTMAX_MAX_DEPTH = 4095
"""More terms could overflow the fixed-point sum."""


@dataclass(frozen=True)
class Softmax(Attributes):
    """Softmax over the last axis: [rows, depth]; differences below `diff_min` count as zero."""

    rows: int
    depth: int
    multiplier: int
    left_shift: int
    diff_min: int


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
