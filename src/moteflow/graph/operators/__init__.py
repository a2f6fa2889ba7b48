"""Operators: what each is to a kernel, and how it is read from a `.tflite`.

A module per family; importing it registers its lowerings.
"""

from moteflow.graph.operators import (
    activations,
    arg_max,
    binary,
    concatenation,
    convolution,
    fully_connected,
    gather,
    lstm,
    padding,
    pooling,
    quantize,
    reduction,
    resize,
    slicing,
    softmax,
    svdf,
    transpose,
    transpose_conv,
    variables,
    view,
)
from moteflow.graph.operators.document import operators_document
from moteflow.graph.operators.operator import LOWERINGS, SUPPORT, Operator

FAMILIES = (
    activations,
    arg_max,
    binary,
    concatenation,
    convolution,
    fully_connected,
    gather,
    lstm,
    padding,
    pooling,
    quantize,
    reduction,
    resize,
    slicing,
    softmax,
    transpose,
    variables,
    svdf,
    transpose_conv,
    view,
)

__all__ = ["FAMILIES", "LOWERINGS", "SUPPORT", "Operator", "operators_document"]
