"""What the options and shapes of layers with weights say, whatever their types."""

from dataclasses import dataclass

from moteflow.graph.ir import Tensor, Window
from moteflow.graph.operators.operator import Operator
from moteflow.graph.operators.weights import weight_scales
from moteflow.graph.operators.window import image_shape, window


@dataclass(frozen=True)
class Filters:
    """A convolution's; a depthwise one has a group for each input channel."""

    batches: int
    window: Window
    input_channels: int
    output_channels: int
    groups: int
    scales: tuple[float, ...]
    activation: int

    @property
    def depth_multiplier(self) -> int:
        """Filters of one input channel of a depthwise convolution."""
        return self.output_channels // self.input_channels


@dataclass(frozen=True)
class Matrix:
    """A fully connected layer's."""

    batches: int
    input_depth: int
    output_depth: int
    scales: tuple[float, ...]
    activation: int


def convolution_filters(operator: Operator, source: Tensor) -> Filters:
    """Conv2DOptions: padding, stride_w, stride_h, activation, dilation_w, dilation_h; weights
    [out, height, width, in / groups].
    """
    batches, _, _, input_channels = image_shape(operator, source)
    output_channels, height, width, depth = image_shape(operator, operator.input(1))
    scales = weight_scales(operator, output_channels, axis=0)
    groups = input_channels // depth if depth else 0
    if groups * depth != input_channels or groups == 0 or output_channels % groups != 0:
        raise operator.malformed(
            f"must split {input_channels} input and {output_channels} output channels into groups",
            f"filters of {depth} channels",
        )
    _check_output(operator, batches, output_channels)
    return Filters(
        batches=batches,
        window=_window(operator, (height, width), dilation_slot=4),
        input_channels=input_channels,
        output_channels=output_channels,
        groups=groups,
        scales=scales,
        activation=operator.options.number(3, "b", 0),
    )


def depthwise_filters(operator: Operator, source: Tensor) -> Filters:
    """DepthwiseConv2DOptions: padding, strides, multiplier, activation, dilations; weights
    [1, height, width, out].
    """
    batches, _, _, input_channels = image_shape(operator, source)
    one, height, width, output_channels = image_shape(operator, operator.input(1))
    scales = weight_scales(operator, output_channels, axis=3)
    if one != 1 or output_channels == 0 or output_channels % max(input_channels, 1) != 0:
        raise operator.malformed(
            f"needs weights [1, height, width, multiple of {input_channels}]",
            str(operator.input(1).shape),
        )
    _check_output(operator, batches, output_channels)
    return Filters(
        batches=batches,
        window=_window(operator, (height, width), dilation_slot=5),
        input_channels=input_channels,
        output_channels=output_channels,
        groups=input_channels,
        scales=scales,
        activation=operator.options.number(4, "b", 0),
    )


def matrix(operator: Operator, source: Tensor, output: Tensor) -> Matrix:
    """FullyConnectedOptions: activation, weights_format; weights [out, in]."""
    weights = operator.input(1)
    if len(weights.shape) != 2 or operator.options.number(1, "b", 0) != 0:
        raise operator.unsupported(
            "weights must be [outputs, inputs] in the default format",
            f"shape {weights.shape}, format {operator.options.number(1, 'b', 0)}",
            "Convert the model without packed weights.",
        )
    output_depth, input_depth = weights.shape
    scales = weight_scales(operator, output_depth, axis=0)
    batches = source.n_elements // max(input_depth, 1)
    if batches * input_depth != source.n_elements or output.n_elements != batches * output_depth:
        raise operator.malformed(
            f"with weights {weights.shape} must map {input_depth} inputs to {output_depth} outputs",
            f"input {source.shape}, output {output.shape}",
        )
    activation = operator.options.number(0, "b", 0)
    return Matrix(batches, input_depth, output_depth, scales, activation)


def _window(operator: Operator, size: tuple[int, int], dilation_slot: int) -> Window:
    """Strides are stored width first, as are dilations."""
    options = operator.options
    return window(
        operator,
        size,
        (options.number(2, "i", 0), options.number(1, "i", 0)),
        (options.number(dilation_slot + 1, "i", 1), options.number(dilation_slot, "i", 1)),
        options.number(0, "b", 0),
    )


def _check_output(operator: Operator, batches: int, channels: int) -> None:
    shape = image_shape(operator, operator.output())
    if (shape[0], shape[3]) != (batches, channels):
        raise operator.malformed(
            f"must have an output of {batches} images with {channels} channels", str(shape)
        )
