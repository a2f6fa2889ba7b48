"""SOFTMAX."""

import math
from dataclasses import dataclass

from moteflow.graph.fixed_point import softmax_parameters
from moteflow.graph.fixed_point_tables import softmax_s16_rescale
from moteflow.graph.ir import Attributes, Op, Rounding
from moteflow.graph.operators.operator import Operator, lowers
from moteflow.graph.single_rounding_tables import softmax_powers

MAX_DEPTHS = {"int8": 4095, "int16": 65535}
"""More terms could overflow the fixed-point sum."""
OUTPUTS = {
    ("int8", "int8"): (2.0**-8, -128),
    ("int8", "int16"): (2.0**-16, -32768),
    ("int16", "int16"): (2.0**-15, 0),
}
"""Scale and zero point of the output by the types of input and output."""


@dataclass(frozen=True)
class Softmax(Attributes):
    """Softmax over the last axis: int8 [rows, depth] to `output_dtype`.

    Differences to the row's maximum below `diff_min` count as zero.
    """

    output_dtype: str
    rows: int
    depth: int
    multiplier: int
    left_shift: int
    diff_min: int


@dataclass(frozen=True)
class SoftmaxTable(Attributes):
    """int8 [rows, depth] with floats: powers[i] is the power of a value i below the greatest."""

    rows: int
    depth: int
    powers: tuple[float, ...]


@dataclass(frozen=True)
class SoftmaxInt16(Attributes):
    """Softmax over the last axis: int16 [rows, depth] to int16."""

    rows: int
    depth: int
    multiplier: int
    shift: int


@lowers(
    "SOFTMAX",
    types="int8, int16, int8 to int16",
    limits="over the last axis, of at most 4095 elements (int16: 65535)",
    single=("int8",),
)
def softmax(operator: Operator) -> Op:
    """SoftmaxOptions: beta."""
    source = operator.quantized_input(0, *MAX_DEPTHS)
    output = operator.quantized_output(*(to for of, to in OUTPUTS if of == source.dtype))
    scale, zero_point = OUTPUTS[source.dtype, output.dtype]
    if output.zero_point != zero_point or not math.isclose(output.scales[0], scale, rel_tol=1e-3):
        raise operator.unsupported(
            f"the output must have the scale {scale} and the zero point {zero_point}",
            f"{output.scales[0]} and {output.zero_point}",
            "Convert the model with full-integer int8 quantization.",
        )
    if not source.shape or source.shape != output.shape:
        raise operator.malformed(
            "keeps its input's shape", f"input {source.shape}, output {output.shape}"
        )
    depth = source.shape[-1]
    if depth > MAX_DEPTHS[source.dtype]:
        raise operator.unsupported(
            f"the last axis may have {MAX_DEPTHS[source.dtype]} elements",
            str(depth),
            "Use fewer classes.",
        )
    rows = source.n_elements // depth
    beta = operator.options.number(0, "f", 0.0)
    if source.dtype == "int16":
        multiplier, shift = softmax_s16_rescale(beta, source.scales[0])
        return operator.op(SoftmaxInt16(rows, depth, multiplier, shift), 1)
    if operator.rounding is Rounding.SINGLE:
        powers = softmax_powers(beta, source.scales[0])
        return operator.op(SoftmaxTable(rows, depth, powers), 1)
    multiplier, left_shift, diff_min = softmax_parameters(beta, source.scales[0])
    attributes = Softmax(output.dtype, rows, depth, multiplier, left_shift, diff_min)
    return operator.op(attributes, 1)
