"""An image with nothing but a generated model, compiled without PlatformIO: for tests and bench."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow.codegen.view import PortView
from moteflow.errors import FirmwareError
from moteflow.files import replacing
from moteflow.firmware.emulator import QEMU, Counter, run_counted, run_files
from moteflow.firmware.profile import Profile, build_plugin, marker_addresses, read_profile
from moteflow.firmware.toolchain import Board, find_board

WARNINGS = ("-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Werror")
_SHOWN = 2000


@dataclass(frozen=True)
class ModelImage:
    """A linked image and the ports through which it is fed."""

    elf: Path
    board: Board
    inputs: tuple[PortView, ...]
    outputs: tuple[PortView, ...]
    firmware_dir: Path

    def run(self, cases: Sequence[Sequence[NDArray[Any]]]) -> list[list[NDArray[Any]]]:
        """One inference per case, an array per input; returns an array per output."""
        [response] = run_files(self.board, self.elf, [_request(cases)])
        return self._outputs(response, len(cases))

    def profile(self, cases: Sequence[Sequence[NDArray[Any]]]) -> Profile:
        """Instructions of the inferences, counted on the emulated board."""
        plugin = build_plugin(self.firmware_dir / "tools" / "instruction_counter.c", QEMU)
        markers = marker_addresses(self.elf)
        counter = Counter(plugin, tuple(markers.values()))
        _, notes = run_counted(self.board, self.elf, _request(cases), counter)
        return read_profile(notes, tuple(markers))

    def _outputs(self, response: bytes, n_cases: int) -> list[list[NDArray[Any]]]:
        size = sum(port.size for port in self.outputs)
        if len(response) != n_cases * size + 4:
            raise FirmwareError(
                f"The image must answer {n_cases * size + 4} bytes. Received: {len(response)}. "
                "It stopped early; run it in a debugger."
            )
        rows = []
        for case in range(n_cases):
            row, at = [], case * size
            for port in self.outputs:
                row.append(np.frombuffer(response[at : at + port.size], port.dtype))
                at += port.size
            rows.append(row)
        return rows


def build_model_image(
    library: Path,
    inputs: tuple[PortView, ...],
    outputs: tuple[PortView, ...],
    target: str,
    firmware_dir: Path,
    output: Path,
    flags: Sequence[str] = ("-O2",),
) -> ModelImage:
    """Compile a generated library with `firmware/bench/main.c` for a target, into `output`.

    Raises FirmwareError with the compiler's words if it does not compile or fit.
    """
    board = find_board(target, firmware_dir)
    with replacing(output) as folder:
        folder.mkdir()
        (folder / "ports.h").write_text(_ports(inputs, outputs))
        command = _compiler(board, firmware_dir, folder, flags)
        command += [str(path) for path in _sources(board, firmware_dir, library)]
        command += [f"-I{library / 'src'}", "-o", str(folder / "model.elf")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise FirmwareError(
                f"The generated library must compile for {target}. "
                f"Received: {done.stderr.strip()[:_SHOWN]}"
            )
    return ModelImage(output / "model.elf", board, inputs, outputs, firmware_dir)


def _compiler(board: Board, firmware_dir: Path, folder: Path, flags: Sequence[str]) -> list[str]:
    lib = firmware_dir / "lib"
    command = ["arm-none-eabi-gcc" if board.machine else "gcc", *board.machine_flags]
    command += ["-std=c11", "-g", "-ffunction-sections", "-fdata-sections", "-fno-common"]
    command += [*flags, *WARNINGS, f"-I{folder}", f"-I{lib / 'mote_nn/src'}"]
    command += [f"-I{lib / 'mote_port/src'}", f"-I{lib / 'mote_port/cortex_m'}"]
    command += [f"-D{define}" for define in board.defines]
    command += ["-Wl,--gc-sections", "-Wl,--build-id=none"]
    if board.machine:
        symbols = {
            "mote_flash_origin": board.flash_origin,
            "mote_flash_size": board.flash_bytes,
            "mote_ram_origin": board.ram_origin,
            "mote_ram_size": board.ram_bytes,
        }
        command += ["-nostartfiles", "--specs=nano.specs", "-DMOTE_CPU_HZ=1u"]
        command += [f"-Wl,--defsym={name}={value}" for name, value in symbols.items()]
        command += [f"-T{firmware_dir / 'platforms/mote/cortex_m.ld'}"]
    return command


def _sources(board: Board, firmware_dir: Path, library: Path) -> list[Path]:
    port = firmware_dir / "lib/mote_port"
    files = [*sorted((library / "src").glob("*.c")), firmware_dir / "bench/main.c"]
    files += sorted((firmware_dir / "lib/mote_nn/src").glob("*.c"))
    files.append(port / board.port)
    if board.machine:
        files += [port / "cortex_m/port.c", port / "cortex_m/transport_semihosting.c"]
        files.append(firmware_dir / "platforms/mote/startup/cortex_m.c")
    return files


def _ports(inputs: Sequence[PortView], outputs: Sequence[PortView]) -> str:
    lines = ["#include <stdbool.h>", "#include <stddef.h>", '#include "model.h"']
    for role, ports, constant in (("input", inputs, ""), ("output", outputs, "const ")):
        for port in ports:
            name = f"bench_{port.function}"
            lines.append(f"static {constant}void *{name}(void) {{ return {port.function}(); }}")
        entries = ", ".join(f"{{bench_{port.function}, {port.macro}_SIZE}}" for port in ports)
        lines.append(
            f"static const struct {{ {constant}void *(*address)(void); size_t size; }} "
            f"bench_{role}s[] = {{{entries}}};"
        )
    return "\n".join(lines) + "\n"


def _request(cases: Sequence[Sequence[NDArray[Any]]]) -> list[bytes]:
    return [np.ascontiguousarray(values).tobytes() for case in cases for values in case]
