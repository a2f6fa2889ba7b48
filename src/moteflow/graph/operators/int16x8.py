"""CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED with int16 activations and int8 weights."""

from dataclasses import dataclass

import numpy as np

from moteflow.errors import GraphError
from moteflow.graph.fixed_point import (
    INT16_MIN,
    INT32_MAX,
    activation_range,
    convolution_rescale,
    wide_rescale,
)
from moteflow.graph.ir import Attributes, Op, Rescale, Tensor, Window
from moteflow.graph.operators.filters import convolution_filters, depthwise_filters, matrix
from moteflow.graph.operators.operator import Operator

MAX_SUM = 2**47 - 1
"""The 64-bit rounding rule is defined below it."""


@dataclass(frozen=True)
class OutputS16:
    """How a sum becomes int16: `wide_sums` have 64 bits and a `wide_rescale`.

    `small_products`: without bias they fit 32 bits whatever the input.
    """

    rescale: Rescale
    wide_sums: bool
    small_products: bool
    activation_min: int
    activation_max: int


@dataclass(frozen=True)
class Conv2dS16(Attributes):
    """inputs: activation, weights [out, height, width, in / groups], bias [out] or none."""

    batches: int
    window: Window
    input_channels: int
    output_channels: int
    groups: int
    output: OutputS16


@dataclass(frozen=True)
class DepthwiseConv2dS16(Attributes):
    """inputs: activation, weights [1, height, width, out], bias [out] or none.

    Output channel c reads input channel c // depth_multiplier.
    """

    batches: int
    window: Window
    input_channels: int
    depth_multiplier: int
    output: OutputS16


@dataclass(frozen=True)
class FullyConnectedS16(Attributes):
    """inputs: activation, weights [out, in], bias [out] or none."""

    batches: int
    input_depth: int
    output_depth: int
    output: OutputS16


def int16_ports(operator: Operator, position: int = 0) -> tuple[Tensor, Tensor]:
    """An input and the output, which must be int16 with the zero point 0."""
    source = operator.quantized_input(position, "int16")
    output = operator.quantized_output("int16")
    for tensor in (source, output):
        if tensor.zero_point != 0:
            raise operator.unsupported(
                "int16 tensors must have the zero point 0",
                f"{tensor.zero_point} ({tensor.name!r})",
                "Convert the model with int16 activations and int8 weights.",
            )
    return source, output


def output_s16(
    operator: Operator,
    rescale: Rescale,
    activation: int,
    axis: int,
    *bias_dtypes: str,
    bias_position: int = 2,
) -> OutputS16:
    """The output stage of weights (input 1) and bias with channels along `axis`.

    64-bit sums go with every bias but an int32 one.
    """
    weights, output = operator.constant(1, "int8"), operator.output()
    others = tuple(i for i in range(weights.ndim) if i != axis)
    products = abs(weights.astype(np.int64)).sum(axis=others) * -INT16_MIN
    small_products = bool(products.max() <= INT32_MAX)
    wide_sums = True
    if operator.has_input(bias_position):
        bias = operator.constant(bias_position, *bias_dtypes)
        if bias.size != products.size:
            raise operator.malformed(
                f"needs a bias for each of {products.size} channels", f"shape {bias.shape}"
            )
        largest = (products + abs(bias.astype(object)).ravel()).max()
        if largest > MAX_SUM:
            raise GraphError(
                f"op {operator.index} {operator.kind}: a sum of products must stay below 2^47. "
                f"Received: up to {largest}. Use a smaller bias."
            )
        wide_sums = operator.input(bias_position).dtype == "int64"
    low, high = activation_range(activation, output.scales[0], 0, "int16")
    if wide_sums:
        rescale = wide_rescale(rescale)
    return OutputS16(rescale, wide_sums, small_products, low, high)


def conv_2d_s16(operator: Operator) -> Op:
    """CONV_2D; the bias, if any, is int32 or int64."""
    source, output = int16_ports(operator)
    filters = convolution_filters(operator, source)
    rescale = convolution_rescale(source.scales[0], filters.scales, output.scales[0])
    attributes = Conv2dS16(
        batches=filters.batches,
        window=filters.window,
        input_channels=filters.input_channels,
        output_channels=filters.output_channels,
        groups=filters.groups,
        output=output_s16(operator, rescale, filters.activation, 0, "int32", "int64"),
    )
    return operator.op(attributes, 3)


def depthwise_conv_2d_s16(operator: Operator) -> Op:
    """DEPTHWISE_CONV_2D; the bias, if any, is int64."""
    source, output = int16_ports(operator)
    filters = depthwise_filters(operator, source)
    rescale = convolution_rescale(source.scales[0], filters.scales, output.scales[0])
    attributes = DepthwiseConv2dS16(
        batches=filters.batches,
        window=filters.window,
        input_channels=filters.input_channels,
        depth_multiplier=filters.depth_multiplier,
        output=output_s16(operator, rescale, filters.activation, 3, "int64"),
    )
    return operator.op(attributes, 3)


def fully_connected_s16(operator: Operator) -> Op:
    """FULLY_CONNECTED; the bias, if any, is int64."""
    source, output = int16_ports(operator)
    weights = matrix(operator, source, output)
    rescale = convolution_rescale(source.scales[0], weights.scales, output.scales[0])
    attributes = FullyConnectedS16(
        batches=weights.batches,
        input_depth=weights.input_depth,
        output_depth=weights.output_depth,
        output=output_s16(operator, rescale, weights.activation, 0, "int64"),
    )
    return operator.op(attributes, 3)
