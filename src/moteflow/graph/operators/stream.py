"""Two operators on images that run row by row, so that what lies between is never whole."""

from dataclasses import dataclass, replace

from moteflow.graph.ir import Attributes, Graph, Op
from moteflow.graph.operators.convolution import Conv2d, DepthwiseConv2d
from moteflow.graph.operators.pooling import Pool2d

WORD = 4
"""Kernels are given addresses that are multiples of this."""


@dataclass(frozen=True)
class Stage:
    """`op` computes one row of its output from `window_rows` rows of its input.

    Row y needs the rows from y * stride - pad_top on, of which those outside the input's `height`
    are filled with `fill`.
    """

    op: Op
    height: int
    output_height: int
    row_bytes: int
    output_row_bytes: int
    window_rows: int
    stride: int
    pad_top: int
    fill: int

    @property
    def is_padded(self) -> bool:
        """Whether some row of the output needs rows outside the input."""
        bottom = (self.output_height - 1) * self.stride - self.pad_top + self.window_rows
        return self.pad_top > 0 or bottom > self.height

    @property
    def window_bytes(self) -> int:
        return self.window_rows * self.row_bytes

    def rows_read(self, n_rows: int) -> int:
        """How many rows of the input its first `n_rows` > 0 rows of output need."""
        return min((n_rows - 1) * self.stride - self.pad_top + self.window_rows, self.height)


@dataclass(frozen=True)
class Stream(Attributes):
    """`second` reads what `first` computes, a window of rows at a time."""

    first: Stage
    second: Stage

    @property
    def scratch_bytes(self) -> int:
        """The window between the two, and one for the edges of the input."""
        edges = self.first.window_bytes if self.first.is_padded else 0
        return self.second.window_bytes + edges

    @property
    def clearance(self) -> int:
        """See `graph.memory_plan.Overlap`; a row of output is written when its window was read."""
        worst = -self.first.height * self.first.row_bytes
        for written in range(1, self.second.output_height):
            between = self.second.rows_read(written)
            if between < self.first.output_height:
                top = max(between * self.first.stride - self.first.pad_top, 0)
                end = written * self.second.output_row_bytes
                worst = max(worst, end - top * self.first.row_bytes)
        return worst


def stream(graph: Graph, first: Op, second: Op) -> Op | None:
    """The two as one operator, if they can run row by row and nobody else reads what is between."""
    between = first.outputs[0]
    readers = [i for op in graph.ops for i in op.inputs].count(between)
    if second.inputs[0] != between or readers != 1 or between in graph.outputs:
        return None
    stages = stage(graph, first), stage(graph, second)
    if stages[0] is None or stages[1] is None:
        return None
    kind = f"{first.kind}_{second.kind}"
    return Op(kind, first.index, first.inputs[:1], second.outputs, Stream(stages[0], stages[1]))


def stage(graph: Graph, op: Op) -> Stage | None:
    """The operator for one row, if it has windows of rows that begin at words."""
    attributes = op.attributes
    if not isinstance(attributes, Conv2d | DepthwiseConv2d | Pool2d) or attributes.batches != 1:
        return None
    window = attributes.window
    rows = (window.filter_height - 1) * window.dilation_height + 1
    row = replace(window, input_height=rows, output_height=1, pad_top=0)
    result = Stage(
        op=replace(op, attributes=replace(attributes, window=row)),
        height=window.input_height,
        output_height=window.output_height,
        row_bytes=_row_bytes(graph, op.inputs[0], window.input_height),
        output_row_bytes=_row_bytes(graph, op.outputs[0], window.output_height),
        window_rows=rows,
        stride=window.stride_height,
        pad_top=window.pad_top,
        fill=0 if isinstance(attributes, Pool2d) else attributes.input_zero_point,
    )
    is_word = result.row_bytes % WORD == result.output_row_bytes % WORD == 0
    is_filled = isinstance(attributes, Pool2d) and result.is_padded
    is_int8 = {graph.tensors[i].dtype for i in (op.inputs[0], op.outputs[0])} == {"int8"}
    return result if is_word and is_int8 and not is_filled else None


def _row_bytes(graph: Graph, tensor: int, height: int) -> int:
    return graph.tensors[tensor].n_bytes // height
