"""SOFTMAX."""

import numpy as np

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.elementwise import DTYPE_SUFFIXES, unary_memory
from moteflow.codegen.kernels.layer import Layer, LayerView, calls, integer_fields, needs
from moteflow.graph import KernelMemory
from moteflow.graph.fixed_point_tables import exp_table, one_over_one_plus_table
from moteflow.graph.operators.softmax import Softmax, SoftmaxInt16, SoftmaxTable


@calls(Softmax)
def softmax(layer: Layer, a: Softmax) -> LayerView:
    fields = integer_fields(
        rows=a.rows,
        depth=a.depth,
        multiplier=a.multiplier,
        left_shift=a.left_shift,
        diff_min=a.diff_min,
    )
    kernel = f"mote_softmax_s8_{DTYPE_SUFFIXES[a.output_dtype]}"
    return layer.call(kernel, fields, (layer.input(0), layer.output()), family="mote_softmax_s8")


@calls(SoftmaxTable)
def softmax_table(layer: Layer, a: SoftmaxTable) -> LayerView:
    powers = [np.float32(power) for power in a.powers]
    arguments = (layer.input(0), layer.array("powers", "float", powers), layer.output())
    fields = integer_fields(rows=a.rows, depth=a.depth)
    return layer.call("mote_softmax_table_s8", fields, arguments)


@calls(SoftmaxInt16)
def softmax_s16(layer: Layer, a: SoftmaxInt16) -> LayerView:
    arguments = (
        layer.input(0),
        layer.array("exp", "int16_t", exp_table()),
        layer.array("reciprocal", "int16_t", one_over_one_plus_table()),
        layer.output(),
    )
    return layer.call("mote_softmax_s16", integer_fields(**vars(a)), arguments)


@needs(Softmax)
def softmax_memory(a: Softmax, _: Architecture) -> KernelMemory:
    """Each row is read whole before it is written, then once more beside the writing."""
    return unary_memory(a.rows * a.depth, "int8", a.output_dtype)


@needs(SoftmaxTable)
def softmax_table_memory(a: SoftmaxTable, _: Architecture) -> KernelMemory:
    return unary_memory(a.rows * a.depth, "int8", "int8")


@needs(SoftmaxInt16)
def softmax_s16_memory(a: SoftmaxInt16, _: Architecture) -> KernelMemory:
    return unary_memory(a.rows * a.depth, "int16", "int16")
