"""CONV_2D."""

from moteflow.codegen.kernels.layer import (
    ArgumentView,
    FieldView,
    Layer,
    LayerView,
    calls,
    integer_fields,
)
from moteflow.codegen.kernels.output_stage import output_fields
from moteflow.graph import Window
from moteflow.graph.operators.convolution import Conv2d


@calls(Conv2d)
def conv_2d(layer: Layer, a: Conv2d) -> LayerView:
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
