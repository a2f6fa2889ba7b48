"""Gates between the phases: what every graph keeps, checked after import and after each pass."""

from moteflow.errors import GraphError
from moteflow.graph.ir import Graph
from moteflow.graph.operators.convolution import Conv2d, DepthwiseConv2d
from moteflow.graph.operators.fully_connected import FullyConnected
from moteflow.graph.operators.view import Reshape

INT32_MAX = 2**31 - 1
MAX_INPUT_MAGNITUDE = 255


def check_imported(graph: Graph) -> None:
    """Each tensor is computed once, before it is read. Raises GraphError."""
    if not graph.inputs or not graph.outputs:
        raise GraphError(
            "A model must have an input and an output. "
            f"Received: {len(graph.inputs)} and {len(graph.outputs)}. Convert the model again."
        )
    if len(set(graph.inputs)) != len(graph.inputs):
        raise GraphError(f"A model's inputs must differ. Received: tensors {graph.inputs}.")
    known = {i for i, tensor in enumerate(graph.tensors) if tensor.is_constant}
    if known & set(graph.inputs):
        raise GraphError(
            "A model's input must not be a constant. "
            f"Received: tensors {sorted(known & set(graph.inputs))}. Convert the model again."
        )
    known |= {*graph.inputs, *(state.before for state in graph.states)}
    shared = set(graph.inputs) & {state.before for state in graph.states}
    if shared:
        raise GraphError(
            "A model's input must not be an operator's variable. "
            f"Received: tensors {sorted(shared)}. The file is corrupt; convert it again."
        )
    for op in graph.ops:
        missing = [i for i in op.inputs if i >= 0 and i not in known]
        repeated = [i for i in op.outputs if i in known]
        if missing or repeated:
            tensor = graph.tensors[(missing or repeated)[0]]
            raise GraphError(
                f"{op.label} must read what is known and compute what is not. "
                f"Received: tensor {tensor.name!r}. The file is corrupt; convert it again."
            )
        known |= set(op.outputs)
    if not {*graph.outputs, *(state.after for state in graph.states)} <= known:
        raise GraphError("A model's output must be computed. Received: an unknown.")


def check_ready(graph: Graph) -> None:
    """What the planner and the kernels rely on: no views, a bias everywhere, no overflow.

    Raises GraphError when a sum of products may leave int32.
    """
    check_imported(graph)
    for op in graph.ops:
        attributes = op.attributes
        if isinstance(attributes, Reshape):
            raise GraphError(f"{op.label} must have become a view. This is a bug; report it.")
        if isinstance(attributes, Conv2d | DepthwiseConv2d | FullyConnected):
            _check_accumulator(graph, op.label, op.inputs)


def _check_accumulator(graph: Graph, label: str, inputs: tuple[int, ...]) -> None:
    weights, bias = graph.tensors[inputs[1]].data, graph.tensors[inputs[2]].data
    if weights is None or bias is None:
        raise GraphError(f"{label} must have constant weights and bias.")
    axis = 0 if weights.shape[0] == bias.size else weights.ndim - 1
    others = tuple(i for i in range(weights.ndim) if i != axis)
    magnitude = abs(weights.astype("int64")).sum(axis=others)
    worst = int((magnitude * MAX_INPUT_MAGNITUDE + abs(bias.astype("int64"))).max())
    if worst > INT32_MAX:
        raise GraphError(
            f"{label}: a sum of products must fit 32 bits. Received: up to {worst}. "
            "Use fewer inputs per output or a smaller bias."
        )
