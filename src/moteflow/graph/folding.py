"""Values of operators whose inputs are known: what is left of shapes computed at run time."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow.graph.operators import LOWERINGS, Operator
from moteflow.graph.operators.concatenation import Concatenation
from moteflow.graph.operators.copy import Copy
from moteflow.graph.operators.view import Reshape

MAX_ELEMENTS = 1024
INTEGERS = ("int32", "int64")
MOVES = ("RESHAPE", "SQUEEZE", "EXPAND_DIMS", "SLICE", "STRIDED_SLICE", "PACK", "CONCATENATION")

Values = list[NDArray[Any]]


def fold(operator: Operator) -> NDArray[Any] | None:
    """The only output's value in its shape, or None where it is only known at run time.

    Only short vectors of integers are computed, as shapes are; layers on constants stay.
    """
    if len(operator.outputs) != 1:
        return None
    output = operator.output()
    if output.dtype not in INTEGERS or output.n_elements > MAX_ELEMENTS:
        return None
    if operator.kind == "SHAPE":
        return _as_output(operator, np.array(operator.input(0).shape, np.int64))
    small = all(t.n_elements <= MAX_ELEMENTS and t.dtype in INTEGERS for t in _known(operator))
    return evaluate(operator) if small else None


def evaluate(operator: Operator) -> NDArray[Any] | None:
    """The value of an operator that moves constants, or computes with integer ones, or None."""
    values = [tensor.data for tensor in _known(operator) if tensor.data is not None]
    if not values or len(values) != len(operator.inputs):
        return None
    if operator.kind in MOVES:
        return _as_output(operator, _moved(operator, values))
    if operator.kind in ARITHMETIC and len({value.shape for value in values}) == 1:
        with np.errstate(over="ignore"):
            return _as_output(operator, ARITHMETIC[operator.kind](values))
    return None


def _known(operator: Operator) -> list[Any]:
    return [operator.tensors[i] for i in operator.inputs if i >= 0]


def _as_output(operator: Operator, value: NDArray[Any]) -> NDArray[Any]:
    output = operator.output()
    if value.size != output.n_elements:
        raise operator.malformed(f"must have {value.size} elements", str(output.shape))
    return value.astype(output.dtype).reshape(output.shape)


def _moved(operator: Operator, values: Values) -> NDArray[Any]:
    op = LOWERINGS[operator.kind](operator)
    assert not isinstance(op, tuple)
    match op.attributes:
        case Copy() as copy:
            return copy.apply(values[0])
        case Concatenation() as joined:
            rows = [value.reshape(joined.n_rows, -1) for value in values]
            return np.concatenate(rows, axis=1).ravel()
        case Reshape():
            return values[0].ravel()
    raise AssertionError(op.attributes)


ARITHMETIC: dict[str, Callable[[Values], NDArray[Any]]] = {
    "ADD": lambda values: np.add.reduce(values),
    "MUL": lambda values: np.multiply.reduce(values),
    "CAST": lambda values: values[0],
}
