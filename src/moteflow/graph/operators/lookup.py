"""Functions of one byte."""

from dataclasses import dataclass

from moteflow.graph.ir import Attributes, Op
from moteflow.graph.operators.operator import Operator


@dataclass(frozen=True)
class Lookup(Attributes):
    """Any function of one byte: output = table[input + 128], both read as int8."""

    n_elements: int
    table: tuple[int, ...]


def lookup(operator: Operator, table: tuple[int, ...]) -> Op:
    """An operator with one input and an output of its size."""
    return operator.op(Lookup(operator.output().n_elements, table), 1)
