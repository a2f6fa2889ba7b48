"""Places buffers with lifetimes in one arena: greedy first fit over several orders.

Every buffer takes the lowest aligned gap between those placed before it that live at the same
time. The order decides the result; the best of a few is improved by placing the topmost buffer
earlier (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020,
for greedy by size).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from moteflow.errors import GraphError


@dataclass(frozen=True)
class Buffer:
    """`size` bytes in use from step `first_use` to step `last_use`, both included."""

    name: str
    size: int
    first_use: int
    last_use: int

    def lives_with(self, other: "Buffer") -> bool:
        return self.first_use <= other.last_use and other.first_use <= self.last_use


def align(size: int, alignment: int) -> int:
    """`size` rounded up to a multiple of `alignment`."""
    return -(-size // alignment) * alignment


def lower_bound(buffers: Sequence[Buffer], alignment: int) -> int:
    """Bytes that live at once at the worst step: no plan can be smaller."""
    return max((sum_live(buffers, b.first_use, alignment) for b in buffers), default=0)


def sum_live(buffers: Sequence[Buffer], step: int, alignment: int) -> int:
    """Aligned bytes in use at `step`."""
    return sum(align(b.size, alignment) for b in buffers if b.first_use <= step <= b.last_use)


def place(buffers: Sequence[Buffer], alignment: int) -> tuple[int, ...]:
    """The offset of each buffer; buffers that live at the same time do not overlap.

    Equal candidates are taken in the order given, so the result is a function of the input.
    """
    bound = lower_bound(buffers, alignment)
    best: tuple[int, ...] = ()
    best_size: int | None = None
    for key in ORDERS:
        order = sorted(range(len(buffers)), key=lambda i, key=key: key(buffers[i]))  # type: ignore[misc]
        for _ in buffers:
            offsets = _first_fit(buffers, order, alignment)
            size = arena_size(buffers, offsets, alignment)
            if best_size is None or size < best_size:
                best, best_size = offsets, size
            if size == bound:
                break
            _move_topmost_forward(buffers, offsets, order)
        if best_size == bound:
            break
    check_no_overlap(buffers, best, alignment)
    return best


def arena_size(buffers: Sequence[Buffer], offsets: Sequence[int], alignment: int) -> int:
    """Bytes from the arena's start to the end of its last buffer, aligned."""
    ends = (offset + b.size for b, offset in zip(buffers, offsets, strict=True))
    return align(max(ends, default=0), alignment)


def check_no_overlap(buffers: Sequence[Buffer], offsets: Sequence[int], alignment: int) -> None:
    """Raise GraphError unless all offsets are aligned and no two live buffers overlap."""
    for i, (first, at) in enumerate(zip(buffers, offsets, strict=True)):
        if at < 0 or at % alignment:
            raise GraphError(f"Offsets must be aligned to {alignment}. Received: {first} at {at}.")
        for second, other in zip(buffers[:i], offsets[:i], strict=True):
            disjoint = at + first.size <= other or other + second.size <= at
            if first.lives_with(second) and not disjoint:
                raise GraphError(
                    "Buffers that live together must not overlap. "
                    f"Received: {first} at {at} and {second} at {other}. This is a bug; report it."
                )


def _first_fit(buffers: Sequence[Buffer], order: Sequence[int], alignment: int) -> tuple[int, ...]:
    placed: list[tuple[int, int]] = []
    offsets = [0] * len(buffers)
    for i in order:
        at = 0
        for start, other in placed:
            if buffers[i].lives_with(buffers[other]):
                if at + buffers[i].size <= start:
                    break
                at = max(at, align(start + buffers[other].size, alignment))
        offsets[i] = at
        placed = sorted([*placed, (at, i)])
    return tuple(offsets)


def _move_topmost_forward(
    buffers: Sequence[Buffer], offsets: Sequence[int], order: list[int]
) -> None:
    topmost = max(order, key=lambda i: (offsets[i] + buffers[i].size, -i))
    order.remove(topmost)
    order.insert(0, topmost)


ORDERS: tuple[Callable[[Buffer], tuple[int, ...]], ...] = (
    lambda b: (-b.size, b.first_use),
    lambda b: (b.first_use, -b.size),
    lambda b: (-b.last_use, -b.size),
    lambda b: (b.first_use - b.last_use, -b.size),
)
