"""AVERAGE_POOL_2D, MAX_POOL_2D, MEAN and PAD."""

import math

from moteflow.graph.fixed_point import activation_range, mean_rescale
from moteflow.graph.ir import Mean, Op, Pad, Pool2d
from moteflow.graph.lowering.registry import Operator, lowers
from moteflow.graph.lowering.window import image_shape, window

MEAN_MAX_COUNT = 2**23
"""More elements could overflow the sum."""


@lowers("AVERAGE_POOL_2D")
@lowers("MAX_POOL_2D")
def pool_2d(operator: Operator) -> Op:
    """Pool2DOptions: padding, stride_w, stride_h, filter_width, filter_height, activation."""
    source, output = operator.int8_input(0), operator.int8_output()
    batches, _, _, channels = image_shape(operator, source)
    output_shape = image_shape(operator, output)
    if (output_shape[0], output_shape[3]) != (batches, channels):
        raise operator.malformed(
            f"must keep {batches} images with {channels} channels", str(output_shape)
        )
    options = operator.options
    low, high = activation_range(options.number(5, "b", 0), output.scales[0], output.zero_point)
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
        activation_min=low,
        activation_max=high,
    )
    return operator.op(attributes, 1)


@lowers("MEAN")
def mean(operator: Operator) -> Op:
    """Input 1 lists the axes, which must be neighbours."""
    source, output = operator.int8_input(0), operator.int8_output()
    rank = len(source.shape)
    listed = [int(axis) for axis in operator.constant(1, "int32").ravel()]
    if not listed or any(not -rank <= axis < rank for axis in listed):
        raise operator.malformed(f"needs axes of its {rank} dimensions", str(listed))
    axes = sorted({axis % rank for axis in listed})
    if axes != list(range(axes[0], axes[-1] + 1)):
        raise operator.unsupported(
            "axes must be neighbours", str(axes), "Transpose so that they are, or average twice."
        )
    outer = math.prod(source.shape[: axes[0]])
    inner = math.prod(source.shape[axes[-1] + 1 :])
    reduced = math.prod(source.shape[axes[0] : axes[-1] + 1])
    if reduced > MEAN_MAX_COUNT:
        raise operator.unsupported(
            f"may average {MEAN_MAX_COUNT} elements", str(reduced), "Use AVERAGE_POOL_2D first."
        )
    if output.n_elements != outer * inner:
        raise operator.malformed(f"must have {outer * inner} outputs", str(output.shape))
    attributes = Mean(
        outer=outer,
        reduced=reduced,
        inner=inner,
        input_zero_point=source.zero_point,
        output_zero_point=output.zero_point,
        rescale=mean_rescale(source.scales[0], output.scales[0], reduced),
    )
    return operator.op(attributes, 1)


@lowers("PAD")
def pad(operator: Operator) -> Op:
    """Input 1 lists (before, after) for each axis."""
    source, output = operator.int8_input(0), operator.int8_output()
    amounts = [int(amount) for amount in operator.constant(1, "int32").ravel()]
    rank = len(source.shape)
    if not 1 <= rank <= 4:
        raise operator.unsupported(
            "tensors must have 1 to 4 dimensions", f"shape {source.shape}", "Reshape to 4-D."
        )
    if len(amounts) != 2 * rank or min(amounts) < 0:
        raise operator.malformed(f"needs {2 * rank} amounts of at least 0", str(amounts))
    before, after = amounts[::2], amounts[1::2]
    expected = tuple(b + size + a for b, size, a in zip(before, source.shape, after, strict=True))
    if output.shape != expected:
        raise operator.malformed(f"must have the output shape {expected}", str(output.shape))
    attributes = Pad(
        input_shape=_as_4d(list(source.shape), 1),
        before=_as_4d(before, 0),
        after=_as_4d(after, 0),
        value=output.zero_point,
    )
    return operator.op(attributes, 1)


def _as_4d(values: list[int], fill: int) -> tuple[int, int, int, int]:
    a, b, c, d = [fill] * (4 - len(values)) + values
    return a, b, c, d
