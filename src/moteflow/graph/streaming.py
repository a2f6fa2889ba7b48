"""Chooses which operators run row by row: those whose images make the arena large."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from moteflow.graph.ir import Graph, Op
from moteflow.graph.memory_plan import KernelMemory, MemoryPlan
from moteflow.graph.op_order import plan_ordered
from moteflow.graph.operators.stream import stream


def plan_streamed(
    graph: Graph, kernel_memory: Callable[[Op], KernelMemory]
) -> tuple[Graph, MemoryPlan]:
    """The graph with streams, in its best order, and its plan.

    As long as it makes the arena smaller, two operators of which one needs most become one.
    """
    best = _plan(graph, kernel_memory)
    while True:
        candidates = [_plan(candidate, kernel_memory) for candidate in _candidates(*best)]
        smallest = min(candidates, key=lambda c: c[1].arena_size, default=best)
        if smallest[1].arena_size >= best[1].arena_size:
            return best
        best = smallest


def _plan(graph: Graph, kernel_memory: Callable[[Op], KernelMemory]) -> tuple[Graph, MemoryPlan]:
    return plan_ordered(graph, [kernel_memory(op) for op in graph.ops])


def _candidates(graph: Graph, plan: MemoryPlan) -> Iterator[Graph]:
    readers = {op.inputs[0]: op for op in reversed(graph.ops) if op.inputs}
    steps = zip(graph.ops, plan.steps, strict=True)
    largest = [op for op, step in steps if step.bytes_live == plan.peak.bytes_live]
    for first in graph.ops:
        second = readers.get(first.outputs[0])
        if second is not None and (first in largest or second in largest):
            together = stream(graph, first, second)
            if together is not None:
                ops = (together if op is second else op for op in graph.ops if op is not first)
                yield replace(graph, ops=tuple(ops))
