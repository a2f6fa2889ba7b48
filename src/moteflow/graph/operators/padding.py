"""PAD, PADV2 and MIRROR_PAD."""

from dataclasses import dataclass

import numpy as np

from moteflow.graph.ir import DTYPE_BYTES, Attributes, Op, Tensor
from moteflow.graph.operators.copy import element_strides, moved_input, moved_output
from moteflow.graph.operators.gather import check_indices, gather_op
from moteflow.graph.operators.operator import Operator, lowers
from moteflow.graph.operators.view import Reshape

REFLECT, SYMMETRIC = 0, 1


@dataclass(frozen=True)
class Pad(Attributes):
    """Constant border around an NHWC tensor; `before` and `after` count elements per axis."""

    input_shape: tuple[int, int, int, int]
    before: tuple[int, int, int, int]
    after: tuple[int, int, int, int]
    value: int
    element_bytes: int = 1

    @property
    def clearance(self) -> int:
        """Bytes by which the written border is ahead of the input at its last element."""
        shape = [sum(axis) for axis in zip(self.before, self.input_shape, self.after, strict=True)]
        last = zip(self.before, self.input_shape, element_strides(shape), strict=True)
        end = sum((before + size - 1) * stride for before, size, stride in last) + 1
        return (end - int(np.prod(self.input_shape))) * self.element_bytes


@lowers("PAD", "int8, int16, int32", "constant amounts; at most 4 dimensions", single=("int8",))
def pad(operator: Operator) -> Op:
    """Input 1 lists (before, after) for each axis; the border is the output's zero point."""
    return _pad(operator, _zero(operator))


@lowers("PADV2", "int8, int16, int32", "constant amounts and value; at most 4 dimensions")
def pad_v2(operator: Operator) -> Op:
    """As PAD; input 2 is the border's value."""
    if not operator.has_input(2):
        return _pad(operator, _zero(operator))
    value = operator.constant(2, operator.output().dtype)
    if value.size != 1:
        raise operator.malformed("needs one value", str(value.size))
    return _pad(operator, int(value.ravel()[0]))


@lowers(
    "MIRROR_PAD", "int8, int16, int32", "constant amounts; at most 4 dimensions", single=("int8",)
)
def mirror_pad(operator: Operator) -> Op:
    """Input 1 lists (before, after) for each axis; MirrorPadOptions: whether to repeat the edge."""
    source, before, after = _amounts(operator)
    edge = 0 if operator.options.number(0, "b", 0) == SYMMETRIC else 1
    check_indices(operator)
    indices = []
    for first, size, last in zip(before, source.shape, after, strict=True):
        if max(first, last) > size - edge:
            raise operator.malformed(f"can mirror {size - edge} elements", str((first, last)))
        left = [first - 1 + edge - i for i in range(first)]
        right = [size - 1 - edge - i for i in range(last)]
        indices.append([*left, *range(size), *right])
    return gather_op(operator, source, indices)


def _zero(operator: Operator) -> int:
    output = operator.output()
    return output.zero_point if output.dtype == "int8" else 0


def _pad(operator: Operator, value: int) -> Op:
    source, before, after = _amounts(operator)
    attributes = Pad(
        input_shape=_as_4d(list(source.shape), 1),
        before=_as_4d(before, 0),
        after=_as_4d(after, 0),
        value=value,
        element_bytes=DTYPE_BYTES[source.dtype],
    )
    return operator.op(attributes if any((*before, *after)) else Reshape(), 1)


def _amounts(operator: Operator) -> tuple[Tensor, list[int], list[int]]:
    """The input, and how many elements to add before and after it on each axis."""
    source, output = moved_input(operator, 0), moved_output(operator)
    amounts = [int(amount) for amount in operator.constant(1, "int32", "int64").ravel()]
    rank = len(source.shape)
    if not 1 <= rank <= 4:
        raise operator.unsupported(
            "tensors must have 1 to 4 dimensions", f"shape {source.shape}", "Reshape to 4-D."
        )
    if len(amounts) != 2 * rank or min(amounts) < 0:
        raise operator.malformed(f"needs {2 * rank} amounts of at least 0", str(amounts))
    before, after = amounts[::2], amounts[1::2]
    expected = tuple(b + size + a for b, size, a in zip(before, source.shape, after, strict=True))
    if (output.shape, output.dtype) != (expected, source.dtype):
        raise operator.malformed(
            f"must have an output {expected} of {source.dtype}", f"{output.shape} of {output.dtype}"
        )
    return source, before, after


def _as_4d(values: list[int], fill: int) -> tuple[int, int, int, int]:
    a, b, c, d = [fill] * (4 - len(values)) + values
    return a, b, c, d
