"""Build and verify the generated model on every target: one table, one JSON file.

    python benchmarks/targets.py [--limit CLIPS] [--json FILE] [TARGET ...]

Needs what `dvc repro quantize` left in the workspace; the C is generated for each target in a copy
of firmware/. A target whose memory is too small for the model is listed with the reason.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from moteflow import dsp
from moteflow.codegen import find_architecture, generate
from moteflow.data import load_labels, load_subset
from moteflow.errors import FirmwareError
from moteflow.firmware import Images, Vectors, build, measure, verify
from moteflow.firmware.toolchain import load_boards
from moteflow.params import load_params
from moteflow.stages.generate import DATASET, TFLITE

FIRMWARE = Path("firmware")
COLUMNS = (
    "target",
    "cpu",
    "clips",
    "mismatches",
    "flash_bytes",
    "ram_bytes",
    "stack_bytes",
    "instructions_per_inference",
    "instructions_per_window",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="default: all")
    parser.add_argument("--limit", type=int, help="clips per target (default: the test subset)")
    parser.add_argument("--json", type=Path, default=Path("build/benchmarks/targets.json"))
    options = parser.parse_args()
    vectors = load_vectors()[: options.limit]
    rows = [run(target, vectors) for target in options.targets or load_boards()]
    show(rows)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(rows, indent=2) + "\n")
    if any(row.get("mismatches") for row in rows):
        sys.exit("Some target did not return the host's bytes.")


def load_vectors() -> Vectors:
    test = load_subset(DATASET, "test")
    return Vectors(
        samples=test.samples,
        features=dsp.device_values(np.load("data/features/test.npy"), load_params().features),
        inputs=np.load("data/vectors/inputs.npy"),
        logits=np.load("data/vectors/logits.npy"),
        targets=test.targets,
    )


def run(target: str, vectors: Vectors) -> dict[str, Any]:
    """Measure one target."""
    board = load_boards()[target]
    row: dict[str, Any] = {"target": target, "cpu": board.cpu}
    params = load_params()
    with tempfile.TemporaryDirectory() as folder:
        firmware, images = Path(folder) / "firmware", Path(folder) / "images"
        shutil.copytree(FIRMWARE, firmware, ignore=shutil.ignore_patterns(".pio"))
        generate(
            TFLITE.read_bytes(),
            params.model_name,
            params.task.application(params.features, load_labels(DATASET)),
            find_architecture(board.cpu),
            None,
            firmware / "lib" / "model",
            rounding=params.quantize.rounding,
        )
        try:
            built = build(target, firmware, images)
        except FirmwareError as error:
            return row | {"refused": str(error)}
        if "hex" in built:
            row |= measure(built["elf"]).metrics()
        report = verify(Images.of(images), target, firmware, vectors, n_serial=1, n_counted=8)
    return {name: value for name, value in (row | report.metrics()).items() if name in COLUMNS}


def show(rows: list[dict[str, Any]]) -> None:
    table = Table(*COLUMNS)
    for row in rows:
        if "refused" in row:
            table.add_row(row["target"], row["cpu"], row["refused"])
        else:
            table.add_row(*(format_cell(row.get(column)) for column in COLUMNS))
    Console(width=160).print(table)


def format_cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    main()
