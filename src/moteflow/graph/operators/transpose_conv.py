"""TRANSPOSE_CONV."""

from dataclasses import dataclass

import numpy as np

from moteflow.errors import GraphError
from moteflow.graph.fixed_point import INT32_MAX, activation_range, convolution_rescale
from moteflow.graph.ir import Attributes, Op, Rescale, Window
from moteflow.graph.operators.int16x8 import OutputS16, int16_ports, output_s16
from moteflow.graph.operators.operator import Operator, lowers
from moteflow.graph.operators.weights import weight_scales
from moteflow.graph.operators.window import MAX_STEP, SAME, VALID, Axis, image_shape

MAX_INPUT_MAGNITUDE = 255


@dataclass(frozen=True)
class TransposeConvS8(Attributes):
    """inputs: activation, weights [out, height, width, in], bias int32 [out] or none."""

    batches: int
    window: Window
    input_channels: int
    output_channels: int
    input_zero_point: int
    output_zero_point: int
    rescale: Rescale
    activation_min: int
    activation_max: int


@dataclass(frozen=True)
class TransposeConvS16(Attributes):
    """inputs: activation, weights [out, height, width, in], bias int64 [out] or none."""

    batches: int
    window: Window
    input_channels: int
    output_channels: int
    output: OutputS16


@lowers("TRANSPOSE_CONV", types="int8, int16")
def transpose_conv(operator: Operator) -> Op:
    """Inputs: output shape (not read), weights, activation, bias.

    TransposeConvOptions: padding, stride_w, stride_h, activation.
    """
    is_int16 = operator.input(2).dtype == "int16"
    if is_int16:
        source, output = int16_ports(operator, 2)
    else:
        source, output = operator.int8_input(2), operator.int8_output()
    batches, _, _, input_channels = image_shape(operator, source)
    output_channels, _, _, depth = image_shape(operator, operator.input(1))
    scales = weight_scales(operator, output_channels, axis=0)
    output_shape = image_shape(operator, output)
    if depth != input_channels or (output_shape[0], output_shape[3]) != (batches, output_channels):
        raise operator.malformed(
            f"must map {batches} images of {depth} channels to {output_channels} channels",
            f"input {source.shape}, output {output.shape}",
        )
    rescale = convolution_rescale(source.scales[0], scales, output.scales[0])
    activation = operator.options.number(3, "b", 0)
    attributes: Attributes
    if is_int16:
        stage = output_s16(operator, rescale, activation, 0, "int64", bias_position=3)
        attributes = TransposeConvS16(
            batches, _window(operator), input_channels, output_channels, stage
        )
    else:
        _check_accumulator(operator, output_channels)
        low, high = activation_range(activation, output.scales[0], output.zero_point)
        attributes = TransposeConvS8(
            batches=batches,
            window=_window(operator),
            input_channels=input_channels,
            output_channels=output_channels,
            input_zero_point=source.zero_point,
            output_zero_point=output.zero_point,
            rescale=rescale,
            activation_min=low,
            activation_max=high,
        )
    inputs = (operator.inputs[2], operator.inputs[1], *operator.inputs[3:4])
    return Op(operator.kind, operator.index, inputs, operator.outputs, attributes)


def _window(operator: Operator) -> Window:
    options = operator.options
    padding = options.number(0, "b", 0)
    stride_width, stride_height = options.number(1, "i", 0), options.number(2, "i", 0)
    _, input_height, input_width, _ = image_shape(operator, operator.input(2))
    _, output_height, output_width, _ = image_shape(operator, operator.output())
    _, filter_height, filter_width, _ = image_shape(operator, operator.input(1))
    steps = (filter_height, filter_width, stride_height, stride_width)
    if min(steps) < 1 or max(steps) > MAX_STEP or padding not in (SAME, VALID):
        raise operator.malformed(
            f"needs filter and stride in 1..{MAX_STEP} and SAME or VALID padding",
            f"{steps}, padding {padding}",
        )
    reach = max(input_height * stride_height, input_width * stride_width)
    if max(reach, output_height + MAX_STEP, output_width + MAX_STEP) > INT32_MAX:
        raise operator.malformed("needs an image with fewer rows and columns", f"{reach}")
    # the padding is that of the convolution which maps the output back to the input
    rows = Axis(output_height, filter_height, stride_height, 1)
    columns = Axis(output_width, filter_width, stride_width, 1)
    return Window(
        input_height=input_height,
        input_width=input_width,
        output_height=output_height,
        output_width=output_width,
        filter_height=filter_height,
        filter_width=filter_width,
        stride_height=stride_height,
        stride_width=stride_width,
        dilation_height=1,
        dilation_width=1,
        pad_top=rows.before(padding),
        pad_left=columns.before(padding),
    )


def _check_accumulator(operator: Operator, channels: int) -> None:
    weights = operator.constant(1, "int8").astype(np.int64)
    largest = abs(weights).sum(axis=(1, 2, 3)) * MAX_INPUT_MAGNITUDE
    if operator.has_input(3):
        bias = operator.constant(3, "int32")
        if bias.size != channels:
            raise operator.malformed(
                f"needs a bias for each of {channels} channels", f"shape {bias.shape}"
            )
        largest = largest + abs(bias.astype(np.int64)).ravel()
    if largest.max() > INT32_MAX:
        raise GraphError(
            f"op {operator.index} {operator.kind}: a sum of products must fit 32 bits. "
            f"Received: up to {largest.max()}. Use fewer input channels or a smaller bias."
        )
