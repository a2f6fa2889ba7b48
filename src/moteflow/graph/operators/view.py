"""RESHAPE, SQUEEZE and EXPAND_DIMS: the same bytes under another shape; SHAPE."""

from dataclasses import dataclass

from moteflow.graph.ir import Attributes, Op
from moteflow.graph.operators.operator import Operator, lowers


@dataclass(frozen=True)
class Reshape(Attributes):
    """The same bytes under another shape."""


@dataclass(frozen=True)
class Placed(Attributes):
    """The inputs lie where the output is or the output where the input is: nothing to run."""


@lowers("RESHAPE", "all", single=("int8",))
@lowers("SQUEEZE", "all", single=("int8",))
@lowers("EXPAND_DIMS", "all", single=("int8",))
def reshape(operator: Operator) -> Op:
    """The output's stored shape says all; shape operands are not read."""
    source, output = operator.input(0), operator.output()
    if (source.dtype, source.n_elements) != (output.dtype, output.n_elements):
        raise operator.malformed(
            "keeps type and number of elements",
            f"{source.dtype} {source.shape} to {output.dtype} {output.shape}",
        )
    return operator.op(Reshape(), 1)


@lowers("SHAPE", "all", "becomes a constant")
def shape(operator: Operator) -> Op:
    """Shapes are known before anything is lowered; what is left has a type that no shape has."""
    raise operator.unsupported(
        "the output must be int32 or int64",
        operator.output().dtype,
        "Convert with a fixed batch of 1, so that no shape is computed at run time.",
    )
