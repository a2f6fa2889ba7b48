"""How two tensors of different shapes meet elementwise."""

from dataclasses import dataclass

from moteflow.graph.ir import Tensor
from moteflow.graph.operators.operator import Operator

MAX_AXES = 4


@dataclass(frozen=True)
class Broadcast:
    """Four axes and, for each, the elements from one value of an input to the next.

    Neighbouring axes are merged where they can be. A stride of 0 repeats the input; the last
    stride is 0 or 1. Two tensors of one shape are one row: shape (1, 1, 1, n), strides 1.
    """

    shape: tuple[int, ...]
    first_strides: tuple[int, ...]
    second_strides: tuple[int, ...]

    @property
    def is_elementwise(self) -> bool:
        """Whether both tensors have the output's shape."""
        return self.shape[:-1] == (1,) * (MAX_AXES - 1) and (
            self.first_strides[-1] == self.second_strides[-1] == 1
        )


def broadcast(operator: Operator, first: Tensor, second: Tensor, output: Tensor) -> Broadcast:
    """NumPy's rule: missing leading axes are 1, axes of 1 repeat."""
    shapes = [_extended(tensor.shape, len(output.shape)) for tensor in (first, second)]
    if _broadcast_shape(*shapes) != output.shape:
        raise operator.malformed(
            "needs inputs that broadcast to its output",
            f"{first.shape} and {second.shape} to {output.shape}",
        )
    axes: list[tuple[int, bool, bool]] = []
    for size, one, two in zip(output.shape, *shapes, strict=True):
        repeats = (one != size, two != size)
        if axes and axes[-1][1:] == repeats:
            axes[-1] = (axes[-1][0] * size, *repeats)
        elif size > 1:
            axes.append((size, *repeats))
    if len(axes) > MAX_AXES:
        raise operator.unsupported(
            f"inputs may alternate over {MAX_AXES} groups of axes",
            f"{first.shape} and {second.shape}",
            "Tile one of them.",
        )
    axes = [(1, False, False)] * (MAX_AXES - len(axes)) + axes
    return Broadcast(
        shape=tuple(size for size, _, _ in axes),
        first_strides=_strides([(size, repeats) for size, repeats, _ in axes]),
        second_strides=_strides([(size, repeats) for size, _, repeats in axes]),
    )


def _broadcast_shape(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...] | None:
    """None where they do not fit."""
    fits = len(first) == len(second) and all(
        one == two or 1 in (one, two) for one, two in zip(first, second, strict=False)
    )
    return tuple(map(max, first, second)) if fits else None


def _extended(shape: tuple[int, ...], rank: int) -> tuple[int, ...]:
    return (1,) * (rank - len(shape)) + shape


def _strides(axes: list[tuple[int, bool]]) -> tuple[int, ...]:
    strides, elements = [], 1
    for size, repeats in reversed(axes):
        strides.append(0 if repeats else elements)
        elements *= 1 if repeats else size
    return tuple(reversed(strides))
