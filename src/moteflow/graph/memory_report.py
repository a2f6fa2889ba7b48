"""The memory plan for people (a picture of the arena over time) and for programs (JSON)."""

from typing import Any

from moteflow.graph.memory_plan import MemoryPlan

COLUMNS = 48


def plan_text(plan: MemoryPlan) -> str:
    """One line per layer: live bytes and, from left to right, which part of the arena is in use."""
    peak = plan.peak
    lines = [
        f"tensor arena {plan.arena_size} bytes, lower bound {plan.lower_bound}, "
        f"peak at {peak.label}"
    ]
    width = max((len(step.label) for step in plan.steps), default=0)
    for position, step in enumerate(plan.steps):
        marker = " <- peak" if step is peak else ""
        picture = _picture(plan, position)
        lines.append(f"{step.label:<{width}} {step.bytes_live:>8} |{picture}|{marker}")
    return "\n".join(lines) + "\n"


def plan_json(plan: MemoryPlan) -> dict[str, Any]:
    """The same as plain data: arena, buffers with offsets and lifetimes, layers."""
    return {
        "alignment": plan.alignment,
        "arena_size": plan.arena_size,
        "lower_bound": plan.lower_bound,
        "state_bytes": plan.state_bytes,
        "peak": plan.peak.label,
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


def _picture(plan: MemoryPlan, position: int) -> str:
    cells = [" "] * COLUMNS
    for buffer, offset in zip(plan.buffers, plan.buffer_offsets, strict=True):
        if buffer.first_use <= position <= buffer.last_use:
            first = offset * COLUMNS // plan.arena_size
            last = (offset + buffer.size - 1) * COLUMNS // plan.arena_size
            cells[first : last + 1] = "#" * (last + 1 - first)
    return "".join(cells)
