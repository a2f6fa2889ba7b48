"""SLICE, STRIDED_SLICE, SPLIT, SPLIT_V and UNPACK: boxes of one tensor."""

from collections.abc import Sequence

from moteflow.graph.ir import Op
from moteflow.graph.operators.copy import copy_op, element_strides, moved_input, positive_axis
from moteflow.graph.operators.operator import Operator, lowers

TYPES = "int8, int16, int32"


@lowers("SLICE", TYPES, "constant begin and size", single=("int8",))
def slice_box(operator: Operator) -> Op:
    """Inputs 1 and 2: where the box begins, and its size (-1: to the end) on each axis."""
    source = moved_input(operator, 0)
    begins = _vector(operator, 1, len(source.shape), "int32", "int64")
    sizes = _vector(operator, 2, len(source.shape), "int32", "int64")
    sizes = [
        total - begin if size == -1 else size
        for total, begin, size in zip(source.shape, begins, sizes, strict=True)
    ]
    ends = [begin + size for begin, size in zip(begins, sizes, strict=True)]
    if min((*begins, *sizes), default=0) < 0 or any(
        end > total for end, total in zip(ends, source.shape, strict=True)
    ):
        raise operator.malformed(f"needs a box inside {source.shape}", f"{begins} to {ends}")
    return _sliced(operator, begins, sizes, [1] * len(sizes))


@lowers(
    "STRIDED_SLICE",
    TYPES,
    "constant begin, end and strides; no ellipsis and no new axis",
    single=("int8",),
)
def strided_slice(operator: Operator) -> Op:
    """Inputs 1 to 3: begin, end, strides; options: masks for begin, end, ellipsis, new axis and
    shrunk axes. Semantics of TFLM: clamped ends, a shrunk axis has one element.
    """
    source = moved_input(operator, 0)
    rank = len(source.shape)
    begins, ends, strides = (_vector(operator, i, rank, "int32") for i in (1, 2, 3))
    options = operator.options
    begin_mask, end_mask, ellipsis, new_axis, shrink = (
        options.number(slot, "i", 0) for slot in range(5)
    )
    if ellipsis or new_axis or options.number(5, "b", 0):
        raise operator.unsupported(
            "masks for an ellipsis, new axes and relative ends must be 0",
            f"{ellipsis}, {new_axis}, {options.number(5, 'b', 0)}",
            "Name every axis in begin, end and strides.",
        )
    firsts, sizes = [], []
    for axis, total in enumerate(source.shape):
        stride, bit = strides[axis], 1 << axis
        if stride == 0 or (shrink & bit and stride < 0):
            raise operator.malformed(
                "needs strides other than 0, positive ones on shrunk axes", str(strides)
            )
        low, high = (0, total) if stride > 0 else (-1, total - 1)
        default = (low, high) if stride > 0 else (high, low)
        first = default[0] if begin_mask & bit else _clamped(begins[axis], total, low, high)
        last = default[1] if end_mask & bit else _clamped(ends[axis], total, low, high)
        size = 1 if shrink & bit else max(-((first - last) // stride), 0)
        if size == 0 or not 0 <= first < total:
            raise operator.malformed(
                f"must take elements of axis {axis} with {total}",
                f"{begins[axis]}:{ends[axis]}:{stride}",
            )
        firsts.append(first)
        sizes.append(size)
    kept = tuple(size for axis, size in enumerate(sizes) if not shrink & (1 << axis))
    if operator.output().shape != kept:
        raise operator.malformed(f"must have the output shape {kept}", str(operator.output().shape))
    return _sliced(operator, firsts, sizes, strides)


@lowers("SPLIT", TYPES, "constant axis", single=("int8",))
def split(operator: Operator) -> tuple[Op, ...]:
    """Input 0 is the axis, input 1 what is split into equal pieces."""
    axis = int(operator.constant(0, "int32").reshape(-1)[0])
    return _pieces(operator, 1, axis)


@lowers("SPLIT_V", TYPES, "constant axis", single=("int8",))
def split_v(operator: Operator) -> tuple[Op, ...]:
    """Input 0 is split along the axis in input 2; the outputs' shapes say into what."""
    axis = int(operator.constant(2, "int32").reshape(-1)[0])
    return _pieces(operator, 0, axis)


@lowers("UNPACK", TYPES, single=("int8",))
def unpack(operator: Operator) -> tuple[Op, ...]:
    """UnpackOptions: count, axis. Each output is one index of the axis, without it."""
    return _pieces(operator, 0, operator.options.number(1, "i", 0), keeps_axis=False)


def _pieces(
    operator: Operator, position: int, axis: int, keeps_axis: bool = True
) -> tuple[Op, ...]:
    """A copy for each output: pieces of an input, one behind the other along `axis`."""
    shape = moved_input(operator, position).shape
    number = operator.inputs[position]
    axis = positive_axis(operator, axis, len(shape))
    strides = element_strides(shape)
    ops, begin = [], 0
    for output in operator.outputs:
        given = operator.tensors[output].shape
        size = given[axis] if keeps_axis and len(given) == len(shape) else 1
        piece = (*shape[:axis], size, *shape[axis + 1 :])
        expected = piece if keeps_axis else (*shape[:axis], *shape[axis + 1 :])
        if given != expected or begin + size > shape[axis]:
            raise operator.malformed(
                f"must split axis {axis} of {shape} into its outputs",
                str([operator.tensors[i].shape for i in operator.outputs]),
            )
        ops.append(copy_op(operator, number, output, begin * strides[axis], piece, strides))
        begin += size
    if begin != shape[axis]:
        raise operator.malformed(f"must use all {shape[axis]} indices of axis {axis}", str(begin))
    return tuple(ops)


def _sliced(
    operator: Operator, begins: Sequence[int], sizes: Sequence[int], steps: Sequence[int]
) -> Op:
    operator.output()
    strides = element_strides(operator.input(0).shape)
    offset = sum(begin * stride for begin, stride in zip(begins, strides, strict=True))
    stepped = [step * stride for step, stride in zip(steps, strides, strict=True)]
    return copy_op(operator, operator.inputs[0], operator.outputs[0], offset, sizes, stepped)


def _vector(operator: Operator, position: int, size: int, *dtypes: str) -> list[int]:
    values = [int(value) for value in operator.constant(position, *dtypes).ravel()]
    if len(values) != size:
        raise operator.malformed(
            f"needs {size} values in input {position}, one for each axis", str(len(values))
        )
    return values


def _clamped(index: int, total: int, low: int, high: int) -> int:
    return min(max(index + total if index < 0 else index, low), high)
