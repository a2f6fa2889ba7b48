"""MEAN."""

import math
from dataclasses import dataclass

from moteflow.graph.fixed_point import mean_rescale
from moteflow.graph.ir import Attributes, Op, Rescale
from moteflow.graph.operators.operator import Operator, lowers

MEAN_MAX_COUNT = 2**23
"""More elements could overflow the sum."""


@dataclass(frozen=True)
class Mean(Attributes):
    """Mean over the middle of [outer, reduced, inner]; `rescale` includes 1 / reduced."""

    outer: int
    reduced: int
    inner: int
    input_zero_point: int
    output_zero_point: int
    rescale: Rescale


@lowers("MEAN")
def mean(operator: Operator) -> Op:
    """Input 1 lists the axes, which must be neighbours."""
    source, output = operator.int8_input(0), operator.int8_output()
    rank = len(source.shape)
    listed = [int(axis) for axis in operator.constant(1, "int32").ravel()]
    if not listed or any(not -rank <= axis < rank for axis in listed):
        raise operator.malformed(f"needs axes of its {rank} dimensions", str(listed))
    axes = sorted({axis % rank for axis in listed})
    if axes != list(range(axes[0], axes[-1] + 1)):
        raise operator.unsupported(
            "axes must be neighbours", str(axes), "Transpose so that they are, or average twice."
        )
    outer = math.prod(source.shape[: axes[0]])
    inner = math.prod(source.shape[axes[-1] + 1 :])
    reduced = math.prod(source.shape[axes[0] : axes[-1] + 1])
    if reduced > MEAN_MAX_COUNT:
        raise operator.unsupported(
            f"may average {MEAN_MAX_COUNT} elements", str(reduced), "Use AVERAGE_POOL_2D first."
        )
    if output.n_elements != outer * inner:
        raise operator.malformed(f"must have {outer * inner} outputs", str(output.shape))
    attributes = Mean(
        outer=outer,
        reduced=reduced,
        inner=inner,
        input_zero_point=source.zero_point,
        output_zero_point=output.zero_point,
        rescale=mean_rescale(source.scales[0], output.scales[0], reduced),
    )
    return operator.op(attributes, 1)
