"""An image without PlatformIO: how it is compiled, linked and counted, whatever runs in it."""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moteflow.errors import FirmwareError
from moteflow.files import replacing
from moteflow.firmware.cycles import Counts, Listing, disassemble
from moteflow.firmware.emulator import QEMU, Counted, Counter, run_counted
from moteflow.firmware.profile import build_plugin, marker_addresses
from moteflow.firmware.toolchain import Board, require_compilers

WARNINGS = ("-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Werror")
_SHOWN = 2000


def compiler(board: Board) -> list[str]:
    """The compiler for a board with the flags that all of an image's sources share.

    Raises ToolchainError, which says how to install it, if it is missing.
    """
    require_compilers(board)
    return [
        "arm-none-eabi-gcc" if board.machine else "gcc",
        *board.machine_flags,
        *("-std=c11", "-g", "-ffunction-sections", "-fdata-sections", "-fno-common"),
        *WARNINGS,
    ]


def include_flags(firmware_dir: Path) -> list[str]:
    """What lets a source find the harness of `firmware/bench` and the port it calls."""
    return [f"-I{firmware_dir / 'lib/mote_port/src'}", f"-I{firmware_dir / 'bench'}"]


def link_flags(board: Board, firmware_dir: Path) -> list[str]:
    """What makes a program of the objects: on a board, its memory and our start-up alone."""
    flags = ["-Wl,--gc-sections", "-Wl,--build-id=none"]
    if board.machine:
        symbols = {
            "mote_flash_origin": board.flash_origin,
            "mote_flash_size": board.flash_bytes,
            "mote_ram_origin": board.ram_origin,
            "mote_ram_size": board.ram_bytes,
        }
        flags += ["-nostartfiles", "--specs=nano.specs"]
        flags += [f"-Wl,--defsym={name}={value}" for name, value in symbols.items()]
        flags += [f"-T{firmware_dir / 'platforms/mote/cortex_m.ld'}"]
    return flags


def port_source(board: Board, firmware_dir: Path) -> Path:
    """The source that starts the image and moves its requests and responses."""
    if board.machine:
        return firmware_dir / "bench/cortex_m.c"
    return firmware_dir / "lib/mote_port" / board.port


def compile_for(
    board: Board, command: Sequence[str], what: str, folder: Path | None = None
) -> None:
    """Run the compiler, in `folder` if given; FirmwareError with its words if it refuses."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FirmwareError(
            f"{what} must compile for {board.target} and fit it. "
            f"Received: {done.stderr.strip()[:_SHOWN]}\n"
            "If it does not fit the memory, choose another target; else report it."
        )


def build_archive(board: Board, sources: Sequence[Path], flags: Sequence[str]) -> Path:
    """Compile sources, with the headers beside them, into a static library for a board.

    It is built once for each content and flags, and kept in the environment's cache.
    """
    command = [*compiler(board), *flags, "-c"]
    digest = hashlib.sha256(" ".join(command).encode())
    headers = {header for source in sources for header in source.parent.glob("*.h")}
    for path in (*sorted(headers), *sources):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    archive = Path(sys.prefix, "cache", "moteflow", f"{board.target}-{digest.hexdigest()}.a")
    if not archive.exists():
        with replacing(archive) as temporary, tempfile.TemporaryDirectory() as folder:
            paths = [str(source.resolve()) for source in sources]
            compile_for(board, [*command, *paths], "The library", Path(folder))
            objects = [f"{source.stem}.o" for source in sources]
            archiver = "arm-none-eabi-ar" if board.machine else "ar"
            archiving = [archiver, "rcs", str(temporary), *objects]
            compile_for(board, archiving, "The library", Path(folder))
    return archive


def per_answer(size: int, progress: Callable[[int], None]) -> Callable[[bytes], None]:
    """A listener to new bytes that tells `progress` how many answers of `size` bytes they end."""
    heard = 0

    def listen(fresh: bytes) -> None:
        nonlocal heard
        before, heard = heard, heard + len(fresh)
        progress(heard // size - before // size)

    return listen


@dataclass(frozen=True)
class Measured:
    """A counted run of an image.

    markers  the names of the addresses at which counting changed over, in the notes' order
    listing  the image's instructions, by which runs become counts
    """

    counted: Counted
    markers: tuple[str, ...]
    listing: Listing

    def count(self, chosen: Callable[[str], bool]) -> Counts:
        """What executed from each of the chosen markers on until the next marker of any name."""
        wanted = np.array([chosen(name) for name in self.markers])
        marks: NDArray[np.int64] = self.counted.runs[:, 0].astype(np.int64)
        return self.listing.count(self.counted.runs[wanted[marks]])


def run_measured(
    board: Board,
    elf: Path,
    request: Iterable[bytes],
    required: Sequence[str],
    firmware_dir: Path,
    progress: Callable[[bytes], None] = lambda _: None,
) -> Measured:
    """Run an image under the counting plugin; `progress` gets new bytes of the response.

    Raises FirmwareError if one of the `required` markers is not in the image, and what
    `run_counted` raises.
    """
    plugin = build_plugin(firmware_dir / "tools" / "instruction_counter.c", QEMU)
    markers = marker_addresses(elf, required)
    counter = Counter(plugin, tuple(markers.values()))
    counted = run_counted(board, elf, request, counter, progress=progress)
    return Measured(counted, tuple(markers), disassemble(elf))
