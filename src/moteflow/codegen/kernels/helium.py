"""Kernels for Helium: convolutions, fully connected layers, pools and sums."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow.codegen.kernels.layer import (
    FieldView,
    Layer,
    LayerView,
    integer_fields,
)
from moteflow.codegen.packing_helium import (
    conv_2d_strip_bytes,
    depthwise_strip_bytes,
    has_general_shift,
    pack_depthwise,
    pack_matmul,
)
from moteflow.graph import KernelMemory, Overlap, Window
from moteflow.graph.operators.convolution import Conv2d, DepthwiseConv2d
from moteflow.graph.operators.elementwise import Add
from moteflow.graph.operators.fully_connected import FullyConnected
from moteflow.graph.operators.pooling import Pool2d

Weighted = Conv2d | DepthwiseConv2d | FullyConnected


def conv_2d(layer: Layer, a: Conv2d) -> LayerView:
    """The call of `mote_conv_2d_helium_s8`."""
    weights = _constant(layer, 1)
    return _conv_2d(layer, a, weights.reshape(a.output_channels, -1))


def conv_2d_memory(a: Conv2d) -> KernelMemory:
    """A strip; filters of one pixel need none, and write a pair of pixels while they read it."""
    if not is_pointwise(a.window):
        return KernelMemory(conv_2d_strip_bytes(a.window, a.input_channels))
    pixels = a.batches * a.window.output_height * a.window.output_width
    growth = max(a.output_channels - a.input_channels, 0) * (pixels - 1)
    return KernelMemory(overlaps=(Overlap(0, 0, clearance=2 * a.output_channels + growth),))


def depthwise_conv_2d(layer: Layer, a: DepthwiseConv2d) -> LayerView:
    """The call of `mote_depthwise_conv_2d_helium_s8`; of one channel, of a plain convolution."""
    window, weights = a.window, _constant(layer, 1)
    if a.input_channels == 1:
        return _conv_2d(layer, _as_conv_2d(a), weights.reshape(-1, a.depth_multiplier).T)
    filters = weights.reshape(window.filter_height, window.filter_width, -1)
    biases = _biases(layer, a, filters.sum(axis=(0, 1), dtype=np.int64))
    stream = pack_depthwise(filters, biases, a.rescale, window)
    fields = (
        *integer_fields(batches=a.batches),
        *_window_fields(window),
        *integer_fields(
            input_channels=a.input_channels,
            depth_multiplier=a.depth_multiplier,
            input_zero_point=a.input_zero_point,
        ),
        *_output_fields(a),
    )
    arguments = (
        layer.input(0),
        layer.array("filters", "int32_t", stream),
        layer.scratch(),
        layer.output(),
    )
    macs = a.batches * window.output_height * window.output_width * weights.size
    return layer.call("mote_depthwise_conv_2d_helium_s8", fields, arguments, macs)


def depthwise_conv_2d_memory(a: DepthwiseConv2d) -> KernelMemory:
    """A strip."""
    if a.input_channels == 1:
        return conv_2d_memory(_as_conv_2d(a))
    return KernelMemory(depthwise_strip_bytes(a.window))


def fully_connected(layer: Layer, a: FullyConnected) -> LayerView:
    """The call of `mote_fully_connected_helium_s8`."""
    weights = _constant(layer, 1)
    biases = _biases(layer, a, weights.sum(axis=1, dtype=np.int64))
    stream = pack_matmul(weights, biases, a.rescale)
    fields = (
        *integer_fields(batches=a.batches, input_depth=a.input_depth, output_depth=a.output_depth),
        *_output_fields(a),
    )
    arguments = (layer.input(0), layer.array("filters", "int32_t", stream), layer.output())
    macs = a.batches * a.input_depth * a.output_depth
    return layer.call("mote_fully_connected_helium_s8", fields, arguments, macs)


def pool_2d(layer: Layer, a: Pool2d) -> LayerView:
    """The call of `mote_average_pool_2d_helium_s8` or `mote_max_pool_2d_helium_s8`."""
    fields = (
        *integer_fields(batches=a.batches),
        *_window_fields(a.window),
        *integer_fields(
            channels=a.channels,
            activation_min=a.activation_min,
            activation_max=a.activation_max,
        ),
    )
    kind = "max" if layer.op.kind == "MAX_POOL_2D" else "average"
    arguments = (layer.input(0), layer.output())
    return layer.call(
        f"mote_{kind}_pool_2d_helium_s8", fields, arguments, family="mote_pool_2d_helium_s8"
    )


def add(layer: Layer, a: Add) -> LayerView:
    """The call of `mote_add_helium_s8`, for inputs of one shape."""
    n_elements = layer.graph.tensors[layer.op.outputs[0]].n_elements
    fields = integer_fields(n_elements=n_elements, left_shift=a.left_shift)
    addends = zip(("first", "second"), a.zero_points, a.rescales, strict=True)
    for name, zero_point, rescale in addends:
        fields += integer_fields(
            f"{name}.",
            zero_point=zero_point,
            multiplier=rescale.multipliers[0],
            shift=rescale.shifts[0],
        )
    fields += integer_fields(
        multiplier=a.output_rescale.multipliers[0], shift=a.output_rescale.shifts[0]
    )
    fields += integer_fields(
        "output.",
        zero_point=a.output_zero_point,
        activation_min=a.activation_min,
        activation_max=a.activation_max,
        general=int(a.output_rescale.shifts[0] >= 0),
    )
    arguments = (layer.input(0, "first"), layer.input(1, "second"), layer.output())
    return layer.call("mote_add_helium_s8", fields, arguments)


def is_pointwise(window: Window) -> bool:
    """Whether each output reads one pixel, the next output the next pixel."""
    steps = (
        window.filter_height,
        window.filter_width,
        window.stride_height,
        window.stride_width,
    )
    return set(steps) == {1} and not window.is_padded


def _conv_2d(layer: Layer, a: Conv2d, filters: NDArray[np.int8]) -> LayerView:
    biases = _biases(layer, a, filters.sum(axis=1, dtype=np.int64))
    stream = pack_matmul(filters, biases, a.rescale)
    fields = (
        *integer_fields(batches=a.batches),
        *_window_fields(a.window),
        *integer_fields(
            input_channels=a.input_channels,
            output_channels=a.output_channels,
            groups=1,
            input_zero_point=a.input_zero_point,
        ),
        *_output_fields(a),
    )
    source, packed = layer.input(0), layer.array("filters", "int32_t", stream)
    macs = a.batches * a.window.output_height * a.window.output_width * filters.size
    family = "mote_conv_2d_helium_s8"
    if is_pointwise(a.window):
        arguments = [source, packed, layer.output()]
        return layer.call("mote_pointwise_helium_s8", fields, arguments, macs, family)
    arguments = [source, packed, layer.scratch(), layer.output()]
    return layer.call(family, fields, arguments, macs)


def _as_conv_2d(a: DepthwiseConv2d) -> Conv2d:
    """The same convolution of an image with one channel."""
    return Conv2d(
        batches=a.batches,
        window=a.window,
        input_channels=1,
        output_channels=a.depth_multiplier,
        input_zero_point=a.input_zero_point,
        output_zero_point=a.output_zero_point,
        rescale=a.rescale,
        activation_min=a.activation_min,
        activation_max=a.activation_max,
    )


def _constant(layer: Layer, position: int) -> NDArray[Any]:
    data = layer.graph.tensors[layer.op.inputs[position]].data
    assert data is not None
    return data


def _biases(layer: Layer, a: Weighted, weight_sums: NDArray[np.int64]) -> NDArray[np.int64]:
    """The biases with the effect of the input's zero point, which padding has too."""
    biases = _constant(layer, 2).astype(np.int64).ravel()
    return biases - a.input_zero_point * weight_sums


def _window_fields(window: Window) -> tuple[FieldView, ...]:
    """Initialisers of the member `window`, a mote_window_t."""
    return integer_fields("window.", **vars(window))


def _output_fields(a: Weighted) -> tuple[FieldView, ...]:
    """Initialisers of the member `output`, a mote_output_helium_t."""
    return integer_fields(
        "output.",
        zero_point=a.output_zero_point,
        activation_min=a.activation_min,
        activation_max=a.activation_max,
        general=int(has_general_shift(a.rescale)),
    )
