"""Stream ten minutes of real words in real noise through host and board: table, JSON file.

    python benchmarks/streaming.py [--data FOLDER] [--target CPU] [--minutes N] [--noise-db DB]
                                   [--snr DB ...] [--json FILE] [NAME ...]

One recording per model and signal-to-noise ratio: clips of Speech Commands' test set, and words
spoken by espeak-ng for the wake words, in the dataset's background noise. Keyword models hear the
words they know and as many others; wake-word models hear their word and every other clip. `ds_cnn`
is the pipeline's own model and needs what `dvc repro quantize` left in the workspace. Ends with
status 1 if host and board differ anywhere.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from rich.console import Console
from rich.table import Table

from moteflow.codegen import ApplicationConfig
from moteflow.commands.stream import score_events, stream_model
from moteflow.commands.tables import WIDTH, align, cell
from moteflow.composition import compose_application
from moteflow.data import UNKNOWN, load_labels
from moteflow.data.audio import decode
from moteflow.data.background import load_background
from moteflow.data.dataset import Samples
from moteflow.data.espeak import SAMPLE_RATE, Utterance, speak
from moteflow.data.long_recording import Scene, compose_recording
from moteflow.files import write_json
from moteflow.graph import Rounding
from moteflow.params import load_params
from moteflow.stages.generate import DATASET, TFLITE

DATA = Path("../shared/data")
CLIPS = "audio/speech_commands_v0.02_testset"
RATE = 16000
PAUSE = (RATE // 2, 3 * RATE)
SEED = 4
VOICES = (
    "sandro", "robert", "mike2", "m8", "iven4", "edward2", "benjamin", "belinda", "adam", "caleb",
)  # fmt: skip
WAKE_WORD = ("task=wake_word", "features=microfrontend", "features.hop_length=160")
COLUMNS = (
    "model", "SNR dB", "words", "hits", "misses", "false alarms", "per hour", "windows", "equal",
    "features/s", "inference/s", "instructions/s",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A model, the application around it, and what is said to it."""

    name: str
    model: Path
    application: ApplicationConfig
    words: list[tuple[str, Samples]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--target", default="cortex-m4f")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--noise-db", type=float, default=-45.0)
    parser.add_argument("--snr", type=float, nargs="+", default=[20.0, 10.0, 5.0])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    noise = np.concatenate(load_background(options.data / "audio/background_noise", RATE)[0])
    rows = [
        measure(case, noise, snr, options)
        for case in cases(options.data)
        for snr in options.snr
        if not options.names or case.name in options.names
    ]
    show(rows)
    if options.json is not None:
        write_json(options.json, rows)
    if not all(row["equal"] for row in rows):
        sys.exit("Host and board did not hear the same.")


def cases(data: Path) -> list[Case]:
    """All models there are."""
    conf, models = Path("conf").resolve(), data / "models"
    known = {word: clips(data, word) for word in ("yes", "no")}
    others = [(UNKNOWN, clip) for _, clip in clips(data, UNKNOWN)]
    commands = [*known["yes"], *known["no"], *others]
    micro_speech = compose_application(
        conf, ("_silence_", UNKNOWN, "yes", "no"), ["task=micro_speech", "features=microfrontend"]
    )
    found = [
        Case("micro_speech", models / "tflm/micro_speech_quantized.tflite", micro_speech, commands)
    ]
    for name, threshold in (("alexa", 0.9), ("hey_jarvis", 0.97)):
        overrides = [*WAKE_WORD, f"task.smoothing_threshold={threshold}"]
        found.append(
            Case(
                name,
                models / f"microwakeword/v2/{name}.tflite",
                compose_application(conf, (name,), overrides),
                [*spoken(name), *commands],
            )
        )
    if TFLITE.exists():
        params = load_params()
        application = params.task.application(params.features, load_labels(DATASET))
        found.append(Case("ds_cnn", TFLITE, application, commands))
    return found


def clips(data: Path, label: str) -> list[tuple[str, Samples]]:
    """Every clip of a word in the test set."""
    return [(label, decode(path, RATE)) for path in sorted((data / CLIPS / label).glob("*.wav"))]


def spoken(name: str) -> list[tuple[str, Samples]]:
    """A wake word by several voices at two speeds, eight times as often as one clip."""
    text = name.replace("_", " ")
    utterances = [Utterance(text, f"en-us+{voice}", s, 50) for voice in VOICES for s in (140, 160)]
    return [
        (name, np.rint(soxr.resample(clip.astype(np.float32), SAMPLE_RATE, RATE)).astype(np.int16))
        for clip in speak(utterances)
    ] * 8


def measure(
    case: Case, noise: Samples, snr_db: float, options: argparse.Namespace
) -> dict[str, Any]:
    """Compose a recording, stream it, and match the board's events with what was said."""
    scene = Scene(options.noise_db, (snr_db, snr_db), PAUSE)
    n_samples = round(options.minutes * 60 * RATE)
    samples, truth = compose_recording(case.words, noise, n_samples, scene, SEED)
    report = stream_model(
        case.model.read_bytes(),
        case.model,
        case.application,
        samples,
        options.target,
        Rounding.DOUBLE,
    )
    found = score_events(report.device.events, truth, case.application, n_samples)
    work = report.work
    return {
        "model": case.name,
        "snr_db": snr_db,
        "minutes": options.minutes,
        "noise_db": options.noise_db,
        "target": options.target,
        "words": len(truth),
        "hits": found.hits,
        "misses": found.misses,
        "false_alarms": found.false_alarms,
        "false_alarms_per_hour": found.false_alarms_per_hour,
        "windows": len(report.host.outputs),
        "mismatches": report.mismatches,
        "equal": report.equal,
        "instructions_per_second": report.json()["instructions_per_second"],
        "stack_bytes": work and work.stack_bytes,
    }


def show(rows: Sequence[dict[str, Any]]) -> None:
    table = Table(*COLUMNS)
    for row in rows:
        executed = row["instructions_per_second"] or {}
        names = ("words", "hits", "misses", "false_alarms", "false_alarms_per_hour", "windows")
        table.add_row(
            row["model"],
            f"{row['snr_db']:g}",
            *(cell(row[name]) for name in names),
            "yes" if row["equal"] else f"NO: {row['mismatches']} bytes",
            *(cell(executed.get(name)) for name in ("features", "inference", "total")),
        )
    align(table)
    Console(width=WIDTH).print(table)


if __name__ == "__main__":
    main()
