"""What the planner sees of tensors that lie in others: their wholes (`Graph.parts`)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from moteflow.graph.ir import Graph

if TYPE_CHECKING:
    from moteflow.graph.memory_plan import KernelMemory


def state_roots(graph: Graph) -> tuple[int, ...]:
    """The tensors whose memory lasts from one inference to the next."""
    return tuple(dict.fromkeys(graph.place(state.before).whole for state in graph.states))


def without_parts(
    graph: Graph, kernels: "Sequence[KernelMemory]"
) -> "tuple[Graph, list[KernelMemory]]":
    """The graph with wholes in place of their parts, states as inputs and outputs.

    A whole may be computed by several operators. Overlaps with it are left out.
    """
    kept = state_roots(graph)
    shared = {*kept, *(graph.place(i).whole for i in graph.parts)}
    ops, memories = [], []
    for op, kernel in zip(graph.ops, kernels, strict=True):
        inputs, outputs = (
            tuple(graph.place(i).whole for i in tensors) for tensors in (op.inputs, op.outputs)
        )
        overlaps = tuple(
            overlap
            for overlap in kernel.overlaps
            if not {inputs[overlap.input], outputs[overlap.output]} & shared
        )
        ops.append(replace(op, inputs=inputs, outputs=outputs))
        memories.append(replace(kernel, overlaps=overlaps))
    first = (graph.place(i).whole for i in (*graph.inputs, *kept))
    last = (graph.place(i).whole for i in (*graph.outputs, *kept))
    wholes = replace(
        graph,
        ops=tuple(ops),
        inputs=tuple(dict.fromkeys(first)),
        outputs=tuple(dict.fromkeys(last)),
    )
    return wholes, memories


def with_parts(graph: Graph, offsets: dict[int, int]) -> dict[int, int]:
    """The place of each tensor, from those of tensors with memory of their own."""
    places = {i: graph.place(i) for i in graph.parts}
    parts = {i: offsets[at.whole] + at.offset for i, at in places.items() if at.whole in offsets}
    return offsets | parts
