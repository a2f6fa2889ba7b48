"""Which buffers a graph needs, where each lies in the arena, and what that costs per layer."""

from collections.abc import Sequence
from dataclasses import dataclass

from moteflow.errors import ArenaError
from moteflow.graph.ir import Graph, Op
from moteflow.graph.memory_planner import (
    Buffer,
    align,
    arena_size,
    lower_bound,
    place,
    sum_live,
)

ALIGNMENT = 4


@dataclass(frozen=True)
class Overlap:
    """How an output may lie over an input that dies at its operator.

    `input` and `output` are positions in the operator's lists. The output may begin anywhere up
    to `clearance` bytes before the input does: offset(output) <= offset(input) - clearance. With a
    clearance of 0 it may begin where the input begins; a negative clearance lets it begin later.
    A `reversible` kernel can also run from the last element to the first, which mirrors the rule:
    end(output) >= end(input) + clearance.
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
    """One operator's share: bytes it reads, writes and needs as scratch, bytes live in all."""

    label: str
    bytes_in: int
    bytes_out: int
    bytes_scratch: int
    bytes_live: int


@dataclass(frozen=True)
class MemoryPlan:
    """The arena. `offsets` is by tensor number, `scratch_offsets` by position in `Graph.ops`."""

    arena_size: int
    lower_bound: int
    alignment: int
    buffers: tuple[Buffer, ...]
    buffer_offsets: tuple[int, ...]
    offsets: dict[int, int]
    scratch_offsets: dict[int, int]
    steps: tuple[Step, ...]

    @property
    def peak(self) -> Step:
        """The first step at which most bytes are live; a model without steps only has an input."""
        idle = Step("the input", 0, 0, 0, self.arena_size)
        return max(self.steps, key=lambda step: step.bytes_live, default=idle)


def plan_memory(
    graph: Graph, kernels: Sequence[KernelMemory], arena_limit: int | None = None
) -> MemoryPlan:
    """Place every activation and scratch buffer of the graph; `kernels` is parallel to its ops.

    Inputs live from the start, outputs to the end. Raises ArenaError, naming the layer that peaks,
    when the arena would exceed `arena_limit` bytes.
    """
    owners, buffers = _activations(graph, kernels)
    scratch = {i: len(buffers) + n for n, i in enumerate(_with_scratch(kernels))}
    buffers += [
        Buffer(f"scratch of {graph.ops[i].label}", kernels[i].scratch_bytes, i, i) for i in scratch
    ]
    placed = place(buffers, ALIGNMENT)
    plan = MemoryPlan(
        arena_size=arena_size(buffers, placed, ALIGNMENT),
        lower_bound=lower_bound(buffers, ALIGNMENT),
        alignment=ALIGNMENT,
        buffers=tuple(buffers),
        buffer_offsets=placed,
        offsets={tensor: placed[owner] for tensor, owner in owners.items()},
        scratch_offsets={i: placed[buffer] for i, buffer in scratch.items()},
        steps=tuple(_step(graph, kernels, i, buffers) for i in range(len(graph.ops))),
    )
    if arena_limit is not None and plan.arena_size > arena_limit:
        peak = plan.peak
        raise ArenaError(
            f"The tensor arena must fit {arena_limit} bytes. Received: {plan.arena_size} bytes; "
            f"the peak is {peak.label} with {peak.bytes_in} bytes in, {peak.bytes_out} out and "
            f"{peak.bytes_scratch} scratch. Shrink that layer, or choose a target with more RAM."
        )
    return plan


def _activations(
    graph: Graph, kernels: Sequence[KernelMemory]
) -> tuple[dict[int, int], list[Buffer]]:
    """Buffers, and the buffer of each tensor; tensors computed in place share one."""
    end = max(len(graph.ops) - 1, 0)
    last_use = {i: end for i in graph.outputs}
    for step, op in enumerate(graph.ops):
        for i in (*op.inputs, *op.outputs):
            last_use[i] = max(last_use.get(i, 0), step)
    owners: dict[int, int] = {}
    buffers: list[Buffer] = []
    for i in graph.inputs:
        owners[i] = len(buffers)
        buffers.append(_buffer(graph, i, 0, last_use.get(i, 0)))
    for step, op in enumerate(graph.ops):
        for i in op.outputs:
            shared = _dying_input(graph, op, kernels[step], i, step, last_use)
            if shared is None:
                owners[i] = len(buffers)
                buffers.append(_buffer(graph, i, step, last_use[i]))
            else:
                owner = owners[i] = owners[shared]
                first_use = buffers[owner].first_use
                buffers[owner] = _buffer(graph, i, first_use, last_use[i])
    return owners, buffers


def _buffer(graph: Graph, tensor: int, first_use: int, last_use: int) -> Buffer:
    return Buffer(graph.tensors[tensor].name, graph.tensors[tensor].n_bytes, first_use, last_use)


def _dying_input(
    graph: Graph,
    op: Op,
    kernel: KernelMemory,
    output: int,
    step: int,
    last_use: dict[int, int],
) -> int | None:
    """An input of the output's size that nobody reads after this step."""
    size = graph.tensors[output].n_bytes
    for i in (op.inputs[overlap.input] for overlap in kernel.overlaps if overlap.clearance == 0):
        tensor = graph.tensors[i]
        movable = not tensor.is_constant and not tensor.is_variable
        if movable and last_use[i] == step and tensor.n_bytes == size:
            return i
    return None


def _with_scratch(kernels: Sequence[KernelMemory]) -> list[int]:
    return [i for i, kernel in enumerate(kernels) if kernel.scratch_bytes]


def _step(
    graph: Graph, kernels: Sequence[KernelMemory], position: int, buffers: list[Buffer]
) -> Step:
    op = graph.ops[position]
    read = {i for i in op.inputs if i >= 0 and not graph.tensors[i].is_constant}
    return Step(
        label=op.label,
        bytes_in=sum(graph.tensors[i].n_bytes for i in read),
        bytes_out=sum(graph.tensors[i].n_bytes for i in op.outputs),
        bytes_scratch=align(kernels[position].scratch_bytes, ALIGNMENT),
        bytes_live=sum_live(buffers, position, ALIGNMENT),
    )
