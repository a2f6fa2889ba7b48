"""`moteflow stream`: a long recording through host and device, event by event."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from moteflow.codegen import ApplicationConfig, default_name, read_model
from moteflow.commands.tables import WIDTH, align, cell
from moteflow.data.signals import read_signal
from moteflow.data.truth import Occurrence, Score, read_truth, score
from moteflow.dsp import Event
from moteflow.files import write_json
from moteflow.firmware.application_image import build_application
from moteflow.firmware.streaming import StreamReport, compare_streams, simulate, stream
from moteflow.firmware.toolchain import PACKAGED_FIRMWARE, board_for
from moteflow.firmware.transcript import Samples
from moteflow.graph import Rounding

TOLERANCE_SECONDS = 1.0
"""How long after the end of a word its event may come."""


def run(
    model: Path,
    recording: Path,
    application: ApplicationConfig,
    target: str,
    rounding: Rounding,
    columns: Sequence[str],
    truth: Path | None,
    json: Path | None,
) -> int:
    """Print what both heard, and how well; 1 if they differ."""
    samples = read_signal(recording, application.features, columns)
    report = stream_model(read_model(model), model, application, samples, target, rounding)
    console = Console(width=None if Console().is_terminal else WIDTH)
    show_events(console, report, application)
    show_report(console, report)
    result = report.json() | {"model": model.name, "labels": list(application.labels)}
    if truth is not None:
        found = score_events(report.device.events, read_truth(truth), application, len(samples))
        show_score(console, found)
        result |= {"truth": vars(found) | {"false_alarms_per_hour": found.false_alarms_per_hour}}
    if json is not None:
        write_json(json, result)
    return int(not report.equal)


def stream_model(
    tflite: bytes,
    model: Path,
    application: ApplicationConfig,
    samples: Samples,
    target: str,
    rounding: Rounding,
) -> StreamReport:
    """Build the firmware around a model for `target`, and stream through it and the host."""
    board = board_for(target, PACKAGED_FIRMWARE)
    with tempfile.TemporaryDirectory(prefix="moteflow-") as folder, Progress(transient=True) as bar:
        task = bar.add_task("host", total=None)
        host = simulate(tflite, application, samples, rounding)
        bar.update(task, description=f"building for {board.target}")
        images = build_application(
            tflite,
            default_name(model),
            application,
            board,
            rounding,
            PACKAGED_FIRMWARE,
            Path(folder),
        )
        bar.update(task, description=board.target, total=len(host.outputs))
        device, work = stream(
            board,
            images.files,
            application,
            samples,
            PACKAGED_FIRMWARE,
            lambda windows: bar.advance(task, windows),
        )
    return compare_streams(target, len(samples) / application.sample_rate, host, device, work)


def score_events(
    events: Sequence[Event],
    truth: Sequence[Occurrence],
    application: ApplicationConfig,
    n_samples: int,
) -> Score:
    """Match events with a truth list, of which background labels do not count."""
    labels = application.labels
    rate = application.sample_rate
    return score(
        [(event.sample, labels[event.label]) for event in events],
        truth,
        {label for label in labels if label not in application.background_labels},
        round(TOLERANCE_SECONDS * rate),
        n_samples / rate / 3600,
    )


def show_events(console: Console, report: StreamReport, application: ApplicationConfig) -> None:
    """A row per event, with the mean score (0 to 255) on both sides."""
    host, device = (
        {(event.sample, event.label): event.score for event in side.events}
        for side in (report.host, report.device)
    )
    table = Table("label", "at second", "host", report.target, title="events")
    for sample, label in sorted(host.keys() | device.keys()):
        table.add_row(
            application.labels[label],
            cell(sample / application.sample_rate),
            cell(host.get((sample, label))),
            cell(device.get((sample, label))),
        )
    align(table)
    console.print(table)


def show_report(console: Console, report: StreamReport) -> None:
    """Whether both agree, and what it costs the device."""
    table = Table(
        "target", "seconds", "windows", "differing bytes", "same events",
        "features/s", "inference/s", "instructions/s", "stack",
    )  # fmt: skip
    work = report.work
    table.add_row(
        report.target,
        cell(report.seconds),
        cell(len(report.host.outputs)),
        cell(report.mismatches),
        "yes" if report.equal else "NO",
        cell(work and work.features),
        cell(work and work.inference),
        cell(work and work.total),
        cell(work and work.stack_bytes),
    )
    align(table)
    console.print(table)


def show_score(console: Console, found: Score) -> None:
    """Events against the truth list."""
    table = Table("hits", "misses", "false alarms", "per hour")
    table.add_row(
        cell(found.hits),
        cell(found.misses),
        cell(found.false_alarms),
        cell(found.false_alarms_per_hour),
    )
    console.print(table)
