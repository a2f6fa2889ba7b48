"""QUANTIZE and DEQUANTIZE."""

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.elementwise import dtype_field, range_fields, unary_memory
from moteflow.codegen.kernels.layer import (
    Layer,
    LayerView,
    calls,
    float_fields,
    integer_fields,
    needs,
)
from moteflow.graph import KernelMemory
from moteflow.graph.operators.quantize import Dequantize, Quantize, QuantizeFloat


@calls(Quantize)
def quantize(layer: Layer, a: Quantize) -> LayerView:
    fields = (
        *integer_fields(n_elements=a.n_elements),
        dtype_field("input_dtype", a.input_dtype),
        dtype_field("output_dtype", a.output_dtype),
        *integer_fields(input_zero_point=a.input_zero_point),
        *range_fields(a.rescale, a.output_zero_point, a.activation_min, a.activation_max),
    )
    return layer.call("mote_quantize", fields, (layer.input(0), layer.output()))


@calls(QuantizeFloat)
def quantize_float(layer: Layer, a: QuantizeFloat) -> LayerView:
    return _border(layer, a, "mote_quantize_f32")


@calls(Dequantize)
def dequantize(layer: Layer, a: Dequantize) -> LayerView:
    return _border(layer, a, "mote_dequantize_f32")


@needs(Quantize)
def quantize_memory(a: Quantize, _: Architecture) -> KernelMemory:
    return unary_memory(a.n_elements, a.input_dtype, a.output_dtype)


@needs(QuantizeFloat)
def quantize_float_memory(a: QuantizeFloat, _: Architecture) -> KernelMemory:
    return unary_memory(a.n_elements, "float32", a.dtype)


@needs(Dequantize)
def dequantize_memory(a: Dequantize, _: Architecture) -> KernelMemory:
    return unary_memory(a.n_elements, a.dtype, "float32")


def _border(layer: Layer, a: QuantizeFloat | Dequantize, kernel: str) -> LayerView:
    fields = (
        *integer_fields(n_elements=a.n_elements),
        dtype_field("dtype", a.dtype),
        *float_fields(scale=a.scale),
        *integer_fields(zero_point=a.zero_point),
    )
    return layer.call(kernel, fields, (layer.input(0), layer.output()), family="mote_border_f32")
