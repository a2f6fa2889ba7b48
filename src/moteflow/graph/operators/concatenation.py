"""CONCATENATION and PACK: tensors one behind the other along an axis."""

import math
from dataclasses import dataclass

from moteflow.graph.ir import DTYPE_BYTES, Attributes, Op, Rounding
from moteflow.graph.operators.copy import moved_output, moved_tensor, positive_axis
from moteflow.graph.operators.operator import Operator, lowers
from moteflow.graph.operators.reduction import check_same_scale
from moteflow.graph.operators.view import Reshape

MAX_INPUTS = 10
"""As in TFLM."""


@dataclass(frozen=True)
class Concatenation(Attributes):
    """Rows of the output: behind each other, `runs[i]` bytes of input i.

    `copied` are the inputs that do not lie in the output already.
    """

    n_rows: int
    runs: tuple[int, ...]
    copied: tuple[int, ...]

    @property
    def row_bytes(self) -> int:
        return sum(self.runs)

    def offset(self, position: int) -> int:
        """Bytes before input `position` in a row."""
        return sum(self.runs[:position])


@lowers(
    "CONCATENATION",
    "int8, int16, int32",
    f"at most {MAX_INPUTS} inputs of one type",
    single=("int8",),
)
def concatenation(operator: Operator) -> Op:
    """ConcatenationOptions: axis, activation. Like TFLM's kernel it does not look at scales."""
    if operator.options.number(1, "b", 0):
        raise operator.unsupported(
            "an activation must not be fused", "one", "Put it before or behind."
        )
    output = operator.output()
    axis = positive_axis(operator, operator.options.number(0, "i", 0), len(output.shape))
    shapes = [operator.input(i).shape for i in range(len(operator.inputs))]
    joined = sum(shape[axis] for shape in shapes if len(shape) > axis)
    around = [(shape[:axis], shape[axis + 1 :]) for shape in (*shapes, output.shape)]
    if len(set(around)) != 1 or joined != output.shape[axis]:
        raise operator.malformed(
            f"must join its inputs along axis {axis} to {output.shape}", str(shapes)
        )
    return _joined(operator, axis)


@lowers("PACK", "int8, int16, int32", f"at most {MAX_INPUTS} inputs of one type", single=("int8",))
def pack(operator: Operator) -> Op:
    """PackOptions: number of inputs, axis: the new one of the output."""
    output = operator.output()
    axis = positive_axis(operator, operator.options.number(1, "i", 0), len(output.shape))
    shapes = [operator.input(i).shape for i in range(len(operator.inputs))]
    expected = (*output.shape[:axis], *output.shape[axis + 1 :])
    if set(shapes) != {expected} or len(shapes) != output.shape[axis]:
        raise operator.malformed(
            f"must stack {output.shape[axis]} inputs {expected} to {output.shape}", str(shapes)
        )
    return _joined(operator, axis)


def _joined(operator: Operator, axis: int) -> Op:
    output = moved_output(operator)
    tensors = [moved_tensor(operator, i) for i in operator.inputs]
    if any(tensor.dtype != output.dtype for tensor in tensors):
        raise operator.malformed(
            f"needs inputs of the output's type {output.dtype}", str([t.dtype for t in tensors])
        )
    if operator.rounding is Rounding.SINGLE:
        for tensor in tensors:
            check_same_scale(operator, tensor, output)
    if len(tensors) > MAX_INPUTS:
        raise operator.unsupported(
            f"at most {MAX_INPUTS} tensors may be joined", str(len(tensors)), "Join in steps."
        )
    if len(tensors) == 1:
        return operator.op(Reshape(), 1)
    n_rows = math.prod(output.shape[:axis])
    runs = tuple(t.n_elements // n_rows * DTYPE_BYTES[t.dtype] for t in tensors)
    return operator.op(Concatenation(n_rows, runs, tuple(range(len(tensors)))), len(tensors))
