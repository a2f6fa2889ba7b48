"""Firmware on an emulated board (QEMU) or as a program of this machine (target `host`).

Two ways in: whole files of requests, through semihosting or standard input, many times as fast as
any UART and spread over the cores; and the board's serial port, as a `socket://` URL for pyserial.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
import tty
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from moteflow.errors import FirmwareError, ToolchainError
from moteflow.firmware.toolchain import Board

QEMU = "qemu-system-arm"
NS_PER_INSTRUCTION_LOG2 = 0
"""The guest's clock counts instructions: its interrupts come at the same ones in every run, and a
busy host makes it miss no deadline."""

REQUESTS, RESPONSES = "requests.bin", "responses.txt"
_CONSOLE, _NOTES, _RUNS = "console.txt", "notes.bin", "runs.bin"
_SHOWN = 600
_POLL_SECONDS = 0.02
_WHILE_STDIN_IS_OPEN = ["sh", "-c", '"$@" & read -r _; kill -9 $! 2>&-', "sh"]


@dataclass(frozen=True)
class Counter:
    """The counting plugin and the addresses at which it notes the count."""

    plugin: Path
    addresses: tuple[int, ...]

    @property
    def arguments(self) -> list[str]:
        """QEMU's arguments; the counts land in the working folder."""
        markers = "".join(f",marker={address:#x}" for address in self.addresses)
        return ["-plugin", f"{self.plugin},output={_NOTES},runs={_RUNS}{markers}"]


@dataclass(frozen=True)
class Counted:
    """What the firmware answered under the counting plugin, and the counts.

    notes  uint64 [n, 2] of (address index, instructions executed before)
    runs   uint64 [n, 6] of (address index, run's address, its instructions, times it executed,
           times it was entered by a branch, times it was left by one), from that address on until
           the next is reached
    """

    response: bytes
    notes: NDArray[np.uint64]
    runs: NDArray[np.uint64]


def run_files(
    board: Board,
    firmware: Path,
    requests: Sequence[Iterable[bytes]],
    *,
    stall_timeout: float = 60.0,
    progress: Callable[[bytes], None] = lambda _: None,
) -> list[bytes]:
    """Run the firmware once per request, all at the same time, and return the responses.

    `progress` gets new bytes of any response as they come. Raises FirmwareError when a run
    faults or answers nothing for `stall_timeout` seconds; no process outlives the call.
    """
    with ExitStack() as stack:
        runs = [stack.enter_context(_started(board, firmware, r, [])) for r in requests]
        _wait(runs, stall_timeout, progress)
        return [run.response() for run in runs]


def run_counted(
    board: Board,
    firmware: Path,
    request: Iterable[bytes],
    counter: Counter,
    *,
    stall_timeout: float = 60.0,
    progress: Callable[[bytes], None] = lambda _: None,
) -> Counted:
    """Run the firmware under the counting plugin; `progress` gets new bytes of the response.

    Raises FirmwareError as `run_files` does, ToolchainError if QEMU cannot load the plugin.
    """
    with _started(board, firmware, request, counter.arguments) as run:
        _wait([run], stall_timeout, progress)
        return Counted(run.response(), _rows(run.folder / _NOTES, 2), _rows(run.folder / _RUNS, 6))


