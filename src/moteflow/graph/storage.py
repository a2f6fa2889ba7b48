"""Tensors that need no memory of their own: they lie in others (`Graph.parts`).

A slice in one piece lies in what it is taken from. A state's next value lies where its present one
does. And a stream is kept whole: where a state is joined with new rows and the last rows of both
are the next state, the joined tensor keeps the state as its part, so that only the new rows are
written and the kept ones move up at the end.
"""

from dataclasses import replace

from moteflow.graph.ir import Graph, Op, Part, State, Tensor
from moteflow.graph.memory_parts import state_roots
from moteflow.graph.operators.concatenation import Concatenation
from moteflow.graph.operators.copy import Copy
from moteflow.graph.operators.variables import Assign
from moteflow.graph.operators.view import Placed

WORD = 4
"""Bytes to whose multiples parts are aligned."""
LARGEST_GROWTH = 2
"""A stream is kept whole if its new rows are at most so many times its state: they stay in memory
between inferences, and a whole copy of the state is saved."""


def place_parts(graph: Graph) -> Graph:
    """Decide which tensors lie in others, and run assignments when nobody reads the old value."""
    graph = _copy_outputs(graph)
    parts = {state.after: Part(state.before, 0) for state in _assigned(graph)}
    graph = replace(graph, parts=parts)
    for state in _assigned(graph):
        graph = _keep_stream(graph, state)
    graph = _place_slices(graph)
    graph = _copy_assigned_states(graph)
    return _order_assignments(_without_moves(graph))


def _assigned(graph: Graph) -> list[State]:
    """The states that an assignment changes, not an operator in place."""
    return [state for state in graph.states if state.before != state.after]


def _copy_outputs(graph: Graph) -> Graph:
    """Give outputs that are constants or a state's present value memory of their own."""
    fixed = {state.before for state in graph.states}
    fixed |= {i for i in graph.outputs if graph.tensors[i].is_constant}
    copies = {}
    for i in dict.fromkeys(i for i in graph.outputs if i in fixed):
        graph, copies[i] = _with_copy(graph, i, len(graph.ops))
    return replace(graph, outputs=tuple(copies.get(i, i) for i in graph.outputs))


def _keep_stream(graph: Graph, state: State) -> Graph:
    """Let a state lie in the tensor that joins it with what is new, if its next value does too."""
    producers = _producers(graph)
    [assigned] = [op.inputs[0] for op in graph.ops if op.outputs == (state.after,)]
    slice_op = producers.get(assigned)
    if slice_op is None or not _is_slice(graph, slice_op):
        return graph
    whole = slice_op.inputs[0]
    join = producers.get(whole)
    if join is None or not isinstance(join.attributes, Concatenation):
        return graph
    joined = join.attributes
    taken = {whole, assigned} & {*graph.outputs, *graph.parts}
    if joined.n_rows != 1 or join.inputs.count(state.before) != 1 or taken:
        return graph
    wholes = {part.whole for part in graph.parts.values()}
    if whole in wholes:
        return graph
    position = join.inputs.index(state.before)
    size, kept = joined.runs[position], joined.offset(position)
    moved = slice_op.attributes.offset  # type: ignore[attr-defined]
    grows_little = joined.row_bytes - size <= LARGEST_GROWTH * size
    if kept % WORD or moved <= kept or not grows_little:
        return graph
    parts = {**graph.parts, state.before: Part(whole, kept)}
    parts |= {assigned: Part(whole, moved)}
    for i, tensor in enumerate(join.inputs):
        known = tensor in producers or tensor in graph.inputs
        free = known and tensor not in {*parts, *wholes}
        if free and join.inputs.count(tensor) == 1 and joined.offset(i) % WORD == 0:
            parts[tensor] = Part(whole, joined.offset(i))
    return replace(graph, parts=parts)


