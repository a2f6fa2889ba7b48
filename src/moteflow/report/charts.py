"""Charts of a run as SVG text; the same input gives the same bytes."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from moteflow.report.drawing import BLUE, GREY, STYLE, svg_text

LONGEST_TICK = 16
COLUMN_INCHES = 0.75
SMALLEST_NAMED = 0.03


def _figure(width: float, height: float, columns: int = 1) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(1, columns, squeeze=False)[0]


def _tick(label: str) -> str:
    """A label short enough for an axis, its dollars not taken for mathematics."""
    short = label if len(label) <= LONGEST_TICK else label[: LONGEST_TICK - 1] + "…"
    return short.replace("$", r"\$")


def training_curves(history: Sequence[Mapping[str, float]]) -> str:
    """Loss and accuracy by epoch, training against validation."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _figure(9, 3, columns=2)
        epochs = [row["epoch"] for row in history]
        for axis, name in zip(axes, ("loss", "accuracy"), strict=True):
            axis.plot(epochs, [row[name] for row in history], color=GREY, label="training")
            axis.plot(
                epochs, [row[f"val_{name}"] for row in history], color=BLUE, label="validation"
            )
            axis.set(xlabel="epoch", ylabel=name)
            axis.legend(frameon=False)
        return svg_text(figure)


def confusion_matrices(
    matrices: Mapping[str, Sequence[tuple[str, str]]], labels: Sequence[str]
) -> str:
    """One matrix per name, from pairs (actual, predicted)."""
    with matplotlib.rc_context(STYLE):
        side = 2.4 + 0.32 * len(labels)
        figure, axes = _figure(side * len(matrices), side, columns=len(matrices))
        for axis, (name, pairs) in zip(axes, matrices.items(), strict=True):
            counts = np.zeros((len(labels), len(labels)), dtype=int)
            for actual, predicted in pairs:
                counts[labels.index(actual), labels.index(predicted)] += 1
            shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
            axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
            for (row, column), count in np.ndenumerate(counts):
                color = "white" if shares[row, column] > 0.5 else "black"
                axis.text(column, row, str(count), ha="center", va="center", color=color)
            shown = [_tick(label) for label in labels]
            axis.set_xticks(range(len(labels)), shown, rotation=90)
            axis.set_yticks(range(len(labels)), shown)
            axis.set(title=name, xlabel="predicted", ylabel="actual")
        return svg_text(figure)


def memory_plan(
    buffers: Sequence[Mapping[str, Any]], steps: Sequence[str], arena_size: int, lower_bound: int
) -> str:
    """The arena over time: one box per buffer, from its first to its last use.

    A box shows its buffer's name where there is room, and all about it under the pointer.
    """
    with matplotlib.rc_context(STYLE):
        figure, (axis,) = _figure(max(9, COLUMN_INCHES * len(steps)), 5)
        for index, buffer in enumerate(buffers):
            left, width = buffer["first_use"] - 0.5, buffer["last_use"] - buffer["first_use"] + 1
            axis.broken_barh(
                [(left, width)],
                (buffer["offset"], buffer["size"]),
                facecolor=matplotlib.colormaps["tab20"](index % 20),
                edgecolor="white",
                alpha=0.8,
                gid=f"buffer-{index}",
            )
            if buffer["size"] > SMALLEST_NAMED * arena_size:
                middle = buffer["offset"] + buffer["size"] / 2
                axis.text(left + 0.05, middle, _tail(buffer["name"]), size=6, va="center")
        axis.axhline(arena_size, color="black", linewidth=0.8)
        axis.axhline(lower_bound, color="black", linewidth=0.8, linestyle="dotted")
        axis.set_xticks(range(len(steps)), steps, rotation=90)
        axis.set(xlim=(-0.5, len(steps) - 0.5), ylim=(0, arena_size * 1.05), ylabel="arena, bytes")
        svg = svg_text(figure)
    for index, buffer in enumerate(buffers):
        group = f'<g id="buffer-{index}">'
        svg = svg.replace(group, f"{group}<title>{_about(buffer)}</title>")
    return svg


def _tail(name: str) -> str:
    """The end of a tensor's name, short enough for a box; of names joined by TFLite, the first."""
    first = name.split(";")[0]
    short = first if len(first) <= LONGEST_TICK else f"…{first[1 - LONGEST_TICK :]}"
    return short.replace("$", r"\$")


def _about(buffer: Mapping[str, Any]) -> str:
    end = buffer["offset"] + buffer["size"]
    return escape(f"{buffer['name']}: {buffer['size']} bytes, {buffer['offset']} to {end}")


def bars(values: Mapping[str, float], unit: str) -> str:
    """Horizontal bars, the first on top."""
    with matplotlib.rc_context(STYLE):
        figure, (axis,) = _figure(9, 0.8 + 0.24 * len(values))
        positions = range(len(values))
        drawn = axis.barh(positions, list(values.values()), color=BLUE)
        axis.bar_label(drawn, [f" {value:,.0f}" for value in values.values()])
        axis.set_yticks(positions, list(values))
        axis.invert_yaxis()
        axis.margins(x=0.15)
        axis.set_xlabel(unit)
        return svg_text(figure)
