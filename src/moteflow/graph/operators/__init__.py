"""Operators: what each is to a kernel, and how it is read from a `.tflite`.

A module per family; importing it registers its lowerings.
"""

from moteflow.graph.operators import (
    activations,
    arg_max,
    binary,
    convolution,
    fully_connected,
    padding,
    pooling,
    quantize,
    reduction,
    softmax,
    view,
)
from moteflow.graph.operators.document import operators_document
from moteflow.graph.operators.operator import LOWERINGS, Operator

FAMILIES = (
    activations,
    arg_max,
    binary,
    convolution,
    fully_connected,
    padding,
    pooling,
    quantize,
    reduction,
    softmax,
    view,
)

__all__ = ["FAMILIES", "LOWERINGS", "Operator", "operators_document"]
