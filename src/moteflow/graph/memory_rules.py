"""The arena's rules: which buffers must lie apart, which may overlap, how small no plan can be."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True)
class Cover:
    """Buffer `target`, an operator's output, may lie over `source`, an input that dies there.

    Run forward, the kernel needs offset(target) <= offset(source) - clearance. A `reversible` one
    may run backward instead: end(target) >= end(source) + clearance. Bytes, clearance of any sign.
    """

    source: int
    target: int
    clearance: int
    reversible: bool = False

    def overlaps(self, buffers: Sequence[Buffer], offsets: Sequence[int]) -> bool:
        """Whether the two share a byte."""
        return not _disjoint(buffers, offsets, self.source, self.target)

    def forward(self, buffers: Sequence[Buffer], offsets: Sequence[int]) -> bool:
        """Whether the kernel may run from the first element to the last."""
        starts_early = offsets[self.target] <= offsets[self.source] - self.clearance
        return starts_early or not self.overlaps(buffers, offsets)

    def backward(self, buffers: Sequence[Buffer], offsets: Sequence[int]) -> bool:
        """Whether the kernel may run from the last element to the first."""
        end = offsets[self.target] + buffers[self.target].size
        floor = offsets[self.source] + buffers[self.source].size + self.clearance
        return self.reversible and end >= floor


def align(size: int, alignment: int) -> int:
    """`size` rounded up to a multiple of `alignment`."""
    return -(-size // alignment) * alignment


def forbidden(cover: Cover, sizes: Mapping[int, int], alignment: int) -> tuple[int, int]:
    """(low, high): low < offset(target) - offset(source) < high breaks the cover's rule.

    Both are multiples of `alignment`, as offsets are; low >= high when no distance is forbidden.
    """
    source, target = sizes[cover.source], sizes[cover.target]
    low = max(-align(target, alignment), -align(cover.clearance, alignment))
    high = align(source, alignment)
    if cover.reversible:
        high = min(high, align(source + cover.clearance - target, alignment))
    return low, high


def most_saved(covers: Sequence[Cover], sizes: Mapping[int, int], alignment: int) -> int:
    """Aligned bytes that one step's covers can save at most; `sizes` is by buffer.

    A pair saves its intersection: the sum of the two sizes minus the extent of both together.
    The extent of buffers of a and b bytes at distance d is max(a, b + d) - min(0, d), smallest for
    d between 0 and a - b and growing by one byte per byte on either side: so the best distance is
    in that range, or the nearest one allowed. Sources lie apart, and so do targets: what a buffer
    shares with all others is at most its size.
    """
    by_source: dict[int, int] = defaultdict(int)
    by_target: dict[int, int] = defaultdict(int)
    for cover in covers:
        a, b = (align(sizes[i], alignment) for i in (cover.source, cover.target))
        low, high = forbidden(cover, sizes, alignment)
        below, above = min(low, max(0, a - b)), max(high, min(0, a - b))
        extent = min(max(a, b + d) - min(0, d) for d in (below, above))
        by_source[cover.source] += a + b - extent
        by_target[cover.target] += a + b - extent
    return min(
        sum(min(saved, align(sizes[i], alignment)) for i, saved in shares.items())
        for shares in (by_source, by_target)
    )


def bytes_needed(
    buffers: Sequence[Buffer], covers: Sequence[Cover], step: int, alignment: int
) -> int:
    """What any plan needs at `step`: aligned bytes live minus what its covers save at most.

    Live buffers occupy their union. Only a cover's two buffers intersect, and no three do (two of
    them would be sources, or targets, of one step), so the union is the sum of the sizes minus the
    pairs' intersections, which `most_saved` limits.
    """
    sizes = {i: b.size for i, b in enumerate(buffers) if b.first_use <= step <= b.last_use}
    active = [c for c in covers if buffers[c.target].first_use == step]
    live = sum(align(size, alignment) for size in sizes.values())
    return live - most_saved(active, sizes, alignment)


def lower_bound(buffers: Sequence[Buffer], covers: Sequence[Cover], alignment: int) -> int:
    """What the worst step needs (see `bytes_needed`): no plan can be smaller."""
    steps = sorted({b.first_use for b in buffers})
    return max((bytes_needed(buffers, covers, step, alignment) for step in steps), default=0)


def arena_size(buffers: Sequence[Buffer], offsets: Sequence[int], alignment: int) -> int:
    """Bytes from the arena's start to the end of its last buffer, aligned."""
    ends = (offset + b.size for b, offset in zip(buffers, offsets, strict=True))
    return align(max(ends, default=0), alignment)


def check_no_overlap(
    buffers: Sequence[Buffer], covers: Sequence[Cover], offsets: Sequence[int], alignment: int
) -> None:
    """Raise GraphError unless offsets are aligned and buffers overlap only as covers allow."""
    allowed = {frozenset((c.source, c.target)): c for c in covers}
    for i, (buffer, at) in enumerate(zip(buffers, offsets, strict=True)):
        if at < 0 or at % alignment:
            raise GraphError(f"Offsets must be aligned to {alignment}. Received: {buffer} at {at}.")
        for j in range(i):
            if not buffer.lives_with(buffers[j]) or _disjoint(buffers, offsets, i, j):
                continue
            cover = allowed.get(frozenset((i, j)))
            if cover and (cover.forward(buffers, offsets) or cover.backward(buffers, offsets)):
                continue
            raise GraphError(
                "Buffers that live together must not overlap. Received: "
                f"{buffer} at {at} and {buffers[j]} at {offsets[j]}. This is a bug; report it."
            )


def _disjoint(buffers: Sequence[Buffer], offsets: Sequence[int], i: int, j: int) -> bool:
    return offsets[i] + buffers[i].size <= offsets[j] or offsets[j] + buffers[j].size <= offsets[i]
