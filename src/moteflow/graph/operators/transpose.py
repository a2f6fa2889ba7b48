"""TRANSPOSE."""

from moteflow.graph.ir import Op
from moteflow.graph.operators.copy import copy_op, element_strides, moved_input
from moteflow.graph.operators.operator import Operator, lowers


@lowers("TRANSPOSE", "int8, int16, int32", "constant permutation", single=("int8",))
def transpose(operator: Operator) -> Op:
    """Input 1: which axis of the input each axis of the output is."""
    shape = moved_input(operator, 0).shape
    order = [int(axis) for axis in operator.constant(1, "int32").ravel()]
    if sorted(order) != list(range(len(shape))):
        raise operator.malformed(f"needs a permutation of {len(shape)} axes", str(order))
    strides = element_strides(shape)
    sizes = tuple(shape[axis] for axis in order)
    if operator.output().shape != sizes:
        raise operator.malformed(
            f"must have the output shape {sizes}", str(operator.output().shape)
        )
    steps = [strides[axis] for axis in order]
    return copy_op(operator, operator.inputs[0], operator.outputs[0], 0, sizes, steps)
