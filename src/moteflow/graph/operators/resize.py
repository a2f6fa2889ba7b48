"""RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR."""

from dataclasses import dataclass

import numpy as np

from moteflow.graph.ir import Attributes, Op, Tensor
from moteflow.graph.operators.copy import moved_input, moved_output
from moteflow.graph.operators.gather import check_indices, gather_op
from moteflow.graph.operators.operator import Operator, lowers
from moteflow.graph.operators.window import image_shape

FRACTION_BITS = 10
ONE = 1 << FRACTION_BITS


@dataclass(frozen=True)
class ResizeAxis:
    """Output index i reads the input at (i * step + start) / 1024, between two elements."""

    input_size: int
    output_size: int
    step: int
    start: int


@dataclass(frozen=True)
class ResizeBilinear(Attributes):
    """Weighted mean of the four nearest pixels; integer arithmetic with 10 fractional bits."""

    batches: int
    channels: int
    rows: ResizeAxis
    columns: ResizeAxis


@lowers("RESIZE_NEAREST_NEIGHBOR", "int8, int16", "constant size", single=("int8",))
def resize_nearest_neighbor(operator: Operator) -> Op:
    """ResizeNearestNeighborOptions: align_corners, half_pixel_centers.

    Indices in float32, in the order of operations of TFLM's kernel.
    """
    source, output = _images(operator)
    check_indices(operator)
    align_corners = bool(operator.options.number(0, "b", 0))
    half_pixel_centers = bool(operator.options.number(1, "b", 0))
    indices = [list(range(size)) for size in source.shape]
    for axis in (1, 2):
        size, resized = source.shape[axis], output.shape[axis]
        corners = align_corners and resized > 1
        scale = np.float32(size - corners) / np.float32(resized - corners)
        centers = np.arange(resized, dtype=np.float32) + np.float32(0.5 * half_pixel_centers)
        places = (centers * scale).astype(np.float64)
        whole = np.floor(places + 0.5 * align_corners)
        indices[axis] = np.clip(whole.astype(int), 0, size - 1).tolist()
    return gather_op(operator, source, indices)


@lowers("RESIZE_BILINEAR", "int8", "constant size")
def resize_bilinear(operator: Operator) -> Op:
    """ResizeBilinearOptions: two unused sizes, align_corners, half_pixel_centers."""
    source, output = _images(operator)
    operator.int8_input(0)
    align_corners = bool(operator.options.number(2, "b", 0))
    half_pixel_centers = bool(operator.options.number(3, "b", 0))
    if align_corners and half_pixel_centers:
        raise operator.malformed("has aligned corners or half pixel centers", "both")
    rows, columns = (
        _axis(operator, source.shape[i], output.shape[i], align_corners, half_pixel_centers)
        for i in (1, 2)
    )
    return operator.op(ResizeBilinear(source.shape[0], source.shape[3], rows, columns), 1)


def _images(operator: Operator) -> tuple[Tensor, Tensor]:
    """Input 0 and the output, whose size is in input 1."""
    source, output = moved_input(operator, 0), moved_output(operator)
    batches, _, _, channels = image_shape(operator, source)
    height, width = image_shape(operator, output)[1:3]
    size = operator.constant(1, "int32").ravel().tolist()
    if size != [height, width] or (output.shape[0], output.shape[3]) != (batches, channels):
        raise operator.malformed(f"must resize {source.shape} to {size}", str(output.shape))
    if output.dtype != source.dtype:
        raise operator.malformed(f"keeps the type {source.dtype}", output.dtype)
    return source, output


def _axis(
    operator: Operator, size: int, resized: int, align_corners: bool, half_pixel_centers: bool
) -> ResizeAxis:
    corners = int(align_corners and resized > 1)
    step = (ONE * (size - corners) + (resized - corners) // 2) // (resized - corners)
    start = step // 2 - ONE // 2 if half_pixel_centers else 0
    last = (resized - 1) * step + start
    if last // ONE >= size or last >= 2**31:
        raise operator.unsupported(
            f"{resized} steps of {step}/{ONE} must stay inside {size} elements",
            f"element {last // ONE}",
            "TFLM's arithmetic leaves the image; choose another size.",
        )
    return ResizeAxis(size, resized, step, start)
