"""CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED with int16 activations and int8 weights."""

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.clearance import pixel_clearance
from moteflow.codegen.kernels.convolution import window_fields
from moteflow.codegen.kernels.layer import (
    ArgumentView,
    FieldView,
    Layer,
    LayerView,
    calls,
    integer_fields,
    needs,
)
from moteflow.graph import KernelMemory, Overlap, Window
from moteflow.graph.fixed_point import wide_addend
from moteflow.graph.operators.int16x8 import (
    Conv2dS16,
    DepthwiseConv2dS16,
    FullyConnectedS16,
    OutputS16,
)


@calls(Conv2dS16)
def conv_2d_s16(layer: Layer, a: Conv2dS16) -> LayerView:
    fields = (
        *integer_fields(batches=a.batches),
        *window_fields(a.window),
        *integer_fields(
            input_channels=a.input_channels, output_channels=a.output_channels, groups=a.groups
        ),
        *output_s16_fields(a.output),
    )
    macs = a.batches * _taps(a.window) * a.input_channels // a.groups * a.output_channels
    arguments = arguments_s16(layer, a.output, a.output_channels)
    return layer.call("mote_conv_2d_s16", fields, arguments, macs)


@calls(DepthwiseConv2dS16)
def depthwise_conv_2d_s16(layer: Layer, a: DepthwiseConv2dS16) -> LayerView:
    fields = (
        *integer_fields(batches=a.batches),
        *window_fields(a.window),
        *integer_fields(input_channels=a.input_channels, depth_multiplier=a.depth_multiplier),
        *output_s16_fields(a.output),
    )
    channels = a.input_channels * a.depth_multiplier
    macs = a.batches * _taps(a.window) * channels
    arguments = arguments_s16(layer, a.output, channels)
    return layer.call("mote_depthwise_conv_2d_s16", fields, arguments, macs)


@needs(Conv2dS16)
def conv_2d_s16_memory(a: Conv2dS16, _: Architecture) -> KernelMemory:
    return _window_memory(a.window, a.batches, a.input_channels, a.output_channels)


@needs(DepthwiseConv2dS16)
def depthwise_conv_2d_s16_memory(a: DepthwiseConv2dS16, _: Architecture) -> KernelMemory:
    channels = a.input_channels * a.depth_multiplier
    return _window_memory(a.window, a.batches, a.input_channels, channels)


@calls(FullyConnectedS16)
def fully_connected_s16(layer: Layer, a: FullyConnectedS16) -> LayerView:
    fields = (
        *integer_fields(batches=a.batches, input_depth=a.input_depth, output_depth=a.output_depth),
        *output_s16_fields(a.output),
    )
    macs = a.batches * a.input_depth * a.output_depth
    arguments = arguments_s16(layer, a.output, a.output_depth)
    return layer.call("mote_fully_connected_s16", fields, arguments, macs)


def output_s16_fields(output: OutputS16) -> tuple[FieldView, ...]:
    """Initialisers of the member `output`, a mote_output_s16_t."""
    return integer_fields(
        "output.",
        wide_sums=int(output.wide_sums),
        small_products=int(output.small_products),
        activation_min=output.activation_min,
        activation_max=output.activation_max,
    )


def arguments_s16(layer: Layer, output: OutputS16, channels: int) -> tuple[ArgumentView, ...]:
    """Input, weights, channels (see mote_output_s16.h) and output."""
    words: list[int] = []
    biases = layer.values(2) if layer.has_input(2) else [0] * channels
    for bias, factor in zip(biases, output.rescale.per_channel(channels), strict=True):
        if output.wide_sums:
            words += [*words_of_int64(wide_addend(bias, *factor)), *factor]
        else:
            words += [bias, 0, *factor]
    return (
        layer.input(0),
        layer.constant(1, "weights", "int8_t"),
        layer.array("channels", "int32_t", words),
        layer.output(),
    )


def words_of_int64(value: int) -> tuple[int, int]:
    """The low and the high word, as signed numbers."""
    return (value + 2**31) % 2**32 - 2**31, value >> 32


def _window_memory(window: Window, batches: int, inputs: int, outputs: int) -> KernelMemory:
    """A pixel's input is read until the last of its channels is written."""
    clearance = pixel_clearance(window, batches, 2 * inputs, 2 * outputs)
    return KernelMemory(overlaps=(Overlap(0, 0, clearance),))


def _taps(window: Window) -> int:
    outputs = window.output_height * window.output_width
    return outputs * window.filter_height * window.filter_width
