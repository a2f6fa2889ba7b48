"""Resource variables become values: each reading is what was assigned last.

A variable that is read before it is assigned keeps its value from one inference to the next: it
becomes a `State`. Semantics of TFLM: without an initial value a variable is filled with the zero
point of what is assigned to it, as a byte.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow.graph.folding import evaluate
from moteflow.graph.ir import Op, State, Tensor
from moteflow.graph.operators import Operator
from moteflow.graph.operators.copy import moved_tensor
from moteflow.graph.operators.variables import Assign
from moteflow.graph.operators.view import Reshape

KINDS = ("VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE")


class Variables:
    """The variables of a model, in the order of its operators; appends to `tensors`."""

    def __init__(self, tensors: list[Tensor]) -> None:
        self._tensors = tensors
        self._handles: dict[int, str] = {}
        self._before: dict[str, int] = {}
        self._now: dict[str, int] = {}
        self._readers: dict[str, Operator] = {}
        self._assignments: dict[str, Operator] = {}
        self._initial: dict[str, NDArray[Any]] = {}

    def initialize(self, operators: Sequence[Operator], tensors: list[Tensor]) -> None:
        """Take the values that a CALL_ONCE's subgraph assigns; `tensors` are the subgraph's."""
        handles: dict[int, str] = {}
        for operator in operators:
            if operator.kind == "VAR_HANDLE":
                operator.output()
                handles[operator.outputs[0]] = _name(operator)
            elif operator.kind == "ASSIGN_VARIABLE":
                first = operator.constant(1, operator.input(1).dtype)
                self._initial[_handle(operator, handles)] = first
            else:
                value = evaluate(operator)
                if value is None:
                    raise operator.unsupported(
                        "variables must start with constants",
                        f"{operator.kind} in the subgraph of a CALL_ONCE",
                        "Initialize them with constants.",
                    )
                output = operator.outputs[0]
                tensors[output] = replace(tensors[output], data=value)

    @property
    def are_in_use(self) -> bool:
        """Whether a variable has been read or assigned."""
        return bool(self._now)

    def take(self, operator: Operator) -> tuple[Op, ...]:
        """Follow one of KINDS; a reading becomes a view of the present value."""
        if operator.kind == "VAR_HANDLE":
            operator.output()
            self._handles[operator.outputs[0]] = _name(operator)
            return ()
        name = _handle(operator, self._handles)
        if operator.kind == "READ_VARIABLE":
            return (self._read(operator, name),)
        operator.input(1)
        self._check_fit(operator, name, moved_tensor(operator, operator.inputs[1]))
        self._now[name] = operator.inputs[1]
        self._assignments[name] = operator
        return ()

    def finish(self) -> tuple[tuple[Op, ...], tuple[State, ...]]:
        """What is to be assigned at the end of an inference, and the states it is assigned to."""
        ops, states = [], []
        for name, before in self._before.items():
            tensor, value = self._tensors[before], self._now[name]
            initial = self._first_value(name, tensor)
            if value == before:
                self._tensors[before] = replace(tensor, data=initial)
                continue
            operator = self._assignments[name]
            after = self._add(replace(tensor, name=f"{tensor.name} after"))
            ops.append(
                Op(operator.kind, operator.index, (value,), (after,), Assign(tensor.n_bytes))
            )
            states.append(State(before, after, initial))
        return tuple(ops), tuple(states)

    def _read(self, operator: Operator, name: str) -> Op:
        operator.output()
        output = moved_tensor(operator, operator.outputs[0])
        self._check_fit(operator, name, output)
        if name not in self._now:
            tensor = replace(output, name=f"variable {name}", data=None)
            self._before[name] = self._now[name] = self._add(tensor)
            self._readers[name] = operator
        source = self._now[name]
        return Op(operator.kind, operator.index, (source,), operator.outputs, Reshape())

    def _check_fit(self, operator: Operator, name: str, tensor: Tensor) -> None:
        if name in self._now:
            other = self._tensors[self._now[name]]
            if (other.dtype, other.n_bytes) != (tensor.dtype, tensor.n_bytes):
                raise operator.malformed(
                    f"must keep variable {name!r} as {other.dtype} {other.shape}",
                    f"{tensor.dtype} {tensor.shape}",
                )

    def _first_value(self, name: str, tensor: Tensor) -> NDArray[Any]:
        """As it is before the first inference, in the tensor's shape."""
        value = self._initial.get(name)
        if value is None:
            assigned = self._assignments.get(name)
            if assigned is None:
                raise self._readers[name].unsupported(
                    "a variable must be assigned", f"only readings of {name!r}", "Use a constant."
                )
            fill = np.int64(assigned.input(1).zero_point).astype(np.int8)
            return np.full(tensor.n_bytes, fill, np.int8).view(tensor.dtype).reshape(tensor.shape)
        if (value.dtype, value.nbytes) != (np.dtype(tensor.dtype), tensor.n_bytes):
            raise self._readers[name].malformed(
                f"must start as {tensor.dtype} {tensor.shape}", f"{value.dtype} {value.shape}"
            )
        return value.reshape(tensor.shape)

    def _add(self, tensor: Tensor) -> int:
        self._tensors.append(tensor)
        return len(self._tensors) - 1


def _name(operator: Operator) -> str:
    """VarHandleOptions: container, shared_name."""
    return "/".join(filter(None, (operator.options.string(0), operator.options.string(1))))


def _handle(operator: Operator, handles: dict[int, str]) -> str:
    operator.input(0)
    if operator.inputs[0] not in handles:
        raise operator.malformed("needs the handle of a variable", "none")
    return handles[operator.inputs[0]]
