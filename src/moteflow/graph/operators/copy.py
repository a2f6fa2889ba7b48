"""Moves that change no value: one box of bytes from a tensor into another, dense one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from moteflow.graph.ir import DTYPE_BYTES, Attributes, Op, Tensor
from moteflow.graph.operators.operator import Operator
from moteflow.graph.operators.view import Reshape

MOVED = ("int8", "int16", "int32")
MAX_BYTES = 2**31 - 1
MAX_AXES = 5
"""Loops of the copy kernel around its contiguous runs."""


@dataclass(frozen=True)
class Copy(Attributes):
    """Runs of `run` bytes, gathered from the input and written one behind the other.

    Axes are from the outermost to the innermost; `strides` and `offset` count bytes of the input.
    No two neighbouring axes could be one.
    """

    offset: int
    counts: tuple[int, ...]
    strides: tuple[int, ...]
    run: int

    @property
    def n_bytes(self) -> int:
        return math.prod(self.counts) * self.run

    @property
    def is_contiguous(self) -> bool:
        """Whether the output's bytes lie in one piece of the input."""
        return not self.counts

    @property
    def goes_forward(self) -> bool:
        """Whether it reads the input in ascending order and never slower than it writes."""
        written = self.run
        for count, stride in zip(self.counts[::-1], self.strides[::-1], strict=True):
            if stride < written:
                return False
            written *= count
        return True

    def apply(self, data: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """The moved elements of a constant, as a vector."""
        starts = np.full(1, self.offset)
        for count, stride in zip(self.counts, self.strides, strict=True):
            starts = (starts[:, None] + np.arange(count) * stride).ravel()
        content = np.ascontiguousarray(data).reshape(-1).view(np.uint8)
        moved = content[(starts[:, None] + np.arange(self.run)).ravel()]
        return moved.view(data.dtype)


def box(element_bytes: int, offset: int, sizes: Sequence[int], strides: Sequence[int]) -> Copy:
    """The copy of `sizes` elements per axis; `offset` and `strides` count elements."""
    run = element_bytes
    axes: list[tuple[int, int]] = []
    for size, stride in zip(sizes[::-1], strides[::-1], strict=True):
        step = stride * element_bytes
        if size == 1:
            continue
        if not axes and step == run:
            run *= size
        elif axes and step == axes[-1][0] * axes[-1][1]:
            axes[-1] = (axes[-1][0] * size, axes[-1][1])
        else:
            axes.append((size, step))
    counts, steps = zip(*axes[::-1], strict=True) if axes else ((), ())
    return Copy(offset * element_bytes, tuple(counts), tuple(steps), run)


def element_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """Elements from one index to the next, per axis of a dense tensor."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def copy_op(
    operator: Operator,
    source: int,
    output: int,
    offset: int,
    sizes: Sequence[int],
    strides: Sequence[int],
) -> Op:
    """The operator that moves a box of tensor `source` to all of tensor `output`; a view where
    nothing moves. `offset` and `strides` count elements.
    """
    tensor, moved = moved_tensor(operator, source), moved_tensor(operator, output)
    if moved.dtype != tensor.dtype or moved.n_elements != math.prod(sizes):
        raise operator.malformed(
            f"must have an output of {math.prod(sizes)} elements of {tensor.dtype}",
            f"{moved.dtype} {moved.shape}",
        )
    copy = box(DTYPE_BYTES[tensor.dtype], offset, sizes, strides)
    if len(copy.counts) > MAX_AXES:
        raise operator.unsupported(
            f"at most {MAX_AXES} axes may move",
            str(len(copy.counts)),
            "Move them in two steps.",
        )
    same = copy.is_contiguous and copy.n_bytes == tensor.n_bytes
    attributes = Reshape() if same else copy
    return Op(operator.kind, operator.index, (source,), (output,), attributes)


def moved_tensor(operator: Operator, number: int) -> Tensor:
    """A tensor whose elements may be moved."""
    tensor = operator.tensors[number]
    if tensor.dtype not in MOVED:
        raise operator.unsupported(
            f"tensors must be {', '.join(MOVED)}",
            f"{tensor.dtype} ({tensor.name!r})",
            "Convert the model with full-integer int8 quantization.",
        )
    if tensor.n_bytes > MAX_BYTES:
        raise operator.unsupported(
            f"tensors may have {MAX_BYTES} bytes", f"{tensor.n_bytes}", "Shrink the model."
        )
    return tensor


def moved_input(operator: Operator, position: int) -> Tensor:
    """An input whose elements may be moved."""
    operator.input(position)
    return moved_tensor(operator, operator.inputs[position])


def moved_output(operator: Operator) -> Tensor:
    """The only output, whose elements are moved."""
    operator.output()
    return moved_tensor(operator, operator.outputs[0])


def positive_axis(operator: Operator, axis: int, rank: int) -> int:
    """An axis counted from the front; negative ones count from behind."""
    if not -rank <= axis < rank:
        raise operator.malformed(f"needs an axis in [{-rank}, {rank})", str(axis))
    return axis % rank
