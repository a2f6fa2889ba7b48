"""CONV_2D."""

import numpy as np
from numpy.typing import NDArray

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.layer import (
    FieldView,
    Layer,
    LayerView,
    calls,
    integer_fields,
    needs,
)
from moteflow.codegen.kernels.matmul import (
    BLOCK,
    MAX_ROWS,
    blockwise_overlap,
    columns_bytes,
    matmul_arguments,
)
from moteflow.codegen.packing import matmul_words
from moteflow.graph import KernelMemory, Window
from moteflow.graph.operators.convolution import Conv2d


@calls(Conv2d)
def conv_2d(layer: Layer, a: Conv2d) -> LayerView:
    filters, output = matmul_arguments(
        layer, a.rescale, a.output_zero_point, (a.activation_min, a.activation_max), a.groups
    )
    fields = (
        *integer_fields(batches=a.batches),
        *window_fields(a.window),
        *integer_fields(
            input_channels=a.input_channels,
            output_channels=a.output_channels,
            groups=a.groups,
            input_zero_point=a.input_zero_point,
            reversed=int(layer.reversed),
        ),
        *output,
    )
    arguments = (layer.input(0), filters, layer.scratch("int32_t"), layer.output())
    macs = a.batches * _taps(a.window) * a.input_channels // a.groups * a.output_channels
    return layer.call("mote_conv_2d_s8", fields, arguments, macs)


@needs(Conv2d)
def conv_2d_memory(a: Conv2d, architecture: Architecture) -> KernelMemory:
    w = a.window
    group_inputs = a.input_channels // a.groups
    depth = w.filter_height * w.filter_width * group_inputs
    pixels = a.batches * w.output_height * w.output_width
    if a.is_pointwise or architecture is not Architecture.DSP:
        scratch = columns_bytes(depth, pixels, architecture)
    else:
        scratch = columns_bytes(depth, BLOCK[architecture], architecture)
        if group_inputs % 4:
            scratch += BLOCK[architecture] * 4 * matmul_words(depth)
        elif w.is_padded:
            scratch += w.filter_width * group_inputs
    if a.groups > 1 or pixels > MAX_ROWS:
        return KernelMemory(scratch)
    image = w.input_height * w.input_width
    first_read = (first_pixels(w) + np.arange(a.batches)[:, None] * image).ravel()
    overlap = blockwise_overlap(
        first_read * a.input_channels,
        a.output_channels,
        a.batches * image * a.input_channels,
        architecture,
        reversible=a.is_pointwise,
    )
    return KernelMemory(scratch, (overlap,))


def first_pixels(window: Window) -> NDArray[np.int64]:
    """For each output pixel the first input pixel (row * input_width + column) that it reads; the
    input's number of pixels where all is padding.
    """
    rows = _first_inside(
        np.arange(window.output_height) * window.stride_height - window.pad_top,
        window.dilation_height,
        window.filter_height,
        window.input_height,
    )
    columns = _first_inside(
        np.arange(window.output_width) * window.stride_width - window.pad_left,
        window.dilation_width,
        window.filter_width,
        window.input_width,
    )
    pixels = rows[:, None] * window.input_width + columns
    none = (rows == window.input_height)[:, None] | (columns == window.input_width)
    return np.where(none, window.input_height * window.input_width, pixels).ravel()


def _first_inside(
    origins: NDArray[np.int64], dilation: int, taps: int, size: int
) -> NDArray[np.int64]:
    """The first position inside an axis that a filter at each origin reads, or `size`."""
    skipped = np.maximum(-(origins // dilation), 0)
    first = origins + skipped * dilation
    return np.where((skipped < taps) & (first < size), first, size)


def window_fields(window: Window) -> tuple[FieldView, ...]:
    """Initialisers of the member `window`, a mote_window_t."""
    return integer_fields("window.", **vars(window))


def _taps(window: Window) -> int:
    outputs = window.output_height * window.output_width
    return outputs * window.filter_height * window.filter_width
