"""Where the memory lies that lasts from one inference to the next, outside the arena."""

import numpy as np

from moteflow.graph.ir import Graph, Op, State, Tensor
from moteflow.graph.memory_rules import align

STATE_ALIGNMENT = 4


def variable_states(tensors: tuple[Tensor, ...], ops: tuple[Op, ...]) -> tuple[State, ...]:
    """The states of operators that change an input of theirs in place.

    As in TFLM, int8 begins at the zero point, all else at 0.
    """
    used = sorted({i for op in ops for i in op.inputs if i >= 0 and tensors[i].is_variable})
    return tuple(State(i, i, _initial(tensors[i])) for i in used)


def state_offsets(graph: Graph) -> dict[int, int]:
    """The offset of each state's tensor in the model's state memory."""
    offsets, end = {}, 0
    for state in graph.states:
        offsets[state.before] = end
        end += align(graph.tensors[state.before].n_bytes, STATE_ALIGNMENT)
    return offsets


def state_bytes(graph: Graph) -> int:
    """The size of the model's state memory."""
    sizes = (graph.tensors[state.before].n_bytes for state in graph.states)
    return sum(align(size, STATE_ALIGNMENT) for size in sizes)


def _initial(tensor: Tensor) -> np.ndarray:
    fill = tensor.zero_point if tensor.dtype == "int8" else 0
    return np.full(tensor.shape, fill, tensor.dtype)