def _place_slices(graph: Graph) -> Graph:
    """Let slices lie in what they are taken from, but no output in a state."""
    parts = dict(graph.parts)
    for op in graph.ops:
        if _is_slice(graph, op) and op.outputs[0] not in parts:
            placed = replace(graph, parts=parts)
            if op.outputs[0] in graph.outputs and (
                placed.place(op.inputs[0]).whole in state_roots(placed)
            ):
                continue
            assert isinstance(op.attributes, Copy)
            parts[op.outputs[0]] = Part(op.inputs[0], op.attributes.offset)
    return replace(graph, parts=parts)


def _is_slice(graph: Graph, op: Op) -> bool:
    """Whether it takes one piece of a tensor, beginning at a word."""
    copy = op.attributes
    return (
        isinstance(copy, Copy)
        and copy.is_contiguous
        and copy.offset % WORD == 0
        and not graph.tensors[op.inputs[0]].is_constant
    )


def _copy_assigned_states(graph: Graph) -> Graph:
    """Copy what is assigned to a state and lies in another one, which is assigned as well."""
    for state in _assigned(graph):
        [op] = [op for op in graph.ops if op.outputs == (state.after,)]
        root = graph.place(op.inputs[0]).whole
        if root in state_roots(graph) and root != graph.place(state.before).whole:
            position = graph.ops.index(op)
            graph, copied = _with_copy(graph, op.inputs[0], position)
            ops = list(graph.ops)
            ops[position + 1] = replace(op, inputs=(copied,))
            graph = replace(graph, ops=tuple(ops))
    return graph


def _without_moves(graph: Graph) -> Graph:
    """Leave out what operators need not move because it lies in its place."""
    ops = []
    for op in graph.ops:
        attributes = op.attributes
        if isinstance(attributes, Copy) and op.outputs[0] in graph.parts:
            part = graph.parts[op.outputs[0]]
            if part == Part(op.inputs[0], attributes.offset):
                op = replace(op, attributes=Placed())
        if isinstance(attributes, Concatenation):
            copied = tuple(
                i
                for i in attributes.copied
                if graph.parts.get(op.inputs[i]) != Part(op.outputs[0], attributes.offset(i))
            )
            op = replace(op, attributes=replace(attributes, copied=copied) if copied else Placed())
        ops.append(op)
    return replace(graph, ops=tuple(ops))


def _order_assignments(graph: Graph) -> Graph:
    """Run each assignment right after the last reader of the state's memory."""
    assignments = [op for op in graph.ops if isinstance(op.attributes, Assign)]
    ops = [op for op in graph.ops if not isinstance(op.attributes, Assign)]
    for op in assignments:
        root = graph.place(op.outputs[0]).whole
        readers = [
            other.outputs[0]
            for other in ops
            if not isinstance(other.attributes, Assign)
            and any(graph.place(i).whole == root for i in other.inputs if i >= 0)
        ]
        inputs = tuple(dict.fromkeys((op.inputs[0], *readers)))
        produced = [i for i, other in enumerate(ops) if set(other.outputs) & set(inputs)]
        ops.insert(max(produced, default=-1) + 1, replace(op, inputs=inputs))
    return replace(graph, ops=tuple(ops))


def _with_copy(graph: Graph, tensor: int, position: int) -> tuple[Graph, int]:
    """The graph with a copy of a tensor, made at a position, and the copy's number."""
    source = graph.tensors[tensor]
    copied = Tensor(
        f"copy of {source.name}",
        source.shape,
        source.dtype,
        source.scales,
        source.zero_point,
        source.quantized_dimension,
    )
    number = len(graph.tensors)
    index = max((op.index for op in graph.ops), default=0)
    copy = Op("COPY", index, (tensor,), (number,), Copy(0, (), (), source.n_bytes))
    ops = (*graph.ops[:position], copy, *graph.ops[position:])
    return replace(graph, tensors=(*graph.tensors, copied), ops=ops), number


def _producers(graph: Graph) -> dict[int, Op]:
    return {i: op for op in graph.ops for i in op.outputs}
