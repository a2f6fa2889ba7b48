"""CONV_2D and DEPTHWISE_CONV_2D."""

from dataclasses import dataclass

from moteflow.graph.fixed_point import activation_range, convolution_rescale
from moteflow.graph.ir import Attributes, Op, Rescale, Window
from moteflow.graph.operators.int16x8 import conv_2d_s16, depthwise_conv_2d_s16
from moteflow.graph.operators.operator import Operator, lowers
from moteflow.graph.operators.weights import check_bias, weight_scales
from moteflow.graph.operators.window import image_shape, window


@dataclass(frozen=True)
class Conv2d(Attributes):
    """inputs: activation, weights [out, height, width, in / groups], bias int32 [out].

    Output channel c reads the input channels of group c // (output_channels / groups).
    """

    batches: int
    window: Window
    input_channels: int
    output_channels: int
    groups: int
    input_zero_point: int
    output_zero_point: int
    rescale: Rescale
    activation_min: int
    activation_max: int

    @property
    def is_pointwise(self) -> bool:
        """Whether each output pixel is a product with just its input pixel."""
        w = self.window
        steps = (w.filter_height, w.filter_width, w.stride_height, w.stride_width, self.groups)
        return steps == (1, 1, 1, 1, 1) and not w.is_padded


@dataclass(frozen=True)
class DepthwiseConv2d(Attributes):
    """inputs: activation, weights [1, height, width, out], bias int32 [out].

    Output channel c reads input channel c // depth_multiplier.
    """

    batches: int
    window: Window
    input_channels: int
    depth_multiplier: int
    input_zero_point: int
    output_zero_point: int
    rescale: Rescale
    activation_min: int
    activation_max: int


@lowers("CONV_2D", types="int8, int16", single=("int8",))
def conv_2d(operator: Operator) -> Op:
    """Conv2DOptions: padding, stride_w, stride_h, activation, dilation_w, dilation_h."""
    if operator.input(0).dtype == "int16":
        return conv_2d_s16(operator)
    source, output = operator.int8_input(0), operator.int8_output()
    batches, _, _, input_channels = image_shape(operator, source)
    output_channels, height, width, depth = image_shape(operator, operator.input(1))
    scales = weight_scales(operator, output_channels, axis=0)
    check_bias(operator, output_channels)
    groups = input_channels // depth if depth else 0
    if groups * depth != input_channels or groups == 0 or output_channels % groups != 0:
        raise operator.malformed(
            f"must split {input_channels} input and {output_channels} output channels into groups",
            f"filters of {depth} channels",
        )
    _check_output(operator, batches, output_channels)
    options = operator.options
    low, high = activation_range(
        options.number(3, "b", 0), output.scales[0], output.zero_point, rounding=operator.rounding
    )
    attributes = Conv2d(
        batches=batches,
        window=window(
            operator,
            (height, width),
            (options.number(2, "i", 0), options.number(1, "i", 0)),
            (options.number(5, "i", 1), options.number(4, "i", 1)),
            options.number(0, "b", 0),
        ),
        input_channels=input_channels,
        output_channels=output_channels,
        groups=groups,
        input_zero_point=source.zero_point,
        output_zero_point=output.zero_point,
        rescale=convolution_rescale(source.scales[0], scales, output.scales[0], operator.rounding),
        activation_min=low,
        activation_max=high,
    )
    return operator.op(attributes, 3)


@lowers("DEPTHWISE_CONV_2D", types="int8, int16", single=("int8",))
def depthwise_conv_2d(operator: Operator) -> Op:
    """DepthwiseConv2DOptions: padding, strides, multiplier, activation, dilations."""
    if operator.input(0).dtype == "int16":
        return depthwise_conv_2d_s16(operator)
    source, output = operator.int8_input(0), operator.int8_output()
    batches, _, _, input_channels = image_shape(operator, source)
    one, height, width, output_channels = image_shape(operator, operator.input(1))
    scales = weight_scales(operator, output_channels, axis=3)
    check_bias(operator, output_channels)
    if one != 1 or output_channels == 0 or output_channels % max(input_channels, 1) != 0:
        raise operator.malformed(
            f"needs weights [1, height, width, multiple of {input_channels}]",
            str(operator.input(1).shape),
        )
    _check_output(operator, batches, output_channels)
    options = operator.options
    low, high = activation_range(
        options.number(4, "b", 0), output.scales[0], output.zero_point, rounding=operator.rounding
    )
    attributes = DepthwiseConv2d(
        batches=batches,
        window=window(
            operator,
            (height, width),
            (options.number(2, "i", 0), options.number(1, "i", 0)),
            (options.number(6, "i", 1), options.number(5, "i", 1)),
            options.number(0, "b", 0),
        ),
        input_channels=input_channels,
        depth_multiplier=output_channels // input_channels,
        input_zero_point=source.zero_point,
        output_zero_point=output.zero_point,
        rescale=convolution_rescale(source.scales[0], scales, output.scales[0], operator.rounding),
        activation_min=low,
        activation_max=high,
    )
    return operator.op(attributes, 3)


def _check_output(operator: Operator, batches: int, channels: int) -> None:
    shape = image_shape(operator, operator.output())
    if (shape[0], shape[3]) != (batches, channels):
        raise operator.malformed(
            f"must have an output of {batches} images with {channels} channels", str(shape)
        )
