"""ARG_MAX and ARG_MIN."""

import math
from dataclasses import dataclass

from moteflow.graph.ir import Attributes, Op
from moteflow.graph.operators.operator import Operator, lowers


@dataclass(frozen=True)
class ArgMax(Attributes):
    """Index of the first extreme along the middle axis of [outer, depth, inner]."""

    outer: int
    depth: int
    inner: int
    is_minimum: bool


@lowers("ARG_MAX", types="int8 to int32", limits="the axis a constant")
@lowers("ARG_MIN", types="int8 to int32", limits="the axis a constant")
def arg_max(operator: Operator) -> Op:
    """Input 1 is the axis."""
    source, output = operator.int8_input(0), operator.output()
    if output.dtype != "int32":
        raise operator.unsupported(
            "the output must be int32", output.dtype, "Convert with output_type=tf.int32."
        )
    axes, rank = operator.constant(1, "int32").ravel(), len(source.shape)
    if axes.size != 1 or not -rank <= axes[0] < rank:
        raise operator.malformed(f"needs one of {rank} axes", str(axes[:4]))
    axis = int(axes[0]) % rank
    attributes = ArgMax(
        outer=math.prod(source.shape[:axis]),
        depth=source.shape[axis],
        inner=math.prod(source.shape[axis + 1 :]),
        is_minimum=operator.kind == "ARG_MIN",
    )
    if output.n_elements != attributes.outer * attributes.inner:
        raise operator.malformed(
            f"must have {attributes.outer * attributes.inner} outputs", str(output.shape)
        )
    return operator.op(attributes, 1)
