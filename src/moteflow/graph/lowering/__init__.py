"""From an operator of the `.tflite` to one of the graph: a module per family, one registry."""

from moteflow.graph.lowering import convolution, dense, elementwise, image, shape
from moteflow.graph.lowering.registry import LOWERINGS, Operator

FAMILIES = (convolution, dense, elementwise, image, shape)

__all__ = ["FAMILIES", "LOWERINGS", "Operator"]
