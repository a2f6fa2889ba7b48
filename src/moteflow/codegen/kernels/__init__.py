"""How each kernel is called: a module per family; importing it registers its kernels."""

from moteflow.codegen.kernels import (
    convolution,
    depthwise,
    elementwise,
    fully_connected,
    int16x8,
    lstm,
    padding,
    pooling,
    reduction,
    softmax,
    stream,
    svdf,
    transpose_conv,
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
    convolution,
    depthwise,
    elementwise,
    fully_connected,
    int16x8,
    lstm,
    padding,
    pooling,
    reduction,
    softmax,
    stream,
    svdf,
    transpose_conv,
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
