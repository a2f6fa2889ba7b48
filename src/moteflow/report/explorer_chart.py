"""The feature explorer as dots for the page, where the pointer over a dot tells its clip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.colors import to_hex

from moteflow.report.explorer import Explorer, Points

SIDE, MARGIN = 440, 12
"""Of a chart, in its own units."""


@dataclass(frozen=True)
class Dot:
    """One clip: where it is, how it looks and what it says."""

    x: float
    y: float
    color: str
    wrong: bool
    about: str


@dataclass(frozen=True)
class Scatter:
    """One chart: the clips by label, those that the model mistakes on top."""

    title: str
    dots: Sequence[Dot]


def scatters(explorer: Explorer, labels: Sequence[str]) -> list[Scatter]:
    """PCA, and UMAP if there is one."""
    colors = legend(labels)
    first, second = explorer.variance
    title = f"PCA ({first:.0%} and {second:.0%} of variance)"
    charts = [Scatter(title, _dots(explorer, explorer.pca, colors))]
    if explorer.umap is not None:
        charts.append(Scatter("UMAP", _dots(explorer, explorer.umap, colors)))
    return charts


def legend(labels: Sequence[str]) -> dict[str, str]:
    """The color of each label."""
    palette = matplotlib.colormaps["tab10" if len(labels) <= 10 else "tab20"]
    return {label: to_hex(palette(i % palette.N)) for i, label in enumerate(labels)}


def _dots(explorer: Explorer, points: Points, colors: Mapping[str, str]) -> list[Dot]:
    low, high = points.min(axis=0), points.max(axis=0)
    places = (points - low) / np.where(high > low, high - low, 1)
    places = np.round(MARGIN + places * (SIDE - 2 * MARGIN), 1)
    dots = [
        Dot(
            x=float(x),
            y=float(SIDE - y),
            color=colors[actual],
            wrong=actual != predicted,
            about=f"{name}: {actual}, predicted {predicted}",
        )
        for (x, y), name, actual, predicted in zip(
            places, explorer.names, explorer.actual, explorer.predicted, strict=True
        )
    ]
    return sorted(dots, key=lambda dot: dot.wrong)
