"""Operators: what each is to a kernel, and how it is read from a `.tflite`.

A module per family; importing it registers its lowerings.
"""

from moteflow.graph.operators import (
    convolution,
    elementwise,
    fully_connected,
    lstm,
    padding,
    pooling,
    reduction,
    softmax,
    svdf,
    transpose_conv,
    view,
)
from moteflow.graph.operators.document import operators_document
from moteflow.graph.operators.operator import LOWERINGS, Operator

FAMILIES = (
    convolution,
    elementwise,
    fully_connected,
    lstm,
    padding,
    pooling,
    reduction,
    softmax,
    svdf,
    transpose_conv,
    view,
)

__all__ = ["FAMILIES", "LOWERINGS", "Operator", "operators_document"]
