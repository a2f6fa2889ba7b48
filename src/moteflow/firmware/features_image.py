"""An image with nothing but a feature block, fed with windows of samples: for tests and bench."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow.codegen.render import render_features
from moteflow.dsp import BlockDescription
from moteflow.errors import FirmwareError
from moteflow.files import replacing
from moteflow.firmware.bare_image import (
    build_archive,
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
from moteflow.firmware.profile import FEATURES
from moteflow.firmware.sizes import Content, content
from moteflow.firmware.toolchain import Board, find_board

OPTIMIZATION = "-O2"
_SYMBOL = "bench_features"
_WORD = np.dtype(np.uint32)


@dataclass(frozen=True, eq=False)
class Answer:
    """What the block made of one window.

    values    [n_frames, n_features] of the block's features_type
    rejected  whether a sample was refused; the frames are those before it
    """

    values: NDArray[Any]
    rejected: bool


@dataclass(frozen=True)
class Run:
    """What an image did with its windows.

    stack_bytes  the most stack that a push took; None on the host
    counts       executed instructions in the pushes of all windows; None on the host
    """

    answers: list[Answer]
    stack_bytes: int | None = None
    counts: Counts | None = None


@dataclass(frozen=True)
class FeaturesImage:
    """A linked image and what it was linked for.

    harness  what of its flash feeds the block and would not be there in an application
    """

    elf: Path
    board: Board
    block: BlockDescription
    window_samples: int
    harness: Content
    firmware_dir: Path

    def run(self, windows: NDArray[Any]) -> list[Answer]:
        """Features of windows [n, window_samples, n_axes] of the block's sample type.

        The windows are shared among as many runs as this machine has cores.
        """
        shares = np.array_split(windows, min(os.cpu_count() or 1, len(windows)))
        requests = [[_request(share)] for share in shares]
        responses = run_files(self.board, self.elf, requests)
        answered = map(self._answers, responses, map(len, shares))
        return [answer for answers in answered for answer in answers]

    def run_measured(
        self, windows: NDArray[Any], progress: Callable[[int], None] = lambda _: None
    ) -> Run:
        """Run the windows and count what the target lets one count.

        `progress` gets the number of windows that were answered since it was last called.
        """
        block = self.block
        n_frames = 1 + (self.window_samples - block.frame_length) // block.hop_length
        listen = per_answer((n_frames * block.n_features + 2) * _WORD.itemsize, progress)
        request = [_request(windows)]
        if self.board.machine is None:
            [response] = run_files(self.board, self.elf, [request], progress=listen)
            return Run(self._answers(response, len(windows)))
        measured = run_measured(self.board, self.elf, request, FEATURES, self.firmware_dir, listen)
        response = measured.counted.response
        return Run(
            answers=self._answers(response, len(windows)),
            stack_bytes=int.from_bytes(response[-_WORD.itemsize :], "little"),
            counts=measured.count(lambda name: name == FEATURES[0]),
        )

    def _answers(self, response: bytes, n_windows: int) -> list[Answer]:
        """Read from the end: how long an answer is stands behind it."""
        dtype = np.float32 if self.block.features_type == "float" else np.int32
        row_bytes = self.block.n_features * np.dtype(dtype).itemsize
        end = len(response) - _WORD.itemsize
        answers = []
        for _ in range(n_windows):
            trailer = end - 2 * _WORD.itemsize
            if trailer < 0:
                break
            n_frames, status = np.frombuffer(response[trailer:end], _WORD).tolist()
            end = trailer - n_frames * row_bytes
            if end < 0:
                break
            values = np.frombuffer(response[end:trailer], dtype)
            answers.append(Answer(values.reshape(-1, self.block.n_features), bool(status)))
        if end != 0 or len(answers) != n_windows:
            raise FirmwareError(
                f"The image must answer {n_windows} windows. Received: {len(response)} bytes that "
                f"make {len(answers)}. It stopped early; run it in a debugger."
            )
        return answers[::-1]


def build_features_image(
    block: BlockDescription,
    window_samples: int,
    target: str,
    firmware_dir: Path,
    output: Path,
) -> FeaturesImage:
    """Link a block with `firmware/bench/features.c` for a target, into `output`.

    The library of blocks is compiled once for a target, with the flags of its library.json. Raises
    FirmwareError with the compiler's words if it does not compile or fit.
    """
    board = find_board(target, firmware_dir)
    library = firmware_dir / "lib/mote_dsp"
    flags = [OPTIMIZATION, *json.loads((library / "library.json").read_text())["build"]["flags"]]
    archive = build_archive(board, sorted((library / "src").glob("*.c")), flags)
    includes = [*include_flags(firmware_dir), f"-I{library / 'src'}"]
    command = [*compiler(board), *flags]
    with replacing(output) as folder:
        folder.mkdir()
        (folder / "block.c").write_text(render_features(block, _SYMBOL))
        objects = []
        harness = [firmware_dir / "bench/features.c", port_source(board, firmware_dir)]
        for source in (*harness, folder / "block.c"):
            objects.append(folder / f"{source.stem}.o")
            parts = [*includes, *_sizes(block, window_samples), "-c", str(source)]
            compile_for(board, [*command, *parts, "-o", str(objects[-1])], "The block")
        link = [*map(str, objects), str(archive), *link_flags(board, firmware_dir)]
        compile_for(board, [*command, *link, "-o", str(folder / "features.elf")], "The block")
        overhead = content(objects[: len(harness)]) if board.machine else Content(0, 0)
    return FeaturesImage(
        output / "features.elf", board, block, window_samples, overhead, firmware_dir
    )


def _sizes(block: BlockDescription, window_samples: int) -> list[str]:
    """The macros that firmware/bench/features.c asks for."""
    sample_size = block.frame_size // block.frame_length
    sizes = {
        "SAMPLE": sample_size,
        "WINDOW": window_samples * sample_size,
        "FRAME": block.frame_size,
        "STATE": block.state_size,
        "SCRATCH": block.scratch_size,
        "ROW": block.n_features * _WORD.itemsize,
    }
    return [f"-DBENCH_{name}_SIZE={size}u" for name, size in sizes.items()]


def _request(windows: NDArray[Any]) -> bytes:
    return np.ascontiguousarray(windows).tobytes()
