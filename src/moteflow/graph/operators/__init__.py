"""Operators: what each is to a kernel, and how it is read from a `.tflite`.

A module per family; importing it registers its lowerings.
"""

from moteflow.graph.operators import (
    concatenation,
    convolution,
    elementwise,
    fully_connected,
    gather,
    lstm,
    padding,
    pooling,
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
from moteflow.graph.operators.operator import LOWERINGS, SUPPORT, Operator

FAMILIES = (
    concatenation,
    convolution,
    elementwise,
    fully_connected,
    gather,
    lstm,
    padding,
    pooling,
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

__all__ = ["FAMILIES", "LOWERINGS", "SUPPORT", "Operator"]
