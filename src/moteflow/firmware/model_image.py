"""An image with nothing but a generated model, compiled without PlatformIO: for tests and bench."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow.codegen.view import PortView
from moteflow.errors import FirmwareError
from moteflow.files import replacing
from moteflow.firmware.bare_image import (
    compile_for,
    compiler,
    include_flags,
    link_flags,
    per_answer,
    port_source,
    run_measured,
)
from moteflow.firmware.cycles import Counts
from moteflow.firmware.emulator import run_files
from moteflow.firmware.profile import INFERENCE, Profile, layer_number, read_profile
from moteflow.firmware.toolchain import Board, find_board

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
        listen = per_answer(sum(port.size for port in self.outputs), progress)
        if self.board.machine is None:
            [response] = run_files(self.board, self.elf, [_request(cases)], progress=listen)
            return Run(self._outputs(response, len(cases)))
        measured = run_measured(
            self.board, self.elf, _request(cases), INFERENCE, self.firmware_dir, listen
        )
        response = measured.counted.response
        profile = read_profile(measured.counted.notes, measured.markers)
        return Run(
            outputs=self._outputs(response, len(cases)),
            stack_bytes=int.from_bytes(response[-4:], "little"),
            profile=profile,
            counts={layer.name: measured.count(_part_of(layer.name)) for layer in profile.layers},
            inference=measured.count(lambda name: name != INFERENCE[1]),
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
    with replacing(output) as folder:
        folder.mkdir()
        (folder / "ports.h").write_text(_ports(inputs, outputs))
        command = [*compiler(board), *flags, f"-I{folder}", f"-I{firmware_dir / 'lib/mote_nn/src'}"]
        command += [*include_flags(firmware_dir), *link_flags(board, firmware_dir)]
        command += [str(path) for path in _sources(board, firmware_dir, library)]
        command += [f"-I{library / 'src'}", "-o", str(folder / "model.elf")]
        compile_for(board, command, "The generated library")
    return ModelImage(output / "model.elf", board, inputs, outputs, firmware_dir)


def _sources(board: Board, firmware_dir: Path, library: Path) -> list[Path]:
    harness = [firmware_dir / "bench/main.c", port_source(board, firmware_dir)]
    kernels = sorted((firmware_dir / "lib/mote_nn/src").glob("*.c"))
    return [*sorted((library / "src").glob("*.c")), *kernels, *harness]


def _part_of(layer: str) -> Callable[[str], bool]:
    """Whether a marker is one of the functions that make up a layer."""
    number = layer_number(layer)
    return lambda name: layer_number(name) == number


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
