"""Shapes of windows that slide over images: TFLite's SAME and VALID padding."""

from dataclasses import dataclass

from moteflow.graph.ir import Rounding, Tensor, Window
from moteflow.graph.operators.operator import Operator

SAME, VALID = 0, 1
MAX_STEP = 2048
"""Keeps every index and every sum of a kernel's taps inside 32 bits."""


@dataclass(frozen=True)
class Axis:
    """One spatial axis of a window."""

    size: int
    filter: int
    stride: int
    dilation: int

    @property
    def extent(self) -> int:
        """Elements from the first tap to the last."""
        return (self.filter - 1) * self.dilation + 1

    def output(self, padding: int) -> int:
        """Number of window positions."""
        covered = self.size if padding == SAME else self.size - self.extent + 1
        return max(-(-covered // self.stride), 0)

    @property
    def leaves_rest(self) -> bool:
        """Whether with SAME padding no window reaches the last elements."""
        return (self.output(SAME) - 1) * self.stride + self.extent < self.size

    def before(self, padding: int) -> int:
        """Elements of padding before the first; an odd rest goes after the last."""
        if padding == VALID:
            return 0
        needed = (self.output(padding) - 1) * self.stride + self.extent - self.size
        return max(needed, 0) // 2


def image_shape(operator: Operator, tensor: Tensor) -> tuple[int, int, int, int]:
    """The shape of an NHWC tensor."""
    if len(tensor.shape) != 4:
        raise operator.unsupported(
            "tensors must have 4 dimensions (NHWC)", f"shape {tensor.shape}", "Reshape to 4-D."
        )
    batches, height, width, channels = tensor.shape
    return batches, height, width, channels


def window(
    operator: Operator,
    filter_size: tuple[int, int],
    strides: tuple[int, int],
    dilations: tuple[int, int],
    padding: int,
) -> Window:
    """The window between input 0 and the output; sizes are (height, width)."""
    steps = (*filter_size, *strides, *dilations)
    if min(steps) < 1 or max(steps) > MAX_STEP or padding not in (SAME, VALID):
        raise operator.malformed(
            f"needs filter, stride and dilation in 1..{MAX_STEP} and SAME or VALID padding",
            f"{steps}, padding {padding}",
        )
    _, input_height, input_width, _ = image_shape(operator, operator.input(0))
    _, output_height, output_width, _ = image_shape(operator, operator.output())
    rows = Axis(input_height, filter_size[0], strides[0], dilations[0])
    columns = Axis(input_width, filter_size[1], strides[1], dilations[1])
    expected = (rows.output(padding), columns.output(padding))
    if expected != (output_height, output_width):
        raise operator.malformed(
            f"must have an output of {expected} rows and columns",
            str((output_height, output_width)),
        )
    if operator.rounding is Rounding.SINGLE and padding == SAME and max(filter_size) > 1:
        _check_padding(operator, rows, columns)
    return Window(
        input_height=input_height,
        input_width=input_width,
        output_height=output_height,
        output_width=output_width,
        filter_height=filter_size[0],
        filter_width=filter_size[1],
        stride_height=strides[0],
        stride_width=strides[1],
        dilation_height=dilations[0],
        dilation_width=dilations[1],
        pad_top=rows.before(padding),
        pad_left=columns.before(padding),
    )


def _check_padding(operator: Operator, rows: Axis, columns: Axis) -> None:
    """XNNPACK takes the padding of an axis that needs less than none for a very large one."""
    if rows.leaves_rest or columns.leaves_rest:
        raise operator.unsupported(
            "with single rounding and SAME padding windows must reach the end of the image, as "
            "TensorFlow Lite's result is wrong",
            f"filter {(rows.filter, columns.filter)}, strides {(rows.stride, columns.stride)}",
            "Use VALID padding or double rounding.",
        )
