"""TRANSPOSE_CONV."""

from moteflow.codegen.kernels.convolution import window_fields
from moteflow.codegen.kernels.int16x8 import arguments_s16, output_s16_fields
from moteflow.codegen.kernels.layer import Layer, LayerView, calls, integer_fields
from moteflow.graph import Window
from moteflow.graph.operators.transpose_conv import TransposeConvS8, TransposeConvS16


@calls(TransposeConvS8)
def transpose_conv_s8(layer: Layer, a: TransposeConvS8) -> LayerView:
    fields = (
        *integer_fields(batches=a.batches),
        *window_fields(a.window),
        *integer_fields(
            input_channels=a.input_channels,
            output_channels=a.output_channels,
            input_zero_point=a.input_zero_point,
            output_zero_point=a.output_zero_point,
            activation_min=a.activation_min,
            activation_max=a.activation_max,
        ),
    )
    biases = layer.values(2) if layer.has_input(2) else [0] * a.output_channels
    factors = a.rescale.per_channel(a.output_channels)
    words = [word for bias, factor in zip(biases, factors, strict=True) for word in (bias, *factor)]
    arguments = (
        layer.input(0),
        layer.constant(1, "weights", "int8_t"),
        layer.array("channels", "int32_t", words),
        layer.output(),
    )
    macs = a.batches * _macs(a.window, a.input_channels, a.output_channels)
    return layer.call("mote_transpose_conv_s8", fields, arguments, macs)


@calls(TransposeConvS16)
def transpose_conv_s16(layer: Layer, a: TransposeConvS16) -> LayerView:
    fields = (
        *integer_fields(batches=a.batches),
        *window_fields(a.window),
        *integer_fields(input_channels=a.input_channels, output_channels=a.output_channels),
        *output_s16_fields(a.output),
    )
    arguments = arguments_s16(layer, a.output, a.output_channels)
    macs = a.batches * _macs(a.window, a.input_channels, a.output_channels)
    return layer.call("mote_transpose_conv_s16", fields, arguments, macs)


def _macs(window: Window, input_channels: int, output_channels: int) -> int:
    taps = window.filter_height * window.filter_width
    return window.input_height * window.input_width * taps * input_channels * output_channels
