"""CONV_2D and DEPTHWISE_CONV_2D."""

from dataclasses import dataclass

from moteflow.graph.fixed_point import activation_range, convolution_rescale
from moteflow.graph.ir import Attributes, Op, Rescale, Tensor, Window
from moteflow.graph.operators.filters import Filters, convolution_filters, depthwise_filters
from moteflow.graph.operators.int16x8 import conv_2d_s16, depthwise_conv_2d_s16
from moteflow.graph.operators.operator import Operator, lowers
from moteflow.graph.operators.weights import check_bias


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
    if operator.input(0).dtype == "int16":
        return conv_2d_s16(operator)
    source, output = operator.int8_input(0), operator.int8_output()
    filters = convolution_filters(operator, source)
    check_bias(operator, filters.output_channels)
    low, high = _range(operator, filters, output)
    attributes = Conv2d(
        batches=filters.batches,
        window=filters.window,
        input_channels=filters.input_channels,
        output_channels=filters.output_channels,
        groups=filters.groups,
        input_zero_point=source.zero_point,
        output_zero_point=output.zero_point,
        rescale=_rescale(operator, filters, source, output),
        activation_min=low,
        activation_max=high,
    )
    return operator.op(attributes, 3)


@lowers("DEPTHWISE_CONV_2D", types="int8, int16", single=("int8",))
def depthwise_conv_2d(operator: Operator) -> Op:
    if operator.input(0).dtype == "int16":
        return depthwise_conv_2d_s16(operator)
    source, output = operator.int8_input(0), operator.int8_output()
    filters = depthwise_filters(operator, source)
    check_bias(operator, filters.output_channels)
    low, high = _range(operator, filters, output)
    attributes = DepthwiseConv2d(
        batches=filters.batches,
        window=filters.window,
        input_channels=filters.input_channels,
        depth_multiplier=filters.depth_multiplier,
        input_zero_point=source.zero_point,
        output_zero_point=output.zero_point,
        rescale=_rescale(operator, filters, source, output),
        activation_min=low,
        activation_max=high,
    )
    return operator.op(attributes, 3)


def _range(operator: Operator, filters: Filters, output: Tensor) -> tuple[int, int]:
    return activation_range(
        filters.activation, output.scales[0], output.zero_point, rounding=operator.rounding
    )


def _rescale(operator: Operator, filters: Filters, source: Tensor, output: Tensor) -> Rescale:
    return convolution_rescale(
        source.scales[0], filters.scales, output.scales[0], operator.rounding
    )
