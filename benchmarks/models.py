"""Measure every reference model and set the peers' figures beside ours: one table, one JSON file.

    python benchmarks/models.py [--models FOLDER] [--target CPU ...] [--json FILE] [NAME ...]

Whole models only: the folders of single layers are left out. The inputs are those of the golden
files. A model that is refused is listed with the reason. The peer is TensorFlow Lite Micro with
CMSIS-NN, measured with the same compiler (-O2), the same counting and a stripped build; its flash
is the model file and all code, its RAM the arena used. "Direct" are calls of CMSIS-NN without the
interpreter.
"""

import argparse
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from moteflow.commands.tables import align, cell
from moteflow.errors import MoteflowError
from moteflow.files import write_json
from moteflow.firmware.bench import bench
from moteflow.firmware.toolchain import FIRMWARE, board_for

MODELS = Path("../shared/data/models")
PARTS = ("layers", "seanet")
WIDTH = 210
TARGETS = ("cortex-m4f", "cortex-m55")


@dataclass(frozen=True)
class Peer:
    """The peer's figures for a model on a CPU; None was not measured. Bytes and counts."""

    instructions: int
    cycles_estimate: int | None = None
    flash: int | None = None
    arena: int | None = None
    direct_flash: int | None = None
    direct_ram: int | None = None


PEERS = {
    ("mlperf/kws_ref_model", "cortex-m4f"): Peer(
        7_699_185, 9_100_000, 110_192, 22_820, 47_804, 16_596
    ),
    ("mlperf/ad01_int8", "cortex-m4f"): Peer(582_847, 720_000, 307_516, 2_580, 277_156, 1_068),
    ("tflm/micro_speech_quantized", "cortex-m4f"): Peer(
        1_494_839, 2_000_000, 65_668, 6_836, 27_452, 6_548
    ),
    ("mlperf/kws_ref_model", "cortex-m55"): Peer(1_815_072),
    ("mlperf/ad01_int8", "cortex-m55"): Peer(149_904),
    ("tflm/micro_speech_quantized", "cortex-m55"): Peer(1_007_644),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="e.g. mlperf/kws_ref_model")
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--target", nargs="+", default=TARGETS, metavar="CPU")
    parser.add_argument("--json", type=Path, default=Path("build/benchmarks/models.json"))
    options = parser.parse_args()
    names = options.names or whole_models(options.models)
    rows = [
        run(options.models, name, cpu)
        for cpu in options.target
        for name in track(names, cpu, transient=True)
    ]
    console = Console(width=None if Console().is_terminal else WIDTH)
    for cpu in options.target:
        show(console, cpu, [row for row in rows if row["cpu"] == cpu])
    write_json(options.json, rows)
    if any(row["bench"] and not row["bench"]["bit_exact"] for row in rows):
        sys.exit("Some model did not return the reference's bytes.")


def whole_models(folder: Path) -> list[str]:
    """Names of the models, without those that are parts of others."""
    paths = (path.relative_to(folder) for path in sorted(folder.rglob("*.tflite")))
    return [path.with_suffix("").as_posix() for path in paths if not set(PARTS) & set(path.parts)]


def run(folder: Path, name: str, cpu: str) -> dict[str, Any]:
    """Measure one model: its bench, or why there is none, and the peer's figures."""
    peer = PEERS.get((name, cpu))
    row = {"model": name, "cpu": cpu, "peer": asdict(peer) if peer else None}
    golden = folder / f"{name}.golden.npz"
    try:
        measured = bench(
            name,
            (folder / f"{name}.tflite").read_bytes(),
            board_for(cpu, FIRMWARE).target,
            n_samples=8,
            inputs=golden if golden.exists() else None,
        )
    except MoteflowError as error:
        return row | {"bench": None, "refused": f"{type(error).__name__}: {error}"}
    return row | {"bench": measured.json(), "refused": None}


def show(console: Console, cpu: str, rows: list[dict[str, Any]]) -> None:
    """Ours, and after each figure the peer's where there is one."""
    table = Table(
        "model", "exact", "MACs", "instructions", "peer", "per MAC", "cycles est.", "peer",
        "flash", "code", "peer", "direct", "RAM", "arena", "peer", "direct",
        title=f"{cpu}: ours, and the peer's",
    )  # fmt: skip
    for row in rows:
        ours, peer = row["bench"], row["peer"] or dict.fromkeys(asdict(Peer(0)))
        if ours is not None:
            figures = (
                ours["macs"], ours["instructions"], peer["instructions"],
                ours["instructions_per_mac"], ours["cycles_estimate"], peer["cycles_estimate"],
                ours["flash"]["total"], ours["flash"]["code"], peer["flash"], peer["direct_flash"],
                ours["ram"]["total"], ours["ram"]["arena"], peer["arena"], peer["direct_ram"],
            )  # fmt: skip
            exact = "yes" if ours["bit_exact"] else "NO"
            table.add_row(row["model"], exact, *map(cell, figures))
    align(table)
    console.print(table)
    for row in rows:
        if row["refused"]:
            console.print(f"{row['model']}: {row['refused']}", highlight=False)


if __name__ == "__main__":
    main()
