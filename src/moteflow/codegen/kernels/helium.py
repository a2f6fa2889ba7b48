"""Kernels for Helium: convolutions, fully connected layers, pools and sums."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels import binary, pooling
from moteflow.codegen.kernels.layer import (
    ArgumentView,
    FieldView,
    Layer,
    LayerView,
    calls,
    integer_fields,
    needs,
)
from moteflow.codegen.packing_helium import (
    conv_2d_strip_bytes,
    depthwise_strip_bytes,
    has_general_shift,
    pack_depthwise,
    pack_matmul,
    turned,
)
from moteflow.graph import KernelMemory, Overlap, Rescale, Window
from moteflow.graph.operators.binary import Add
from moteflow.graph.operators.convolution import Conv2d, DepthwiseConv2d
from moteflow.graph.operators.fully_connected import FullyConnected
from moteflow.graph.operators.pooling import Pool2d

Weighted = Conv2d | DepthwiseConv2d | FullyConnected


@calls(Conv2d, Architecture.HELIUM)
def conv_2d(layer: Layer, a: Conv2d) -> LayerView:
    """The call of `mote_conv_2d_helium_s8`, or of `mote_pointwise_helium_s8`."""
    weights = _constant(layer, 1)
    fields = (
        *integer_fields(batches=a.batches),
        *_window_fields(a.window),
        *integer_fields(
            input_channels=a.input_channels,
            output_channels=a.output_channels,
            groups=a.groups,
            input_zero_point=a.input_zero_point,
        ),
        *_output_fields(a),
    )
    filters = weights.reshape(a.output_channels, -1)
    source, packed = layer.input(0), _matmul_stream(layer, filters, a.rescale, a.groups)
    macs = a.batches * a.window.output_height * a.window.output_width * weights.size
    family = "mote_conv_2d_helium_s8"
    if a.is_pointwise:
        arguments = [source, packed, layer.output()]
        return layer.call("mote_pointwise_helium_s8", fields, arguments, macs, family)
    arguments = [source, packed, layer.scratch(), layer.output()]
    return layer.call(family, fields, arguments, macs)


@needs(Conv2d, Architecture.HELIUM)
def conv_2d_memory(a: Conv2d, _: Architecture) -> KernelMemory:
    """A strip; filters of one pixel need none, and write a pair of pixels while they read it."""
    if not a.is_pointwise:
        return KernelMemory(conv_2d_strip_bytes(a.window, a.input_channels // a.groups))
    pixels = a.batches * a.window.output_height * a.window.output_width
    growth = max(a.output_channels - a.input_channels, 0) * (pixels - 1)
    return KernelMemory(overlaps=(Overlap(0, 0, clearance=2 * a.output_channels + growth),))


@calls(DepthwiseConv2d, Architecture.HELIUM)
def depthwise_conv_2d(layer: Layer, a: DepthwiseConv2d) -> LayerView:
    """The call of `mote_depthwise_conv_2d_helium_s8`."""
    window, weights = a.window, _constant(layer, 1)[0]
    sums = weights.sum(axis=(0, 1), dtype=np.int64)
    biases = _constant(layer, 2).ravel() - a.input_zero_point * sums
    channels = a.input_channels * a.depth_multiplier
    steps = {
        "input_row": window.input_width * a.input_channels,
        "input_column": a.input_channels,
        "output_row": window.output_width * channels,
        "output_column": channels,
    }
    kernel_window = turned(window)
    if kernel_window != window:
        weights = weights.transpose(1, 0, 2)
        names = ("input_column", "input_row", "output_column", "output_row")
        steps = dict(zip(names, steps.values(), strict=True))
    stream = pack_depthwise(weights, biases, a.rescale, kernel_window)
    fields = (
        *integer_fields(batches=a.batches),
        *_window_fields(kernel_window),
        *integer_fields(
            input_channels=a.input_channels,
            depth_multiplier=a.depth_multiplier,
            input_zero_point=a.input_zero_point,
            **steps,
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


@needs(DepthwiseConv2d, Architecture.HELIUM)
def depthwise_conv_2d_memory(a: DepthwiseConv2d, _: Architecture) -> KernelMemory:
    """A strip."""
    return KernelMemory(depthwise_strip_bytes(turned(a.window)))


@needs(FullyConnected, Architecture.HELIUM)
def fully_connected_memory(_: FullyConnected, __: Architecture) -> KernelMemory:
    return KernelMemory()


@calls(FullyConnected, Architecture.HELIUM)
def fully_connected(layer: Layer, a: FullyConnected) -> LayerView:
    """The call of `mote_fully_connected_helium_s8`."""
    filters = _matmul_stream(layer, _constant(layer, 1), a.rescale)
    fields = (
        *integer_fields(batches=a.batches, input_depth=a.input_depth, output_depth=a.output_depth),
        *_output_fields(a),
    )
    arguments = (layer.input(0), filters, layer.output())
    macs = a.batches * a.input_depth * a.output_depth
    return layer.call("mote_fully_connected_helium_s8", fields, arguments, macs)


@calls(Pool2d, Architecture.HELIUM)
def pool_2d(layer: Layer, a: Pool2d) -> LayerView:
    """The call of `mote_average_pool_2d_helium_s8` or `mote_max_pool_2d_helium_s8`."""
    if a.element_bytes > 1:
        return pooling.pool_2d(layer, a)
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


@calls(Add, Architecture.HELIUM)
def add(layer: Layer, a: Add) -> LayerView:
    """The call of `mote_add_helium_s8`, for int8 inputs of one shape."""
    if a.dtype != "int8" or a.is_subtraction or not a.broadcast.is_elementwise:
        return binary.add(layer, a)
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


def _matmul_stream(
    layer: Layer, filters: NDArray[np.int8], rescale: Rescale, groups: int = 1
) -> ArgumentView:
    """Filters [filters, depth] and biases as one stream, each group's after another's."""
    biases = np.split(_constant(layer, 2).ravel(), groups)
    rescales = _split(rescale, len(filters), groups)
    streams = [
        pack_matmul(*parts)
        for parts in zip(np.split(filters, groups), biases, rescales, strict=True)
    ]
    return layer.array("filters", "int32_t", np.concatenate(streams))


def _split(rescale: Rescale, channels: int, groups: int) -> list[Rescale]:
    """The factors of each group of channels."""
    size = channels // groups
    if len(rescale.multipliers) == 1:
        return [rescale] * groups
    return [
        Rescale(rescale.multipliers[i : i + size], rescale.shifts[i : i + size])
        for i in range(0, channels, size)
    ]


def _constant(layer: Layer, position: int) -> NDArray[Any]:
    data = layer.graph.tensors[layer.op.inputs[position]].data
    assert data is not None
    return data


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