def _rows(path: Path, width: int) -> NDArray[np.uint64]:
    words = np.fromfile(path, np.uint64)
    return words[: len(words) // width * width].reshape(-1, width)


@contextmanager
def serial_port(board: Board, firmware: Path) -> Iterator[str]:
    """Run the firmware while the block lasts and give its serial port as a URL for pyserial.

    It ends with the block, and with this process even if that is killed. QEMU gets a listening
    socket that is open already, a native program the other end of a pseudo-terminal, so there is
    nothing to wait for and no port that another process can take.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="moteflow-")))
        console = stack.enter_context((folder / _CONSOLE).open("wb"))
        if board.machine:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            handle = listener.fileno()
            chardev = f"socket,id=uart,fd={handle},server=on,wait=on"
            uart = ["-chardev", chardev, "-serial", "chardev:uart"]
            process = subprocess.Popen(
                [*_WHILE_STDIN_IS_OPEN, *_command(board, firmware), *uart],
                cwd=folder,
                pass_fds=[handle],
                stdin=subprocess.PIPE,
                stdout=console,
                stderr=console,
            )
            url = f"socket://127.0.0.1:{listener.getsockname()[1]}"
        else:
            device, terminal = (stack.enter_context(os.fdopen(fd)) for fd in os.openpty())
            tty.setraw(terminal)
            process = subprocess.Popen(
                _command(board, firmware), cwd=folder, stdin=device, stdout=device, stderr=console
            )
            url = os.ttyname(terminal.fileno())
        stack.enter_context(_ended(process))
        yield url


def _command(board: Board, firmware: Path) -> list[str]:
    if board.machine is None:
        return [str(firmware.resolve())]
    program = shutil.which(QEMU)
    if program is None:
        raise ToolchainError(
            f"Target {board.target} needs {QEMU} on the PATH. Received: none. "
            "Run: apt-get install qemu-system-arm"
        )
    machine = ["-machine", board.machine, *board.arguments]
    clock = ["-icount", f"shift={NS_PER_INSTRUCTION_LOG2}"]
    quiet = ["-display", "none", "-monitor", "none", "-no-reboot"]
    return [program, *machine, *clock, *quiet, "-kernel", str(firmware.resolve())]


@dataclass(frozen=True)
class _Run:
    """A running firmware and the folder of its files."""

    process: subprocess.Popen[bytes]
    folder: Path
    answered: BinaryIO

    def response(self) -> bytes:
        return (self.folder / RESPONSES).read_bytes()

    def console(self) -> str:
        """The beginning of what QEMU or the program printed, where the cause stands."""
        return (self.folder / _CONSOLE).read_text(errors="replace").strip()[:_SHOWN]


@contextmanager
def _started(
    board: Board, firmware: Path, request: Iterable[bytes], extra: Sequence[str]
) -> Iterator[_Run]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="moteflow-")))
        with (folder / REQUESTS).open("wb") as stream:
            stream.writelines(request)
        response = stack.enter_context((folder / RESPONSES).open("w+b"))
        console = stack.enter_context((folder / _CONSOLE).open("wb"))
        if board.machine:
            files = ["-serial", "none", "-semihosting-config", "enable=on,target=native"]
            command = [*_command(board, firmware), *files, *extra]
            stdin: BinaryIO | int = subprocess.DEVNULL
            stdout: BinaryIO = console
        else:
            command = _command(board, firmware)
            stdin = stack.enter_context((folder / REQUESTS).open("rb"))
            stdout = response
        process = subprocess.Popen(command, cwd=folder, stdin=stdin, stdout=stdout, stderr=console)
        stack.enter_context(_ended(process))
        answered = stack.enter_context((folder / RESPONSES).open("rb"))
        yield _Run(process, folder, answered)


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        if process.stdin is None:
            process.kill()
        else:
            process.stdin.close()
        process.wait()


def _wait(runs: Sequence[_Run], stall_timeout: float, progress: Callable[[bytes], None]) -> None:
    """Wait until every process has ended; raise on the first that fails or stalls."""
    heard = {run.folder: time.monotonic() for run in runs}
    running = list(runs)
    while running:
        time.sleep(_POLL_SECONDS)
        for run in tuple(running):
            status = run.process.poll()
            if fresh := run.answered.read():
                heard[run.folder] = time.monotonic()
                progress(fresh)
            if status is not None:
                running.remove(run)
                _check_status(run, status)
            elif time.monotonic() - heard[run.folder] > stall_timeout:
                raise FirmwareError(
                    f"The firmware must keep answering. Received: nothing for {stall_timeout:g} s."
                    f"{_last_words(run)}Look for an endless loop or a fault handler that hangs."
                )


def _check_status(run: _Run, status: int) -> None:
    if status == 0:
        return
    console = run.console()
    if "plugin" in console:
        raise ToolchainError(
            "QEMU must load the counting plugin (tried with version 7.2). "
            f"Received: {console}. Install a QEMU that is built with TCG plugins."
        )
    raise FirmwareError(
        f"The firmware must end with status 0. Received: {status}.{_last_words(run)}"
        "After a fault, look up the pc (R15) in the ELF with: arm-none-eabi-addr2line -f -e"
    )


def _last_words(run: _Run) -> str:
    answers = run.response()[-_SHOWN:].decode("ascii", errors="replace").strip()
    return f"\nconsole: {run.console() or '(empty)'}\nlast answers: {answers or '(none)'}\n"
