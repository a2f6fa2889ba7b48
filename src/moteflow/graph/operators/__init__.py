"""Operators: what each is to a kernel, and how it is read from a `.tflite`.

A module per family; importing it registers its lowerings.
"""

from moteflow.graph.operators import (
    concatenation,
    convolution,
    elementwise,
    fully_connected,
    gather,
    padding,
    pooling,
    reduction,
    resize,
    slicing,
    softmax,
    transpose,
    variables,
    view,
)
from moteflow.graph.operators.document import operators_document
from moteflow.graph.operators.operator import LOWERINGS, SUPPORT, Operator

FAMILIES = (
    concatenation,
    convolution,
    elementwise,
    fully_connected,
    gather,
    padding,
    pooling,
    reduction,
    resize,
    slicing,
    softmax,
    transpose,
    variables,
    view,
)

__all__ = ["FAMILIES", "LOWERINGS", "SUPPORT", "Operator", "operators_document"]
