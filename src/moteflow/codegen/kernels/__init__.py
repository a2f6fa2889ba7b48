"""How each kernel is called: a module per family; importing it registers its kernels."""

from moteflow.codegen.kernels import (
    activations,
    arg_max,
    binary,
    convolution,
    depthwise,
    fully_connected,
    int16x8,
    lookup,
    lstm,
    movement,
    pooling,
    quantize,
    reduction,
    resize,
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
    activations,
    arg_max,
    binary,
    convolution,
    depthwise,
    fully_connected,
    int16x8,
    lookup,
    lstm,
    movement,
    pooling,
    quantize,
    reduction,
    resize,
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
