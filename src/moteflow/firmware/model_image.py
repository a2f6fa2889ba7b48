"""An image with nothing but a generated model, compiled without PlatformIO: for tests and bench."""

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow.codegen.view import PortView
from moteflow.errors import FirmwareError
from moteflow.files import replacing
from moteflow.firmware.cycles import Counts, disassemble
from moteflow.firmware.emulator import QEMU, Counter, run_counted, run_files
from moteflow.firmware.profile import (
    INFERENCE,
    Profile,
    build_plugin,
    layer_number,
    marker_addresses,
    read_profile,
)
from moteflow.firmware.toolchain import Board, find_board, require_compilers

WARNINGS = ("-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Werror")
_SHOWN = 2000

Cases = Sequence[Sequence[NDArray[Any]]]
"""An array per input, for each inference."""


@dataclass(frozen=True)
class Run:
    """What an image did with its cases.

    outputs      an array per output, for each case
    stack_bytes  the most stack that an inference took; None on the host
    profile      executed instructions; None on the host
    counts       the same by address, in all inferences, by layer; empty on the host
    inference    the same of the whole inferences; None on the host
    """

    outputs: list[list[NDArray[Any]]]
    stack_bytes: int | None = None
    profile: Profile | None = None
    counts: dict[str, Counts] = field(default_factory=dict)
    inference: Counts | None = None


@dataclass(frozen=True)
class ModelImage:
    """A linked image and the ports through which it is fed."""

    elf: Path
    board: Board
    inputs: tuple[PortView, ...]
    outputs: tuple[PortView, ...]
    firmware_dir: Path

    def run(self, cases: Cases) -> list[list[NDArray[Any]]]:
        """One inference per case, an array per input; returns an array per output."""
        [response] = run_files(self.board, self.elf, [_request(cases)])
        return self._outputs(response, len(cases))

    def profile(self, cases: Cases) -> Profile:
        """Instructions of the inferences, counted on the emulated board."""
        profile = self.run_measured(cases).profile
        assert profile is not None
        return profile

    def run_measured(self, cases: Cases, progress: Callable[[int], None] = lambda _: None) -> Run:
        """Run the cases and count what the target lets one count.

        `progress` gets the number of cases that were answered since it was last called.
        """
        size = sum(port.size for port in self.outputs)
        heard = 0

        def listen(fresh: bytes) -> None:
            nonlocal heard
            before, heard = heard, heard + len(fresh)
            progress(heard // size - before // size)

        if self.board.machine is None:
            [response] = run_files(self.board, self.elf, [_request(cases)], progress=listen)
            return Run(self._outputs(response, len(cases)))
        plugin = build_plugin(self.firmware_dir / "tools" / "instruction_counter.c", QEMU)
        markers = marker_addresses(self.elf)
        names = tuple(markers)
        counted = run_counted(
            self.board,
            self.elf,
            _request(cases),
            Counter(plugin, tuple(markers.values())),
            progress=listen,
        )
        listing = disassemble(self.elf)
        profile = read_profile(counted.notes, names)
        numbers = np.array([-1 if (n := layer_number(name)) is None else n for name in names])
        marks = counted.runs[:, 0].astype(np.int64)
        return Run(
            outputs=self._outputs(counted.response, len(cases)),
            stack_bytes=int.from_bytes(counted.response[-4:], "little"),
            profile=profile,
            counts={
                layer.name: listing.count(counted.runs[numbers[marks] == layer_number(layer.name)])
                for layer in profile.layers
            },
            inference=listing.count(counted.runs[marks != names.index(INFERENCE[1])]),
        )

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

    Raises FirmwareError with the compiler's words if it does not compile or fit, ToolchainError if
    the compiler is missing.
    """
    board = find_board(target, firmware_dir)
    require_compilers(board)
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
                f"Received: {done.stderr.strip()[:_SHOWN]}\n"
                "If it does not fit the memory, choose another target; else report it."
            )
    return ModelImage(output / "model.elf", board, inputs, outputs, firmware_dir)


def _compiler(board: Board, firmware_dir: Path, folder: Path, flags: Sequence[str]) -> list[str]:
    lib = firmware_dir / "lib"
    command = ["arm-none-eabi-gcc" if board.machine else "gcc", *board.machine_flags]
    command += ["-std=c11", "-g", "-ffunction-sections", "-fdata-sections", "-fno-common"]
    command += [*flags, *WARNINGS, f"-I{folder}", f"-I{lib / 'mote_nn/src'}"]
    command += [f"-I{lib / 'mote_port/src'}", f"-I{firmware_dir / 'bench'}"]
    command += ["-Wl,--gc-sections", "-Wl,--build-id=none"]
    if board.machine:
        symbols = {
            "mote_flash_origin": board.flash_origin,
            "mote_flash_size": board.flash_bytes,
            "mote_ram_origin": board.ram_origin,
            "mote_ram_size": board.ram_bytes,
        }
        command += ["-nostartfiles", "--specs=nano.specs"]
        command += [f"-Wl,--defsym={name}={value}" for name, value in symbols.items()]
        command += [f"-T{firmware_dir / 'platforms/mote/cortex_m.ld'}"]
    return command


def _sources(board: Board, firmware_dir: Path, library: Path) -> list[Path]:
    bench = firmware_dir / "bench"
    port = bench / "cortex_m.c" if board.machine else firmware_dir / "lib/mote_port" / board.port
    kernels = sorted((firmware_dir / "lib/mote_nn/src").glob("*.c"))
    return [*sorted((library / "src").glob("*.c")), *kernels, bench / "main.c", port]


def _ports(inputs: Sequence[PortView], outputs: Sequence[PortView]) -> str:
    reads = [
        f"mote_port_read({port.function}(), {port.macro}_SIZE, MOTE_PORT_FOREVER) "
        f"== {port.macro}_SIZE"
        for port in inputs
    ]
    writes = [f"    mote_port_write({port.function}(), {port.macro}_SIZE);" for port in outputs]
    lines = [
        "#include <stdbool.h>",
        '#include "model.h"',
        '#include "mote_port.h"',
        "static bool bench_read_inputs(void) {",
        f"    return {' && '.join(reads)};",
        "}",
        "static void bench_write_outputs(void) {",
        *writes,
        "}",
    ]
    return "\n".join(lines) + "\n"


def _request(cases: Cases) -> list[bytes]:
    return [np.ascontiguousarray(values).tobytes() for case in cases for values in case]
