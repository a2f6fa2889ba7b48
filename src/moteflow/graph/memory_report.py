"""The memory plan for people (a picture of the arena over time) and for programs (JSON)."""

from typing import Any

from moteflow.graph.memory_plan import MemoryPlan
from moteflow.graph.memory_rules import Cover

COLUMNS = 48


def plan_text(plan: MemoryPlan) -> str:
    """One line per layer: the bytes it needs and, from left to right, what is in use.

    `=` marks bytes that an output takes over from an input while the layer runs.
    """
    peak = plan.peak
    lines = [
        f"tensor arena {plan.arena_size} bytes, {plan.percent_above_bound:.1f} % above the "
        f"lower bound of {plan.lower_bound}, peak at {peak.label}"
    ]
    width = max((len(step.label) for step in plan.steps), default=0)
    for position, step in enumerate(plan.steps):
        remarks = " runs backward" if position in plan.reversed else ""
        remarks += " <- peak" if step is peak else ""
        picture = _picture(plan, position)
        lines.append(f"{step.label:<{width}} {step.bytes_live:>8} |{picture}|{remarks}")
    return "\n".join(lines) + "\n"


def plan_json(plan: MemoryPlan) -> dict[str, Any]:
    """The same as plain data: arena, buffers with offsets and lifetimes, overlaps, layers.

    An overlap's `distance` is what the plan gives to the `clearance` that the kernel asks for.
    """
    return {
        "alignment": plan.alignment,
        "arena_size": plan.arena_size,
        "lower_bound": plan.lower_bound,
        "percent_above_bound": round(plan.percent_above_bound, 2),
        "peak": plan.peak.label,
        "reversed": [plan.steps[position].label for position in sorted(plan.reversed)],
        "buffers": [
            {
                "name": buffer.name,
                "offset": offset,
                "size": buffer.size,
                "first_use": buffer.first_use,
                "last_use": buffer.last_use,
            }
            for buffer, offset in zip(plan.buffers, plan.buffer_offsets, strict=True)
        ],
        "overlaps": [
            {
                "layer": plan.steps[plan.buffers[cover.target].first_use].label,
                "input": plan.buffers[cover.source].name,
                "output": plan.buffers[cover.target].name,
                "clearance": cover.clearance,
                "distance": _distance(plan, cover),
            }
            for cover in plan.covers
        ],
        "layers": [
            {
                "label": step.label,
                "bytes_in": step.bytes_in,
                "bytes_out": step.bytes_out,
                "bytes_scratch": step.bytes_scratch,
                "bytes_live": step.bytes_live,
            }
            for step in plan.steps
        ],
    }


def _distance(plan: MemoryPlan, cover: Cover) -> int:
    """How far the output keeps before the input; behind it where the kernel runs backward."""
    source, target = plan.buffer_offsets[cover.source], plan.buffer_offsets[cover.target]
    if plan.buffers[cover.target].first_use in plan.reversed:
        return target + plan.buffers[cover.target].size - source - plan.buffers[cover.source].size
    return source - target


def _picture(plan: MemoryPlan, position: int) -> str:
    cells = [" "] * COLUMNS
    spans = [
        (offset, offset + buffer.size)
        for buffer, offset in zip(plan.buffers, plan.buffer_offsets, strict=True)
    ]
    for buffer, span in zip(plan.buffers, spans, strict=True):
        if buffer.first_use <= position <= buffer.last_use:
            _paint(cells, span, plan.arena_size, "#")
    for cover in plan.covers:
        if plan.buffers[cover.target].first_use == position:
            (a, b), (c, d) = spans[cover.source], spans[cover.target]
            _paint(cells, (max(a, c), min(b, d)), plan.arena_size, "=")
    return "".join(cells)


def _paint(cells: list[str], span: tuple[int, int], arena_size: int, mark: str) -> None:
    """Mark the cells that the bytes from span[0] up to span[1] touch."""
    if span[0] < span[1]:
        first, last = span[0] * COLUMNS // arena_size, (span[1] - 1) * COLUMNS // arena_size
        cells[first : last + 1] = mark * (last + 1 - first)
