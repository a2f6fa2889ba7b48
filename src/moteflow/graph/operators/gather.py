"""Elements picked by one list of indices per axis: MIRROR_PAD, RESIZE_NEAREST_NEIGHBOR."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from moteflow.graph.ir import DTYPE_BYTES, Attributes, Op, Tensor
from moteflow.graph.operators.copy import element_strides
from moteflow.graph.operators.operator import Operator
from moteflow.graph.operators.view import Reshape

MAX_AXES = 4
MAX_INDICES = 16384


@dataclass(frozen=True)
class Gather(Attributes):
    """Runs of `run` bytes whose place in the input is a sum of offsets, one from each axis."""

    offsets: tuple[tuple[int, ...], ...]
    run: int


def check_indices(operator: Operator) -> None:
    """Refuse images whose lists of indices would be long."""
    for shape in (operator.input(0).shape, operator.output().shape):
        if sum(shape) > MAX_INDICES:
            raise operator.unsupported(
                f"the sizes of an image's axes may add to {MAX_INDICES}",
                str(shape),
                "Split the image.",
            )


def gather_op(operator: Operator, source: Tensor, indices: Sequence[Sequence[int]]) -> Op:
    """The operator that picks `indices[axis]` on each axis of input 0; a view if it picks all."""
    chosen = [tuple(picked) for picked in indices]
    if all(picked == tuple(range(n)) for picked, n in zip(chosen, source.shape, strict=True)):
        return operator.op(Reshape(), 1)
    size = DTYPE_BYTES[source.dtype]
    whole = len(chosen)
    while chosen[whole - 1] == tuple(range(source.shape[whole - 1])):
        whole -= 1
    strides = element_strides(source.shape)
    offsets = tuple(
        tuple(i * stride * size for i in picked)
        for picked, stride in zip(chosen[:whole], strides[:whole], strict=True)
    )
    return operator.op(Gather(offsets, math.prod(source.shape[whole:]) * size), 1)
