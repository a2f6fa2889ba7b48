"""CONV_2D and DEPTHWISE_CONV_2D."""

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels import helium
from moteflow.codegen.kernels.layer import (
    ArgumentView,
    FieldView,
    Layer,
    LayerView,
    calls,
    integer_fields,
    needs,
)
from moteflow.codegen.kernels.output_stage import output_fields
from moteflow.graph import KernelMemory, Window
from moteflow.graph.operators.convolution import Conv2d, DepthwiseConv2d


@calls(Conv2d)
def conv_2d(layer: Layer, a: Conv2d) -> LayerView:
    if layer.architecture is Architecture.HELIUM:
        return helium.conv_2d(layer, a)
    fields = (
        *integer_fields(batches=a.batches),
        *window_fields(a.window),
        *integer_fields(
            input_channels=a.input_channels,
            output_channels=a.output_channels,
            input_zero_point=a.input_zero_point,
        ),
        *output_fields(layer, a.rescale, a.output_zero_point, a.activation_min, a.activation_max),
    )
    macs = a.batches * _taps(a.window) * a.input_channels * a.output_channels
    return layer.call("mote_conv_2d_s8", fields, _arguments(layer), macs)


@needs(Conv2d)
def conv_2d_memory(a: Conv2d, architecture: Architecture) -> KernelMemory:
    return helium.conv_2d_memory(a) if architecture is Architecture.HELIUM else KernelMemory()


@calls(DepthwiseConv2d)
def depthwise_conv_2d(layer: Layer, a: DepthwiseConv2d) -> LayerView:
    if layer.architecture is Architecture.HELIUM:
        return helium.depthwise_conv_2d(layer, a)
    fields = (
        *integer_fields(batches=a.batches),
        *window_fields(a.window),
        *integer_fields(
            input_channels=a.input_channels,
            depth_multiplier=a.depth_multiplier,
            input_zero_point=a.input_zero_point,
        ),
        *output_fields(layer, a.rescale, a.output_zero_point, a.activation_min, a.activation_max),
    )
    macs = a.batches * _taps(a.window) * a.input_channels * a.depth_multiplier
    return layer.call("mote_depthwise_conv_2d_s8", fields, _arguments(layer), macs)


@needs(DepthwiseConv2d)
def depthwise_conv_2d_memory(a: DepthwiseConv2d, architecture: Architecture) -> KernelMemory:
    return (
        helium.depthwise_conv_2d_memory(a)
        if architecture is Architecture.HELIUM
        else KernelMemory()
    )


def window_fields(window: Window) -> tuple[FieldView, ...]:
    """Initialisers of the member `window`, a mote_window_t."""
    return integer_fields("window.", **vars(window))


def _arguments(layer: Layer) -> tuple[ArgumentView, ...]:
    return (
        layer.input(0),
        layer.constant(1, "weights", "int8_t"),
        layer.constant(2, "bias", "int32_t"),
        layer.output(),
    )


def _taps(window: Window) -> int:
    outputs = window.output_height * window.output_width
    return outputs * window.filter_height * window.filter_width
