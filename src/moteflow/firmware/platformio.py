"""Firmware built by PlatformIO, in a process of its own and without the network."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from moteflow.errors import FirmwareError
from moteflow.files import replacing
from moteflow.firmware.toolchain import (
    CORE,
    Board,
    find_board,
    prepare_platformio,
    require_compilers,
)

_SHOWN_LINES = 8
_PROBLEM = re.compile(r"\berror\b|undefined reference|overflowed|multiple definition", re.I)
_OVERFLOW = re.compile(r"region `(\w+)' overflowed.*")
_ARTIFACTS = {
    "elf": "firmware.elf",
    "bin": "firmware.bin",
    "hex": "firmware.hex",
    "semihosting": "firmware_semihosting.elf",
}


def build(target: str, firmware_dir: Path, output: Path) -> dict[str, Path]:
    """Build the firmware for `target` and put its images into `output`, all or none.

    Returns the images by kind: "elf", "bin" and "hex" are what is flashed; "semihosting" is the
    same objects linked to take their bytes from files of the emulator's host. The host has "elf"
    only. `output` is replaced as a whole, and stays as it was if anything fails.

    Raises FirmwareError for an unknown target, code that does not compile and an image that does
    not fit the board; ToolchainError if the compiler is missing.
    """
    board = find_board(target, firmware_dir)
    require_compilers(board)
    prepare_platformio(firmware_dir.resolve() / CORE)
    _run_platformio(board, firmware_dir.resolve())
    built = firmware_dir / ".pio" / "build" / target
    kinds = _ARTIFACTS if board.machine else {"elf": _ARTIFACTS["elf"]}
    with replacing(output) as temporary:
        temporary.mkdir()
        for name in kinds.values():
            shutil.copy(built / name, temporary / name)
    return {kind: output / name for kind, name in kinds.items()}


def _run_platformio(board: Board, firmware_dir: Path) -> None:
    command = [sys.executable, "-m", "platformio", "run", "--silent", "--environment", board.target]
    finished = subprocess.run(
        command,
        cwd=firmware_dir,
        env=_environment(firmware_dir),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if finished.returncode != 0:
        raise FirmwareError(_explain(board, finished.stdout))


def _environment(firmware_dir: Path) -> dict[str, str]:
    """The caller's environment, without its own PLATFORMIO_* settings."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PLATFORMIO_")}
    return inherited | {
        "LC_ALL": "C",
        "PLATFORMIO_CORE_DIR": str(firmware_dir / CORE),
        "PLATFORMIO_DISABLE_UPGRADE_CHECK": "true",
        "PLATFORMIO_NO_ANSI": "true",
        "PLATFORMIO_SETTING_ENABLE_TELEMETRY": "false",
    }


def _explain(board: Board, log: str) -> str:
    if overflow := _OVERFLOW.search(log):
        limit = board.ram_bytes if overflow[1] == "RAM" else board.flash_bytes
        return (
            f"The firmware must fit the {limit} bytes of {overflow[1]} of {board.name}. "
            f"Received: {overflow[0].strip()}. Choose a smaller model or another target."
        )
    lines = [line.rstrip() for line in log.splitlines() if line.strip()]
    problems = [line for line in lines if _PROBLEM.search(line)] or lines[-_SHOWN_LINES:]
    return (
        f"The firmware must build for {board.target}. Received:\n  "
        + "\n  ".join(problems[:_SHOWN_LINES])
        + f"\nFor the whole log run `pio run -e {board.target}` in firmware/."
    )
