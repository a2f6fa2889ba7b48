"""`moteflow bench`: models on a target as tables, and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from moteflow.codegen import Optimize, read_model
from moteflow.commands.tables import WIDTH, align, cell
from moteflow.files import write_csv, write_json
from moteflow.firmware.bench import Bench, bench
from moteflow.firmware.toolchain import PACKAGED_FIRMWARE, board_for

HISTOGRAM = ("model", "function", "mnemonic", "executed")


def run(
    models: Sequence[Path],
    target: str,
    n_samples: int,
    seed: int,
    inputs: Path | None,
    optimize: Optimize,
    json: Path | None,
    histogram: Path | None,
) -> int:
    """Measure every model; 1 if one differs from the reference."""
    board = board_for(target, PACKAGED_FIRMWARE)
    reports = []
    with Progress(transient=True) as shown:
        task = shown.add_task("")

        def advance(done: int, total: int) -> None:
            shown.update(task, advance=done, total=total)

        for model in models:
            shown.reset(task, description=f"{model.stem} on {board.target}", total=None)
            report = bench(
                str(model),
                read_model(model),
                board.target,
                n_samples,
                seed,
                inputs,
                optimize,
                PACKAGED_FIRMWARE,
                advance,
            )
            reports.append(replace(report, target=target))
    if json is not None:
        write_json(json, [report.json() for report in reports])
    if histogram is not None:
        write_csv(histogram, histogram_rows(reports), HISTOGRAM)
    console = Console(width=None if Console().is_terminal else WIDTH)
    for report in reports:
        show_layers(console, report)
    show_models(console, reports)
    return int(not all(report.bit_exact for report in reports))


def histogram_rows(reports: Sequence[Bench]) -> Iterator[dict[str, str | int]]:
    """What executed most often first, for each model's functions in the order of their names."""
    for report in reports:
        for function, counts in sorted(report.histograms.items()):
            for mnemonic, executed in counts.most_common():
                values = (report.model, function, mnemonic, executed)
                yield dict(zip(HISTOGRAM, values, strict=True))


def show_layers(console: Console, report: Bench) -> None:
    """One row per layer."""
    table = Table(
        "layer", "MACs", "instructions", "per MAC", "cycles est.", "weights", "code", "arena",
        title=f"{Path(report.model).stem} on {report.target}",
    )  # fmt: skip
    for layer in report.layers:
        flash = layer.flash
        table.add_row(
            layer.operator,
            cell(layer.macs),
            cell(layer.instructions),
            cell(layer.instructions_per_mac),
            cell(layer.cycles_estimate),
            cell(flash and flash.weights),
            cell(flash and flash.code),
            cell(layer.ram.arena),
        )
    align(table)
    console.print(table)


def show_models(console: Console, reports: Sequence[Bench]) -> None:
    """One row per model."""
    table = Table(
        "model", "bit exact", "instructions", "per MAC", "cycles est.",
        "flash", "weights", "code", "RAM", "arena", "static", "stack",
    )  # fmt: skip
    for report in reports:
        exact = "yes" if report.bit_exact else f"NO: {report.mismatches} bytes"
        table.add_row(
            Path(report.model).stem,
            exact,
            cell(report.instructions),
            cell(report.instructions_per_mac),
            cell(report.cycles_estimate),
            *map(cell, flash_cells(report)),
            *map(cell, ram_cells(report)),
        )
    align(table)
    console.print(table)


def flash_cells(report: Bench) -> tuple[int | None, ...]:
    flash = report.flash
    return (flash.total, flash.weights, flash.code) if flash else (None,) * 3


def ram_cells(report: Bench) -> tuple[int | None, ...]:
    ram = report.ram
    return (ram.total, ram.arena, ram.static, ram.stack) if ram else (None,) * 4
