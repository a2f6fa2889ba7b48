"""AVERAGE_POOL_2D and MAX_POOL_2D."""

from dataclasses import dataclass

from moteflow.graph.fixed_point import activation_range
from moteflow.graph.ir import DTYPE_BYTES, Attributes, Op, Window
from moteflow.graph.operators.operator import Operator, lowers
from moteflow.graph.operators.reduction import check_same_scale
from moteflow.graph.operators.window import image_shape, window


@dataclass(frozen=True)
class Pool2d(Attributes):
    """Average or maximum over the part of the window that lies inside the input."""

    batches: int
    window: Window
    channels: int
    element_bytes: int
    activation_min: int
    activation_max: int


@lowers("AVERAGE_POOL_2D", types="int8, int16", single=("int8",))
@lowers("MAX_POOL_2D", types="int8, int16", single=("int8",))
def pool_2d(operator: Operator) -> Op:
    """Pool2DOptions: padding, stride_w, stride_h, filter_width, filter_height, activation."""
    source = operator.quantized_input(0, "int8", "int16")
    output = operator.quantized_output(source.dtype)
    batches, _, _, channels = image_shape(operator, source)
    output_shape = image_shape(operator, output)
    if (output_shape[0], output_shape[3]) != (batches, channels):
        raise operator.malformed(
            f"must keep {batches} images with {channels} channels", str(output_shape)
        )
    check_same_scale(operator, source, output)
    options = operator.options
    low, high = activation_range(
        options.number(5, "b", 0), output.scales[0], output.zero_point, output.dtype
    )
    attributes = Pool2d(
        batches=batches,
        window=window(
            operator,
            (options.number(4, "i", 0), options.number(3, "i", 0)),
            (options.number(2, "i", 0), options.number(1, "i", 0)),
            (1, 1),
            options.number(0, "b", 0),
        ),
        channels=channels,
        element_bytes=DTYPE_BYTES[source.dtype],
        activation_min=low,
        activation_max=high,
    )
    return operator.op(attributes, 1)
