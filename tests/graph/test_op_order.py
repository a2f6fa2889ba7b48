"""The order of operators: never worse than given, exact on small graphs, effects in sequence."""

import time
from dataclasses import dataclass, replace
from itertools import permutations
from random import Random
from typing import ClassVar

from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.graph import Attributes, Graph, KernelMemory, Op, Overlap, Tensor, plan_memory
from moteflow.graph.op_order import best_order, plan_ordered

LAWS = settings(derandomize=True, database=None, deadline=None)


@dataclass(frozen=True)
class Effect(Attributes):
    has_effect: ClassVar[bool] = True


def graph_of(sizes: list[int], reads: list[tuple[int, ...]], outputs: tuple[int, ...]) -> Graph:
    """Tensor 0 is the input; operator n computes tensor n + 1."""
    tensors = tuple(Tensor(f"t{i}", (size,), "int8") for i, size in enumerate(sizes))
    ops = tuple(Op("ADD", n, read, (n + 1,), Attributes()) for n, read in enumerate(reads))
    return Graph(tensors, ops, (0,), outputs)


def in_order(graph: Graph, order: tuple[int, ...]) -> Graph:
    return replace(graph, ops=tuple(graph.ops[i] for i in order))


def peak(graph: Graph, kernels: list[KernelMemory]) -> int:
    return plan_memory(graph, kernels).peak.bytes_live


@st.composite
def graphs(draw: st.DrawFn, most: int = 6) -> tuple[Graph, list[KernelMemory]]:
    """Operators that read up to two earlier tensors, over one of which they may write."""
    n = draw(st.integers(1, most))
    reads = [tuple(draw(st.lists(st.integers(0, i), max_size=2))) for i in range(n)]
    sizes = draw(st.lists(st.integers(1, 50), min_size=n + 1, max_size=n + 1))
    outputs = {n, *draw(st.sets(st.integers(1, n), max_size=1))}
    kernels = [
        KernelMemory(
            draw(st.sampled_from([0, 10])),
            tuple(
                Overlap(k, 0, draw(st.integers(-20, 20)), draw(st.booleans()))
                for k in range(len(read))
                if draw(st.booleans())
            ),
        )
        for read in reads
    ]
    return graph_of(sizes, reads, tuple(sorted(outputs))), kernels


def is_valid(graph: Graph, order: tuple[int, ...]) -> bool:
    known = set(graph.inputs)
    for op in in_order(graph, order).ops:
        if not known.issuperset(op.inputs):
            return False
        known |= set(op.outputs)
    return True


@LAWS
@given(graphs())
def test_small_graphs_get_their_best_order(drawn: tuple[Graph, list[KernelMemory]]) -> None:
    graph, kernels = drawn
    orders = [o for o in permutations(range(len(graph.ops))) if is_valid(graph, o)]
    least = min(peak(in_order(graph, o), [kernels[i] for i in o]) for o in orders)
    order = best_order(graph, kernels)
    assert order in orders
    assert peak(in_order(graph, order), [kernels[i] for i in order]) == least
    if peak(graph, kernels) == least:
        assert order == tuple(range(len(graph.ops)))


@LAWS
@given(graphs(most=12), st.sampled_from([1, 30, 3000]))
def test_no_order_is_worse_than_the_given(
    drawn: tuple[Graph, list[KernelMemory]], state_limit: int
) -> None:
    graph, kernels = drawn
    order = best_order(graph, kernels, state_limit)
    assert is_valid(graph, order)
    assert order == best_order(graph, kernels, state_limit)
    assert peak(in_order(graph, order), [kernels[i] for i in order]) <= peak(graph, kernels)
    ordered, plan = plan_ordered(graph, kernels, state_limit)
    assert plan.arena_size <= plan_memory(graph, kernels).arena_size
    assert plan == plan_memory(ordered, [kernels[graph.ops.index(op)] for op in ordered.ops])


def test_the_branch_that_shrinks_runs_first() -> None:
    """Two branches of 100 to 1 byte each: not both may wait at their widest."""
    graph = graph_of([10, 100, 100, 1, 1, 1], [(0,), (0,), (1,), (2,), (3, 4)], (5,))
    kernels = [KernelMemory()] * 5
    assert best_order(graph, kernels) == (0, 2, 1, 3, 4)
    ordered, plan = plan_ordered(graph, kernels)
    assert [op.index for op in ordered.ops] == [0, 2, 1, 3, 4]
    assert (plan_memory(graph, kernels).arena_size, plan.arena_size) == (212, 116)


def test_ties_keep_the_order() -> None:
    graph = graph_of([8, 8, 8, 8], [(0,), (0,), (1, 2)], (3,))
    ordered, _ = plan_ordered(graph, [KernelMemory()] * 3)
    assert ordered is graph


def test_effects_keep_their_sequence() -> None:
    graph = graph_of([10, 100, 100, 1, 1, 1], [(0,), (0,), (1,), (2,), (3, 4)], (5,))
    effect = Effect()
    ops = tuple(replace(op, attributes=effect) if op.index in (1, 2) else op for op in graph.ops)
    assert best_order(replace(graph, ops=ops), [KernelMemory()] * 5) == (1, 3, 0, 2, 4)
    ops = tuple(replace(op, attributes=effect) if op.index < 3 else op for op in graph.ops)
    assert best_order(replace(graph, ops=ops), [KernelMemory()] * 5) == (0, 1, 2, 3, 4)


def test_a_tensor_that_several_operators_write_lives_from_the_first_to_the_last() -> None:
    graph = graph_of([10, 20, 8, 8, 8], [(0,), (0,), (1, 2), (2,)], (4,))
    ops = list(graph.ops)
    ops[2] = replace(ops[2], outputs=(1,), inputs=(2,))
    ops[3] = replace(ops[3], inputs=(1, 2))
    plan = plan_memory(replace(graph, ops=tuple(ops)), [KernelMemory()] * 4)
    assert plan.arena_size == 40
    assert [(b.first_use, b.last_use) for b in plan.buffers] == [(0, 1), (0, 3), (1, 3), (3, 3)]
    assert best_order(replace(graph, ops=tuple(ops)), [KernelMemory()] * 4) == (0, 1, 2, 3)


def test_wide_graphs_end_in_time() -> None:
    random = Random(0)
    reads = [tuple(random.sample(range(max(0, i - 20), i + 1), min(2, i + 1))) for i in range(100)]
    graph = graph_of([random.randrange(1, 1000) for _ in range(101)], reads, (100,))
    kernels = [KernelMemory()] * 100
    start = time.process_time()
    order = best_order(graph, kernels)
    assert time.process_time() - start < 2
    assert peak(in_order(graph, order), kernels) < 0.8 * peak(graph, kernels)
