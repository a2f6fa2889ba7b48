"""Searches the order of operators in which the arena's worst step needs least.

The bytes that a step needs depend only on which operators ran before it, so one best way to each
set of executed operators is enough: the search goes from the sets of k to those of k + 1 operators
(dynamic programming). It is exact as long as no level holds more sets, and no more ways on from
them, than its share of the limits; beyond that it goes on with those of the lowest peak so far.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from moteflow.graph.ir import Graph
from moteflow.graph.memory_plan import (
    ALIGNMENT,
    KernelMemory,
    MemoryPlan,
    activations,
    op_covers,
    plan_memory,
)
from moteflow.graph.memory_rules import align, most_saved

STATE_LIMIT = 10_000
STEP_LIMIT = 20 * STATE_LIMIT
"""Ways from a set to a larger one: what takes time."""


def plan_ordered(
    graph: Graph, kernels: Sequence[KernelMemory], state_limit: int = STATE_LIMIT
) -> tuple[Graph, MemoryPlan]:
    """The graph in the order that needs the smaller arena, and its plan; ties keep the order."""
    plan = plan_memory(graph, kernels)
    order = best_order(graph, kernels, state_limit)
    reordered = replace(graph, ops=tuple(graph.ops[i] for i in order))
    if reordered.ops == graph.ops:
        return graph, plan
    other = plan_memory(reordered, [kernels[i] for i in order])
    return (reordered, other) if other.arena_size < plan.arena_size else (graph, plan)


def best_order(
    graph: Graph, kernels: Sequence[KernelMemory], state_limit: int = STATE_LIMIT
) -> tuple[int, ...]:
    """Positions in `graph.ops`, in the order to run them; the given order unless another is better.

    Operators with effects keep their order. `state_limit` bounds the number of sets looked at.
    """
    search = _OrderSearch(graph, kernels)
    given = tuple(range(len(graph.ops)))
    to_beat = search.peak(given)
    width = max(state_limit // max(len(given), 1), 1)
    steps = STEP_LIMIT // max(len(given), 1)
    level = {0: search.start()}
    for _ in given:
        following: dict[int, _Path] = {}
        looked = 0
        for done, path in level.items():
            ready = search.ready(done)
            looked += len(ready)
            if following and looked > steps:
                break
            for op in ready:
                longer = search.extend(done, path, op)
                rival = following.get(done | 1 << op)
                if longer.peak < to_beat and (rival is None or longer.peak < rival.peak):
                    following[done | 1 << op] = longer
        ranked = sorted(following.items(), key=lambda item: (item[1].peak, item[1].live))
        level = dict(ranked[:width])
    return next((path.order() for path in level.values()), given)


@dataclass(frozen=True)
class _Path:
    """A way to a set of executed operators: its worst step, the bytes that its results occupy."""

    peak: int
    live: int
    last: int = -1
    before: "_Path | None" = None

    def order(self) -> tuple[int, ...]:
        backward = []
        path = self
        while path.before is not None:
            backward.append(path.last)
            path = path.before
        return tuple(reversed(backward))


class _OrderSearch:
    """What a step needs after a set of operators; sets are integers, one bit for each operator."""

    def __init__(self, graph: Graph, kernels: Sequence[KernelMemory]) -> None:
        self.needs = _dependencies(graph)
        states = [state.before for state in graph.states]
        self.inputs, self.outputs = {*graph.inputs, *states}, {*graph.outputs, *states}
        self.reads = [activations(graph, op) for op in graph.ops]
        self.writes = [op.outputs for op in graph.ops]
        self.covers = [op_covers(graph, *pair) for pair in zip(graph.ops, kernels, strict=True)]
        self.scratch = [align(kernel.scratch_bytes, ALIGNMENT) for kernel in kernels]
        self.readers = _sets(self.reads)
        self.writers = _sets(self.writes)
        known = {*self.inputs, *self.writers}
        self.bytes = {i: graph.tensors[i].n_bytes for i in known}
        self.aligned = {i: align(size, ALIGNMENT) for i, size in self.bytes.items()}

    def start(self) -> _Path:
        return _Path(0, sum(self.aligned[i] for i in self.inputs if not self._is_dead(i, 0)))

    def ready(self, done: int) -> list[int]:
        """The operators that may run next."""
        missing = ~done
        return [
            op for op, needs in enumerate(self.needs) if missing >> op & 1 and needs & missing == 0
        ]

    def extend(self, done: int, path: _Path, op: int) -> _Path:
        """The path with one more operator; see `memory_rules.bytes_needed`."""
        after = done | 1 << op
        born = [i for i in self.writes[op] if not self._is_born(i, done)]
        dying = {i for i in (*self.reads[op], *self.writes[op]) if self._is_dead(i, after)}
        covers = [c for c in self.covers[op] if c.source in dying and c.target in born]
        live = path.live + sum(self.aligned[i] for i in born)
        step = live + self.scratch[op] - most_saved(covers, self.bytes, ALIGNMENT)
        if done == 0:
            step += sum(self.aligned[i] for i in self.inputs if self._is_dead(i, 0))
        return _Path(max(path.peak, step), live - sum(self.aligned[i] for i in dying), op, path)

    def peak(self, order: Sequence[int]) -> int:
        """What the worst step of an order needs."""
        done, path = 0, self.start()
        for op in order:
            done, path = done | 1 << op, self.extend(done, path, op)
        return path.peak

    def _is_born(self, tensor: int, done: int) -> bool:
        return tensor in self.inputs or self.writers[tensor] & done != 0

    def _is_dead(self, tensor: int, done: int) -> bool:
        users = self.readers.get(tensor, 0) | self.writers.get(tensor, 0)
        return tensor not in self.outputs and users & ~done == 0


def _sets(tensors: Sequence[Sequence[int]]) -> dict[int, int]:
    """The operators of each tensor, from the tensors of each operator."""
    sets: dict[int, int] = defaultdict(int)
    for op, used in enumerate(tensors):
        for i in used:
            sets[i] |= 1 << op
    return sets


def _dependencies(graph: Graph) -> list[int]:
    """For each operator the set of those that must run before it.

    Operators that use the same variable stay in order.
    """
    producers = {i: n for n, op in enumerate(graph.ops) for i in op.outputs}
    needs = []
    last_effect = None
    last_use: dict[int, int] = {}
    for n, op in enumerate(graph.ops):
        before = {producers[i] for i in activations(graph, op) if i in producers}
        variables = {i for i in op.inputs if i >= 0 and graph.tensors[i].is_variable}
        before |= {last_use[i] for i in variables & last_use.keys()}
        last_use |= dict.fromkeys(variables, n)
        if op.attributes.has_effect:
            before |= {last_effect} if last_effect is not None else set()
            last_effect = n
        needs.append(sum(1 << i for i in before))
    return needs
