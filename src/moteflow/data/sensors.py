"""One CSV file of sensor samples: a row per instant, a column per axis."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moteflow.errors import DatasetError

LIMITS = {"int16": (-(2**15), 2**15 - 1), "float32": (-(2**24), 2**24)}
"""What a sample may hold, by its type (see MOTE_SAMPLE_MAX_BITS in mote_features.h)."""


@dataclass(frozen=True)
class _Table:
    """The rows behind the header; `lines` are their numbers in the file, from 1."""

    path: Path
    header: tuple[str, ...] | None
    lines: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]

    def error(self, rule: str, line: int, column: int, received: str) -> DatasetError:
        name = f" ({self.header[column]})" if self.header else ""
        return DatasetError(
            f"{rule}. Received: {received!r} in {self.path}, row {line}, column {column + 1}{name}."
            " Correct the recording."
        )


def read_sensors(
    path: Path, n_axes: int, dtype: str, columns: Sequence[str] = ()
) -> NDArray[np.generic]:
    """The samples of a CSV file: [n, n_axes] of `dtype`, "int16" or "float32".

    Cells are separated by commas. The first row is a header if none of its cells is a number.
    `columns` names the axes in their order; without it the file has these columns and no others.
    Raises DatasetError, with row and column, if a cell is no finite number of the type, and if a
    row has more or fewer cells than the first.
    """
    table = _read(path)
    picked = _pick(table, n_axes, columns)
    values = np.array(
        [_numbers(table, i, picked) for i in range(len(table.rows))], np.float64
    ).reshape(-1, n_axes)
    _check(table, values, picked, dtype)
    return values.astype(dtype)


def _read(path: Path) -> _Table:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, skipinitialspace=True, strict=True)
            numbered = [
                (reader.line_num, tuple(cell.strip() for cell in cells)) for cells in reader
            ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(
            f"A sensor's recording must be a CSV file. Received: {path}: {error}. "
            "Export it as comma-separated text in UTF-8."
        ) from error
    while numbered and not numbered[-1][1]:
        numbered.pop()
    header = None
    if numbered and not any(map(_is_number, numbered[0][1])):
        header = numbered.pop(0)[1]
    if not numbered:
        raise DatasetError(
            f"A sensor's recording must hold samples. Received: {path} without a row of numbers. "
            "Record again or leave it out."
        )
    width = len(header or numbered[0][1])
    for line, row in numbered:
        if len(row) != width:
            raise DatasetError(
                f"Every row of a recording must have {width} columns, as the first has. "
                f"Received: {len(row)} in {path}, row {line}, column {min(len(row), width) + 1} on."
                " Correct the recording."
            )
    lines, rows = zip(*numbered, strict=True)
    return _Table(path, header, lines, rows)


def _pick(table: _Table, n_axes: int, columns: Sequence[str]) -> list[int]:
    """The positions of the axes' columns."""
    width = len(table.rows[0])
    if not columns:
        if width != n_axes:
            raise DatasetError(
                f"The block takes {n_axes} axes, a column each. Received: {width} columns in "
                f"{table.path}, row {table.lines[0]}. Name the axes' columns with --columns, or "
                "give the block another number of axes."
            )
        return list(range(width))
    header = table.header or ()
    wrong = [name for name in columns if header.count(name) != 1]
    if wrong or len(columns) != n_axes:
        raise DatasetError(
            f"--columns must name {n_axes} columns that the header has once. Received: "
            f"{', '.join(wrong or columns)}; row 1 of {table.path} has "
            f"{', '.join(header) or 'no header'}."
        )
    return [header.index(name) for name in columns]


def _numbers(table: _Table, position: int, picked: Sequence[int]) -> list[float]:
    row = table.rows[position]
    for column in picked:
        if not _is_number(row[column]):
            line = table.lines[position]
            raise table.error("A sample must be a number", line, column, row[column])
    return [float(row[column]) for column in picked]


def _check(table: _Table, values: NDArray[np.float64], picked: Sequence[int], dtype: str) -> None:
    low, high = LIMITS[dtype]
    allowed = (low <= values) & (values <= high)
    rule = f"A sample must be finite and from {low} to {high}"
    if dtype == "int16":
        allowed &= values == np.rint(values)
        rule = f"A sample of a block of int16 must be a whole number from {low} to {high}"
    for position, axis in np.argwhere(~allowed)[:1].tolist():
        column = picked[axis]
        raise table.error(rule, table.lines[position], column, table.rows[position][column])


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell
