"""`moteflow features bench`: a feature block on a target as a table, and as JSON."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from moteflow.commands.tables import WIDTH, align, cell
from moteflow.data.signals import read_signal
from moteflow.dsp import FeatureConfig
from moteflow.errors import DatasetError
from moteflow.files import write_json
from moteflow.firmware.features_bench import (
    FeatureBench,
    bench_features,
    default_window,
    synthetic_windows,
)
from moteflow.firmware.toolchain import PACKAGED_FIRMWARE, board_for

SYNTHETIC_WINDOWS = 4


def run(
    config: FeatureConfig,
    target: str,
    inputs: Sequence[Path],
    columns: Sequence[str],
    window_samples: int | None,
    json: Path | None,
) -> int:
    """Measure the block; 1 if it differs from the host."""
    board = board_for(target, PACKAGED_FIRMWARE)
    window_samples = window_samples or default_window(config)
    if inputs:
        windows = read_windows(inputs, config, window_samples, columns)
    else:
        windows = synthetic_windows(config, SYNTHETIC_WINDOWS, window_samples)
    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(f"{config.block} on {board.target}", total=len(windows))
        report = bench_features(
            config,
            windows,
            board.target,
            PACKAGED_FIRMWARE,
            lambda fresh: shown.update(task, advance=fresh),
        )
    report = replace(report, target=target)
    if json is not None:
        write_json(json, [report.json()])
    show(Console(width=None if Console().is_terminal else WIDTH), [report], windows)
    return int(report.mismatches > 0)


def read_windows(
    inputs: Sequence[Path], config: FeatureConfig, window_samples: int, columns: Sequence[str]
) -> NDArray[Any]:
    """All whole windows of the files, side by side: [n, window_samples, n_axes].

    Raises DatasetError for a file that holds none.
    """
    windows = []
    for path in inputs:
        samples = read_signal(path, config, columns)
        n_windows = len(samples) // window_samples
        if n_windows == 0:
            raise DatasetError(
                f"An input must hold a window of {window_samples} samples. Received: {path} with "
                f"{len(samples)}. Choose a shorter --window or another file."
            )
        whole = samples[: n_windows * window_samples]
        windows.append(whole.reshape(n_windows, window_samples, config.n_axes))
    return np.concatenate(windows)


def show(console: Console, reports: Sequence[FeatureBench], windows: NDArray[Any]) -> None:
    """One row per block."""
    table = Table(
        "block", "target", "mismatches", "instructions", "per second", "cycles est.",
        "code", "tables", "scratch", "state", "stack", "frame",
        title=f"per window of {windows.shape[1]} samples, mean of {len(windows)}",
    )  # fmt: skip
    for report in reports:
        flash, ram = report.flash, report.ram
        table.add_row(
            report.block,
            report.target,
            *map(
                cell,
                (
                    report.mismatches,
                    report.instructions_per_window,
                    report.instructions_per_second,
                    report.cycles_estimate,
                    flash and flash.code,
                    flash and flash.tables,
                    ram and ram.scratch,
                    ram and ram.state,
                    ram and ram.stack,
                    ram and ram.frame,
                ),
            ),
        )
    align(table)
    console.print(table)
