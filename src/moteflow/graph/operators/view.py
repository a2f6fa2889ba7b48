"""RESHAPE, SQUEEZE and EXPAND_DIMS: the same bytes under another shape."""

from dataclasses import dataclass

from moteflow.graph.ir import Attributes, Op
from moteflow.graph.operators.operator import Operator, lowers


@dataclass(frozen=True)
class Reshape(Attributes):
    """The same bytes under another shape."""


@lowers("RESHAPE")
@lowers("SQUEEZE")
@lowers("EXPAND_DIMS")
def reshape(operator: Operator) -> Op:
    """The output's stored shape says all; shape operands are not read."""
    source, output = operator.input(0), operator.output()
    if (source.dtype, source.n_elements) != (output.dtype, output.n_elements):
        raise operator.malformed(
            "keeps type and number of elements",
            f"{source.dtype} {source.shape} to {output.dtype} {output.shape}",
        )
    return operator.op(Reshape(), 1)
