"""Which buffers a graph needs, where each lies in the arena, and what that costs per layer."""

from collections.abc import Sequence
from dataclasses import dataclass

from moteflow.errors import ArenaError
from moteflow.graph.ir import Graph, Op
from moteflow.graph.memory_planner import place
from moteflow.graph.memory_rules import Buffer, Cover, align, arena_size, bytes_needed

ALIGNMENT = 4


@dataclass(frozen=True)
class Overlap:
    """How an output may lie over an input that dies at its operator.

    `input` and `output` are positions in the operator's lists. The output may begin anywhere up
    to `clearance` bytes before the input does: offset(output) <= offset(input) - clearance. With a
    clearance of 0 it may begin where the input begins; a negative clearance lets it begin later.
    A `reversible` kernel can also run from the last element to the first, which mirrors the rule:
    end(output) >= end(input) + clearance. An operator with several overlaps always runs forward.
    """

    input: int
    output: int
    clearance: int
    reversible: bool = False


@dataclass(frozen=True)
class KernelMemory:
    """What one operator's kernel asks of the planner."""

    scratch_bytes: int = 0
    overlaps: tuple[Overlap, ...] = ()


@dataclass(frozen=True)
class Step:
    """One operator's share: bytes it reads, writes and needs as scratch.

    `bytes_live` is what the arena must hold at least while it runs (`memory_rules.bytes_needed`).
    """

    label: str
    bytes_in: int
    bytes_out: int
    bytes_scratch: int
    bytes_live: int


@dataclass(frozen=True)
class MemoryPlan:
    """The arena. `offsets` is by tensor number, `scratch_offsets` by position in `Graph.ops`.

    `reversed` are the positions of the operators that must run from the last element to the first.
    `covers` are the pairs of `buffers` that overlap, with the clearances that were kept.
    No plan of this graph, in this order of operators, is smaller than `lower_bound`.
    """

    arena_size: int
    lower_bound: int
    alignment: int
    buffers: tuple[Buffer, ...]
    buffer_offsets: tuple[int, ...]
    offsets: dict[int, int]
    scratch_offsets: dict[int, int]
    covers: tuple[Cover, ...]
    reversed: frozenset[int]
    steps: tuple[Step, ...]

    @property
    def peak(self) -> Step:
        """The first step that needs most; a model without steps only has an input."""
        idle = Step("the input", 0, 0, 0, self.arena_size)
        return max(self.steps, key=lambda step: step.bytes_live, default=idle)

    @property
    def percent_above_bound(self) -> float:
        """How much larger the arena is than `lower_bound`."""
        return 100 * (self.arena_size / self.lower_bound - 1) if self.lower_bound else 0.0

    def check_limit(self, arena_limit: int) -> None:
        """Raise ArenaError, naming the layer that peaks, when the arena exceeds these bytes."""
        if self.arena_size > arena_limit:
            raise ArenaError(
                f"The tensor arena must fit {arena_limit} bytes. Received: {self.arena_size} "
                f"bytes; the peak is {self.peak.label} with {self.peak.bytes_in} bytes in, "
                f"{self.peak.bytes_out} out and {self.peak.bytes_scratch} scratch. "
                "Shrink that layer, or choose a target with more RAM."
            )


def plan_memory(graph: Graph, kernels: Sequence[KernelMemory]) -> MemoryPlan:
    """Place every activation and scratch buffer of the graph; `kernels` is parallel to its ops.

    Inputs live from the start, outputs to the end.
    """
    lifetimes = _lifetimes(graph)
    numbers = {tensor: number for number, tensor in enumerate(lifetimes)}
    buffers = [
        Buffer(graph.tensors[tensor].name, graph.tensors[tensor].n_bytes, first, last)
        for tensor, (first, last) in lifetimes.items()
    ]
    scratch = {}
    for step, (op, kernel) in enumerate(zip(graph.ops, kernels, strict=True)):
        if kernel.scratch_bytes:
            scratch[step] = len(buffers)
            buffers.append(Buffer(f"scratch of {op.label}", kernel.scratch_bytes, step, step))
    covers = [
        Cover(numbers[c.source], numbers[c.target], c.clearance, c.reversible)
        for step, (op, kernel) in enumerate(zip(graph.ops, kernels, strict=True))
        for c in op_covers(graph, op, kernel)
        if lifetimes[c.source][1] == step == lifetimes[c.target][0]
        and c.source not in graph.outputs
    ]
    placement = place(buffers, covers, ALIGNMENT)
    placed = placement.offsets
    return MemoryPlan(
        arena_size=arena_size(buffers, placed, ALIGNMENT),
        lower_bound=placement.lower_bound,
        alignment=ALIGNMENT,
        buffers=tuple(buffers),
        buffer_offsets=placed,
        offsets={tensor: placed[number] for tensor, number in numbers.items()},
        scratch_offsets={step: placed[number] for step, number in scratch.items()},
        covers=tuple(c for c in covers if c.overlaps(buffers, placed)),
        reversed=frozenset(
            buffers[c.target].first_use for c in covers if not c.forward(buffers, placed)
        ),
        steps=tuple(
            Step(
                label=op.label,
                bytes_in=sum(graph.tensors[i].n_bytes for i in activations(graph, op)),
                bytes_out=sum(graph.tensors[i].n_bytes for i in op.outputs),
                bytes_scratch=align(kernel.scratch_bytes, ALIGNMENT),
                bytes_live=bytes_needed(buffers, covers, step, ALIGNMENT),
            )
            for step, (op, kernel) in enumerate(zip(graph.ops, kernels, strict=True))
        ),
    )


def activations(graph: Graph, op: Op) -> tuple[int, ...]:
    """The tensors in the arena that an operator reads, each once."""
    read = (i for i in op.inputs if i >= 0)
    elsewhere = {i for i in read if graph.tensors[i].is_constant or graph.tensors[i].is_variable}
    return tuple(dict.fromkeys(i for i in op.inputs if i >= 0 and i not in elsewhere))


def op_covers(graph: Graph, op: Op, kernel: KernelMemory) -> tuple[Cover, ...]:
    """The overlaps of an operator between tensors; the source may yet turn out to live on.

    An input that is read twice needs the rule, and the clearance, of both.
    """
    covers = []
    for source in activations(graph, op):
        positions = {k for k, i in enumerate(op.inputs) if i == source}
        for number, target in enumerate(op.outputs):
            rules = [o for o in kernel.overlaps if o.output == number and o.input in positions]
            if {rule.input for rule in rules} == positions:
                clearance = max(rule.clearance for rule in rules)
                reversible = all(rule.reversible for rule in rules)
                covers.append(Cover(source, target, clearance, reversible))
    if len(covers) > 1:
        covers = [Cover(c.source, c.target, c.clearance) for c in covers]
    return tuple(covers)


def _lifetimes(graph: Graph) -> dict[int, tuple[int, int]]:
    """First and last step of each tensor in the arena, in the order of their first use.

    Several operators may write one tensor.
    """
    end = max(len(graph.ops) - 1, 0)
    first = dict.fromkeys(graph.inputs, 0)
    last = dict(first)
    for step, op in enumerate(graph.ops):
        for i in (*activations(graph, op), *op.outputs):
            first.setdefault(i, step)
            last[i] = step
    last |= dict.fromkeys(graph.outputs, end)
    return {i: (step, last[i]) for i, step in first.items()}
