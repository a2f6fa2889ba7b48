"""The firmware around any model, built beside the pipeline's own: for `moteflow stream`."""

import shutil
from pathlib import Path

from moteflow.codegen import ApplicationConfig, find_architecture, generate
from moteflow.firmware.platformio import build
from moteflow.firmware.toolchain import Board
from moteflow.firmware.verify import Images
from moteflow.graph import Rounding


def build_application(
    tflite: bytes,
    name: str,
    application: ApplicationConfig,
    board: Board,
    rounding: Rounding,
    firmware_dir: Path,
    folder: Path,
) -> Images:
    """Generate a model's library in a copy of `firmware_dir` and build that with PlatformIO.

    Copy and images are put into `folder`. Raises what `generate` and `build` raise.
    """
    firmware = folder / "firmware"
    shutil.copytree(firmware_dir, firmware, ignore=shutil.ignore_patterns(".pio", "model", "test"))
    generate(
        tflite,
        name,
        application,
        find_architecture(board.cpu),
        board.ram_bytes,
        firmware / "lib" / "model",
        rounding=rounding,
    )
    build(board.target, firmware, folder / "images")
    return Images.of(folder / "images")
