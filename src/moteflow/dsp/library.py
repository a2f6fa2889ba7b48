"""firmware/lib/mote_dsp compiled for this machine: as it is on devices, and over lanes."""

import hashlib
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from moteflow.errors import ToolchainError
from moteflow.files import replacing

LIBRARY_FOLDER = Path(__file__).resolve().parents[3] / "firmware" / "lib" / "mote_dsp" / "src"
HOST_FOLDER = Path(__file__).parent
FLAGS = (
    "-std=c11",
    "-O3",
    "-ffp-contract=off",
    "-fPIC",
    "-shared",
    "-Wall",
    "-Wextra",
    "-Wconversion",
    "-Wdouble-promotion",
    "-Werror",
)
LANE_HEADER = '#include "mote_lane.h"'
"""What a source says that is written over mote_lane_t."""


@dataclass(frozen=True)
class Variant:
    """One way to compile the library."""

    sources: tuple[Path, ...]
    flags: tuple[str, ...]
    machine: str
    """What the binary depends on beyond sources and flags."""


@cache
def scalar() -> Variant:
    """All blocks, one stream at a time."""
    sources = (*sorted(LIBRARY_FOLDER.glob("*.c")), *sorted(HOST_FOLDER.glob("host_*.c")))
    return Variant(sources, FLAGS, platform.machine())


@cache
def lanes() -> Variant:
    """What is written over mote_lane_t, with as many lanes as this machine's vectors have."""
    sources = tuple(path for path in scalar().sources if LANE_HEADER in path.read_text())
    native = ("-march=native",) if platform.machine() in ("x86_64", "AMD64") else ()
    macros = _run([*native, "-dM", "-E", "-x", "c", os.devnull])
    n_lanes = 16 if "__AVX512F__" in macros else 8 if "__AVX__" in macros else 4
    flags = (*FLAGS, "-fno-math-errno", *native, f"-DMOTE_LANES={n_lanes}")
    return Variant(sources, flags, macros)


def build_library(folder: Path, variant: Variant) -> Path:
    """Compile the library into `folder` under a name made of all that it depends on.

    A library that is there already is kept. Processes that build at once do not disturb each
    other: each renames its own whole file into place. Raises ToolchainError if there is no C
    compiler or it refuses the sources.
    """
    digest = hashlib.sha256(" ".join((*variant.flags, variant.machine)).encode())
    for path in (*sorted(LIBRARY_FOLDER.glob("*.h")), *variant.sources):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    library = folder / f"mote_dsp-{digest.hexdigest()}.so"
    if not library.exists():
        with replacing(library) as temporary:
            sources = map(str, variant.sources)
            _run([*variant.flags, f"-I{LIBRARY_FOLDER}", *sources, "-o", str(temporary)])
    return library


def _run(arguments: list[str]) -> str:
    """What the C compiler prints."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise ToolchainError(
            "A C compiler must be installed to compute features on this machine. Received: neither"
            " cc nor gcc on PATH. Install one, on Debian with: apt-get install gcc libc6-dev"
        )
    result = subprocess.run([compiler, *arguments], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise ToolchainError(
            "The feature library must compile on this machine. Received from"
            f" {compiler} ({result.returncode}):\n{result.stderr}\n"
            "If a standard header is missing, on Debian: apt-get install gcc libc6-dev"
        )
    return result.stdout
