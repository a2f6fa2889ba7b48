"""MEAN, SUM and REDUCE_MAX."""

import math
from dataclasses import dataclass
from itertools import groupby

from moteflow.graph.fixed_point import mean_rescale, sum_rescale, wrap_int32
from moteflow.graph.ir import DTYPE_BYTES, Attributes, Op, Rescale, Tensor
from moteflow.graph.operators.operator import Operator, lowers

MAX_COUNT = 2**23
"""The sum of more int8 elements could overflow."""
MAX_GROUPS = 3
SCALE_TOLERANCE = 1e-6
"""Scales that TFLM takes for the same where a kernel does not rescale."""


@dataclass(frozen=True)
class Nest:
    """Kept and reduced axes, outermost first; neighbours of a kind are one axis.

    Each has MAX_GROUPS axes; those in front that there are not have the size 1. Steps are elements
    of the input. The last kept axis has the step 1 if it is the innermost of all.
    """

    kept: tuple[int, ...]
    kept_steps: tuple[int, ...]
    reduced: tuple[int, ...]
    reduced_steps: tuple[int, ...]

    @property
    def count(self) -> int:
        """Elements that become one."""
        return math.prod(self.reduced)


@dataclass(frozen=True)
class Reduce(Attributes):
    """MEAN, whose `rescale` includes 1 / count, SUM or REDUCE_MAX, which does not rescale.

    `offset` is what the input's zero point adds to a sum.
    """

    nest: Nest
    element_bytes: int
    offset: int
    output_zero_point: int
    rescale: Rescale


@lowers("MEAN", types="int8, int16", limits="constant axes", single=("int8",))
@lowers("SUM", types="int8, int16", limits="constant axes", single=("int8",))
def reduce_sum(operator: Operator) -> Op:
    """Input 1 lists the axes."""
    source, output, nest = _operands(operator, "int8", "int16")
    if operator.kind == "MEAN":
        scales = source.scales[0], output.scales[0]
        factor = mean_rescale(*scales, nest.count, operator.rounding)
    else:
        factor = sum_rescale(source.scales[0], output.scales[0], operator.rounding)
    attributes = Reduce(
        nest=nest,
        element_bytes=DTYPE_BYTES[source.dtype],
        offset=wrap_int32(-source.zero_point * nest.count),
        output_zero_point=output.zero_point,
        rescale=factor,
    )
    return operator.op(attributes, 1)


@lowers("REDUCE_MAX", limits="constant axes", single=("int8",))
def reduce_max(operator: Operator) -> Op:
    """Input 1 lists the axes."""
    source, output, nest = _operands(operator, "int8")
    check_same_scale(operator, source, output)
    return operator.op(Reduce(nest, DTYPE_BYTES[source.dtype], 0, 0, Rescale((0,), (0,))), 1)


def check_same_scale(operator: Operator, source: Tensor, output: Tensor) -> None:
    """For operators that copy elements without rescaling them."""
    same_scale = len(source.scales) == len(output.scales) and all(
        abs(a - b) <= SCALE_TOLERANCE for a, b in zip(source.scales, output.scales, strict=True)
    )
    if not same_scale or source.zero_point != output.zero_point:
        raise operator.unsupported(
            "input and output must have the same scale and zero point",
            f"{source.scales}, {source.zero_point} and {output.scales}, {output.zero_point}",
            "Convert the model again with TensorFlow's converter.",
        )


def nest_of(shape: tuple[int, ...], axes: set[int]) -> Nest | None:
    """The loops over a shape that reduce these axes; None where they alternate too often."""
    steps = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
    used = [axis for axis in range(len(shape)) if shape[axis] != 1]
    found: dict[bool, list[tuple[int, int]]] = {False: [], True: []}
    for is_reduced, neighbours in groupby(used, key=lambda axis: axis in axes):
        group = list(neighbours)
        size = math.prod(shape[axis] for axis in group)
        found[is_reduced].append((size, steps[group[-1]]))
    if max(map(len, found.values())) > MAX_GROUPS:
        return None
    kept, reduced = ([(1, 0)] * (MAX_GROUPS - len(g)) + g for g in found.values())
    return Nest(
        kept=tuple(size for size, _ in kept),
        kept_steps=tuple(step for _, step in kept),
        reduced=tuple(size for size, _ in reduced),
        reduced_steps=tuple(step for _, step in reduced),
    )


def _operands(operator: Operator, *dtypes: str) -> tuple[Tensor, Tensor, Nest]:
    source = operator.quantized_input(0, *dtypes)
    output = operator.quantized_output(source.dtype)
    rank = len(source.shape)
    if not source.n_elements:
        raise operator.malformed("needs elements", f"shape {source.shape}")
    listed = [int(axis) for axis in operator.constant(1, "int32").ravel()]
    if not listed or any(not -rank <= axis < rank for axis in listed):
        raise operator.malformed(f"needs axes of its {rank} dimensions", str(listed))
    axes = {axis % rank for axis in listed}
    nest = nest_of(source.shape, axes)
    if nest is None:
        raise operator.unsupported(
            f"axes must form at most {MAX_GROUPS} groups of neighbours",
            f"axes {sorted(axes)} of shape {source.shape}",
            "Transpose so that the axes are neighbours, or reduce twice.",
        )
    if nest.count > MAX_COUNT:
        raise operator.unsupported(
            f"may reduce {MAX_COUNT} elements to one", str(nest.count), "Reduce twice."
        )
    if output.n_elements != math.prod(nest.kept):
        raise operator.malformed(f"must have {math.prod(nest.kept)} outputs", str(output.shape))
    return source, output, nest
