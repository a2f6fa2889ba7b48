"""Chooses which operators run row by row: those whose images make the arena large."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from moteflow.graph.ir import Graph, Op
from moteflow.graph.memory_plan import KernelMemory, MemoryPlan, plan_memory
from moteflow.graph.op_order import plan_ordered
from moteflow.graph.operators.stream import stream

WORTH = 0.1
"""What a stream must save of the arena: rows cost some instructions more than a whole image."""


def plan_streamed(
    graph: Graph, kernel_memory: Callable[[Op], KernelMemory]
) -> tuple[Graph, MemoryPlan]:
    """The graph in its best order and with streams, and its plan.

    As long as the arena becomes so much smaller, two operators of which one needs most become one.
    """
    graph, plan = plan_ordered(graph, [kernel_memory(op) for op in graph.ops])
    while True:
        plans = [
            (candidate, plan_memory(candidate, [kernel_memory(op) for op in candidate.ops]))
            for candidate in _candidates(graph, plan)
        ]
        smallest = min(plans, key=lambda pair: pair[1].arena_size, default=(graph, plan))
        saved = plan.arena_size - smallest[1].arena_size
        if saved <= 0 or saved < WORTH * plan.arena_size:
            return graph, plan
        graph, plan = smallest


def _candidates(graph: Graph, plan: MemoryPlan) -> Iterator[Graph]:
    """The graph with two of its operators, one of them at the peak, become one."""
    producers = {i: op for op in graph.ops for i in op.outputs}
    steps = zip(graph.ops, plan.steps, strict=True)
    largest = [op for op, step in steps if step.bytes_live == plan.peak.bytes_live]
    for second in graph.ops:
        first = producers.get(second.inputs[0]) if second.inputs else None
        if first is not None and (first in largest or second in largest):
            together = stream(graph, first, second)
            if together is not None:
                ops = (together if op is second else op for op in graph.ops if op is not first)
                yield replace(graph, ops=tuple(ops))
