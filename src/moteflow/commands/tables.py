"""Figures in tables."""

from typing import Any

from rich.table import Table

WIDTH = 160
"""Columns of a table that is not printed to a terminal."""


def align(table: Table) -> None:
    """Numbers to the right, all but the first column."""
    for column in table.columns[1:]:
        column.justify = "right"


def cell(value: Any) -> str:
    """A number for people."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}"
