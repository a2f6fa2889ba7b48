"""How each kernel is called: a module per family; importing it registers its kernels."""

from moteflow.codegen.kernels import (
    activations,
    arg_max,
    binary,
    convolution,
    depthwise,
    fully_connected,
    lookup,
    padding,
    pooling,
    quantize,
    reduction,
    softmax,
    stream,
)
from moteflow.codegen.kernels.layer import (
    CALLS,
    ArgumentView,
    ArrayView,
    FieldView,
    LayerView,
    kernel_memory,
    layer_view,
)

FAMILIES = (
    activations,
    arg_max,
    binary,
    convolution,
    depthwise,
    fully_connected,
    lookup,
    padding,
    pooling,
    quantize,
    reduction,
    softmax,
    stream,
)

__all__ = [
    "CALLS",
    "FAMILIES",
    "ArgumentView",
    "ArrayView",
    "FieldView",
    "LayerView",
    "kernel_memory",
    "layer_view",
]
