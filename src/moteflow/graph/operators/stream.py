"""Operators on images that run row by row, so that what lies between them is never whole."""

from dataclasses import dataclass, replace
from itertools import accumulate

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
    def skips_rows(self) -> bool:
        """Whether no row of the output needs some row of the input."""
        return self.stride > self.window_rows

    @property
    def window_bytes(self) -> int:
        return self.window_rows * self.row_bytes

    def rows_read(self, n_rows: int) -> int:
        """How many rows of the input its first `n_rows` > 0 rows of output need."""
        return min((n_rows - 1) * self.stride - self.pad_top + self.window_rows, self.height)


@dataclass(frozen=True)
class Stream(Attributes):
    """Each stage reads what the one before computes, a window of rows at a time."""

    stages: tuple[Stage, ...]

    @property
    def window_offsets(self) -> tuple[int, ...]:
        """Where each stage's window begins in the scratch memory.

        The first stage needs one only where its windows reach beyond the input.
        """
        sizes = (stage.window_bytes for stage in self.stages[1:])
        return (0, *accumulate(sizes, initial=self._edge_bytes))[:-1]

    @property
    def scratch_bytes(self) -> int:
        """All windows."""
        return self._edge_bytes + sum(stage.window_bytes for stage in self.stages[1:])

    @property
    def clearance(self) -> int:
        """See `graph.memory_plan.Overlap`; a row of output is written when its window was read."""
        first, last = self.stages[0], self.stages[-1]
        worst = -first.height * first.row_bytes
        for written in range(1, last.output_height):
            known = written
            for stage in reversed(self.stages[1:]):
                known = stage.rows_read(known)
            if known < first.output_height:
                top = max(known * first.stride - first.pad_top, 0)
                worst = max(worst, written * last.output_row_bytes - top * first.row_bytes)
        return worst

    @property
    def _edge_bytes(self) -> int:
        return self.stages[0].window_bytes if self.stages[0].is_padded else 0


def stream(graph: Graph, first: Op, second: Op) -> Op | None:
    """The two as one operator, if they can run row by row and nobody else reads what is between."""
    between = first.outputs[0]
    readers = [i for op in graph.ops for i in op.inputs].count(between)
    if second.inputs[0] != between or readers != 1 or between in graph.outputs:
        return None
    before, after = _stages(graph, first), _stages(graph, second)
    if not before or not after:
        return None
    stages = (*before, *after)
    if any(stage.skips_rows for stage in stages[2:]):
        return None  # the stage before keeps its window, so it has to compute each row
    kind = "_".join(stage.op.kind for stage in stages)
    return Op(kind, first.index, first.inputs[:1], second.outputs, Stream(stages))


def _stages(graph: Graph, op: Op) -> tuple[Stage, ...]:
    if isinstance(op.attributes, Stream):
        return op.attributes.stages
    alone = stage(graph, op)
    return (alone,) if alone else ()


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
