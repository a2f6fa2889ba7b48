"""The memory of operators that remember earlier inputs."""

import numpy as np

from moteflow.graph.ir import Op, State, Tensor


def variable_states(tensors: tuple[Tensor, ...], ops: tuple[Op, ...]) -> tuple[State, ...]:
    """The states of operators that change an input of theirs in place.

    As in TFLM, int8 begins at the zero point, all else at 0.
    """
    used = sorted({i for op in ops for i in op.inputs if i >= 0 and tensors[i].is_variable})
    return tuple(State(i, i, _initial(tensors[i])) for i in used)


def _initial(tensor: Tensor) -> np.ndarray:
    fill = tensor.zero_point if tensor.dtype == "int8" else 0
    return np.full(tensor.shape, fill, tensor.dtype)
