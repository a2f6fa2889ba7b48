"""The page: what was measured, its budgets, and charts of what can be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from moteflow.report import charts, explorer_chart
from moteflow.report.explorer import Explorer
from moteflow.report.html import render_template
from moteflow.summary import Budget

LARGEST_SYMBOLS = 15


@dataclass(frozen=True)
class Page:
    """Everything the page shows, as the stages reported it.

    history     rows of reports/plots/history.csv, as numbers
    confusions  pairs (actual, predicted) by name: float, int8, device
    memory, build, verify  the reports of these stages
    explorer    training clips as points
    """

    summary: Mapping[str, Any]
    budgets: Sequence[Budget]
    labels: Sequence[str]
    history: Sequence[Mapping[str, float]]
    confusions: Mapping[str, Sequence[tuple[str, str]]]
    memory: Mapping[str, Any]
    build: Mapping[str, Any]
    verify: Mapping[str, Any]
    explorer: Explorer


def render(page: Page) -> str:
    """The page as one self-contained HTML file; labels are escaped."""
    return render_template(
        "report",
        page=page,
        charts={title: Markup(svg) for title, svg in _charts(page).items()},
        colors=explorer_chart.legend(page.labels),
        scatters=explorer_chart.scatters(page.explorer, page.labels),
        side=explorer_chart.SIDE,
    )


def _charts(page: Page) -> dict[str, str]:
    memory = page.memory
    steps = [layer["label"] for layer in memory["layers"]]
    symbols = page.build["symbols"]
    flash = {name: size["flash_bytes"] for name, size in symbols.items() if size["flash_bytes"]}
    drawn = {
        "Training": charts.training_curves(page.history),
        "Confusion on the test subset": charts.confusion_matrices(page.confusions, page.labels),
        "Tensor arena over time": charts.memory_plan(
            memory["buffers"], steps, memory["arena_size"], memory["lower_bound"]
        ),
    }
    if flash:
        largest = sorted(flash.items(), key=lambda item: -item[1])[:LARGEST_SYMBOLS]
        drawn["Flash by symbol"] = charts.bars(dict(largest), "bytes")
    if page.verify["layers"]:
        drawn["Instructions by layer"] = charts.bars(page.verify["layers"], "instructions")
    return drawn
