"""Functions of one element: tables for int8, arithmetic for int16."""

import math
from dataclasses import dataclass

from moteflow.graph import fixed_point_functions
from moteflow.graph import single_rounding_tables as single
from moteflow.graph.fixed_point import (
    INT16_MAX,
    activation_range,
    leaky_relu_rescales,
    rescale,
)
from moteflow.graph.fixed_point_functions import (
    hard_swish_table,
    leaky_relu_table,
    relu6_table,
    relu_table,
)
from moteflow.graph.fixed_point_tables import interpolation_rescale
from moteflow.graph.ir import Attributes, Op, Rescale, Rounding, Tensor
from moteflow.graph.operators.lookup import lookup
from moteflow.graph.operators.operator import Operator, lowers
from moteflow.graph.operators.quantize import Quantize
from moteflow.graph.operators.reduction import check_same_scale

RELU6 = 3
INT16_LIMITS = "int16 with the zero point 0"
FULL_INTEGER = "Convert the model with full-integer int8 quantization."


@dataclass(frozen=True)
class Sigmoid(Attributes):
    """LOGISTIC or TANH of int16: (input * multiplier) >> shift, rounded, is looked up."""

    n_elements: int
    is_tanh: bool
    multiplier: int
    shift: int


@dataclass(frozen=True)
class LeakyRelu(Attributes):
    """int16: one factor from zero on, another below."""

    n_elements: int
    positive_rescale: Rescale
    negative_rescale: Rescale


@lowers("LOGISTIC", types="int8, int16", limits=INT16_LIMITS, single=("int8",))
@lowers("TANH", types="int8, int16", limits=INT16_LIMITS, single=("int8",))
def sigmoid(operator: Operator) -> Op:
    """The output's scale is fixed by the format."""
    source, output = _unary(operator)
    is_tanh = operator.kind == "TANH"
    if source.dtype == "int16":
        expected = (2.0**-15, 0)
    else:
        expected = (2.0**-7, 0) if is_tanh else (2.0**-8, -128)
    if not (
        math.isclose(output.scales[0], expected[0], rel_tol=1e-3)
        and output.zero_point == expected[1]
    ):
        raise operator.unsupported(
            f"the output must have the scale {expected[0]} and the zero point {expected[1]}",
            f"{output.scales[0]} and {output.zero_point}",
            FULL_INTEGER,
        )
    if source.dtype == "int8":
        tables = single if operator.rounding is Rounding.SINGLE else fixed_point_functions
        table = tables.tanh_table if is_tanh else tables.logistic_table
        return lookup(operator, table(source.scales[0], source.zero_point))
    multiplier, shift = interpolation_rescale(source.scales[0], max_power=int(is_tanh))
    if not 0 < multiplier <= INT16_MAX:
        raise operator.unsupported(
            "the input's scale must be in 1e-13 ... 2.6", str(source.scales[0]), FULL_INTEGER
        )
    return operator.op(Sigmoid(output.n_elements, is_tanh, multiplier, shift), 1)


@lowers("RELU", types="int8, int16", limits=INT16_LIMITS, single=("int8",))
def relu(operator: Operator) -> Op:
    """RELU that no layer before it has fused."""
    source, output = _unary(operator)
    if source.dtype == "int8":
        table = relu_table(source.scales[0], source.zero_point, output.scales[0], output.zero_point)
        return lookup(operator, table)
    factor = rescale(source.scales[0] / output.scales[0])
    return operator.op(_int16_clamp(output, factor, 0, INT16_MAX), 1)


@lowers("RELU6", types="int8, int16", limits=INT16_LIMITS, single=("int8",))
def relu6(operator: Operator) -> Op:
    """RELU6 that no layer before it has fused; TFLM clamps without rescaling."""
    source, output = _unary(operator)
    if operator.rounding is Rounding.SINGLE:
        check_same_scale(operator, source, output)
    if source.dtype == "int8":
        return lookup(operator, relu6_table(source.scales[0], source.zero_point))
    low, high = activation_range(RELU6, source.scales[0], 0, "int16")
    return operator.op(_int16_clamp(output, rescale(1.0), low, high), 1)


@lowers(
    "LEAKY_RELU", types="int8, int16", limits=f"alpha at least 0; {INT16_LIMITS}", single=("int8",)
)
def leaky_relu(operator: Operator) -> Op:
    """LeakyReluOptions: alpha."""
    source, output = _unary(operator)
    alpha = operator.options.number(0, "f", 0.0)
    if not 0 <= alpha < math.inf:
        raise operator.unsupported("alpha must be finite and at least 0", str(alpha), "Use PRELU.")
    if operator.rounding is Rounding.SINGLE:
        return lookup(
            operator,
            single.leaky_relu_table(
                alpha, source.scales[0], source.zero_point, output.scales[0], output.zero_point
            ),
        )
    positive, negative = leaky_relu_rescales(source.scales[0], alpha, output.scales[0])
    if source.dtype == "int8":
        table = leaky_relu_table(positive, negative, source.zero_point, output.zero_point)
        return lookup(operator, table)
    return operator.op(LeakyRelu(output.n_elements, positive, negative), 1)


@lowers("HARD_SWISH", types="int8", single=("int8",))
def hard_swish(operator: Operator) -> Op:
    """TFLM has it for int8 only."""
    source, output = _unary(operator, "int8")
    table = hard_swish_table(
        source.scales[0], source.zero_point, output.scales[0], output.zero_point
    )
    return lookup(operator, table)


def _unary(operator: Operator, *dtypes: str) -> tuple[Tensor, Tensor]:
    """Input and output: one type and shape; int16 with the zero point 0."""
    source = operator.quantized_input(0, *(dtypes or ("int8", "int16")))
    output = operator.quantized_output(source.dtype)
    if source.n_elements != output.n_elements:
        raise operator.malformed(
            "keeps its input's shape", f"input {source.shape}, output {output.shape}"
        )
    if source.dtype == "int16" and (source.zero_point or output.zero_point):
        raise operator.unsupported(
            "int16 tensors must have the zero point 0",
            f"{source.zero_point} and {output.zero_point}",
            "Convert the model with int16 activations and int8 weights.",
        )
    return source, output


def _int16_clamp(output: Tensor, factor: Rescale, low: int, high: int) -> Quantize:
    return Quantize(
        n_elements=output.n_elements,
        input_dtype="int16",
        output_dtype="int16",
        input_zero_point=0,
        rescale=factor,
        output_zero_point=0,
        activation_min=low,
        activation_max=high,
    )
