"""QUANTIZE and DEQUANTIZE: from one number format to another."""

from dataclasses import dataclass

from moteflow.graph import single_rounding_tables
from moteflow.graph.fixed_point import dtype_range, rescale
from moteflow.graph.fixed_point_functions import requantize_table
from moteflow.graph.ir import Attributes, Op, Rescale, Rounding, Tensor
from moteflow.graph.operators.lookup import lookup
from moteflow.graph.operators.operator import Operator, lowers

INTEGER_PAIRS = {
    "int8": ("int8", "uint8", "int16", "int32"),
    "uint8": ("int8",),
    "int16": ("int8", "int16", "int32"),
    "int32": ("int8", "int16"),
}
"""Output types that TFLM has for each input type of QUANTIZE."""


@dataclass(frozen=True)
class Quantize(Attributes):
    """Integers to integers: rescaled, then clamped."""

    n_elements: int
    input_dtype: str
    output_dtype: str
    input_zero_point: int
    rescale: Rescale
    output_zero_point: int
    activation_min: int
    activation_max: int


@dataclass(frozen=True)
class QuantizeFloat(Attributes):
    """float32 to integers of `dtype`; `scale` is a float32."""

    n_elements: int
    dtype: str
    scale: float
    zero_point: int


@dataclass(frozen=True)
class Dequantize(Attributes):
    """Integers of `dtype` to float32; `scale` is a float32."""

    n_elements: int
    dtype: str
    scale: float
    zero_point: int


@lowers(
    "QUANTIZE",
    types="float32 to int8 and int16; between int8, int16 and int32; int8 to uint8 and back",
    limits="float32 at the model's borders only",
    single=("int8",),
)
def quantize(operator: Operator) -> Op:
    """The tensors say all."""
    source = operator.input(0)
    if operator.rounding is Rounding.SINGLE:
        return _quantize_single(operator)
    if source.dtype == "float32":
        output = operator.quantized_output("int8", "int16")
        _check_elements(operator, source, output)
        scale, zero_point = output.scales[0], output.zero_point
        return operator.op(QuantizeFloat(output.n_elements, output.dtype, scale, zero_point), 1)
    source = operator.quantized_input(0, *INTEGER_PAIRS)
    output = operator.quantized_output(*INTEGER_PAIRS[source.dtype])
    _check_elements(operator, source, output)
    if {source.dtype, output.dtype} <= {"int8", "uint8"}:
        return lookup(operator, _byte_table(source, output))
    low, high = dtype_range(output.dtype)
    attributes = Quantize(
        n_elements=output.n_elements,
        input_dtype=source.dtype,
        output_dtype=output.dtype,
        input_zero_point=source.zero_point,
        rescale=rescale(source.scales[0] / output.scales[0]),
        output_zero_point=output.zero_point,
        activation_min=low,
        activation_max=high,
    )
    return operator.op(attributes, 1)


@lowers(
    "DEQUANTIZE",
    types="int8, uint8, int16 to float32",
    limits="float32 at the model's borders only",
)
def dequantize(operator: Operator) -> Op:
    """The tensors say all."""
    source, output = operator.quantized_input(0, "int8", "uint8", "int16"), operator.output()
    if output.dtype != "float32":
        raise operator.unsupported("the output must be float32", output.dtype, "Use QUANTIZE.")
    _check_elements(operator, source, output)
    scale, zero_point = source.scales[0], source.zero_point
    return operator.op(Dequantize(output.n_elements, source.dtype, scale, zero_point), 1)


def _quantize_single(operator: Operator) -> Op:
    source, output = operator.int8_input(0), operator.int8_output()
    _check_elements(operator, source, output)
    scales = (source.scales[0], source.zero_point, output.scales[0], output.zero_point)
    return lookup(operator, single_rounding_tables.requantize_table(*scales))


def _byte_table(source: Tensor, output: Tensor) -> tuple[int, ...]:
    """QUANTIZE between bytes. A uint8 is an int8 with its highest bit and its zero point moved."""
    table = requantize_table(
        source.scales[0], _int8_zero_point(source), output.scales[0], _int8_zero_point(output)
    )
    if source.dtype == "uint8":
        table = table[128:] + table[:128]
    if output.dtype == "uint8":
        table = tuple(value - 128 if value >= 0 else value + 128 for value in table)
    return table


def _int8_zero_point(tensor: Tensor) -> int:
    return tensor.zero_point - (128 if tensor.dtype == "uint8" else 0)


def _check_elements(operator: Operator, source: Tensor, output: Tensor) -> None:
    if source.n_elements != output.n_elements:
        raise operator.malformed(
            "keeps its input's shape", f"input {source.shape}, output {output.shape}"
        )
