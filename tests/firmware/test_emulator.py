"""Running images on an emulated board and programs on this machine."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from moteflow.errors import FirmwareError, ToolchainError
from moteflow.firmware.emulator import run_files, serial_port
from moteflow.firmware.toolchain import Board, find_board
from moteflow.firmware.transcript import bulk_request
from moteflow.firmware.vectors import Vectors


@pytest.fixture
def board(firmware_dir: Path) -> Board:
    return find_board("mps2_an386", firmware_dir)


@pytest.fixture
def children() -> Callable[[], set[int]]:
    """Tells the processes below this one that the test itself started."""

    def below() -> set[int]:
        return {child.pid for child in psutil.Process().children(recursive=True)}

    before = below()
    return lambda: below() - before


def test_missing_qemu_names_the_command_that_brings_it(
    board: Board,
    image: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elf = image("copying")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolchainError, match="apt-get install qemu-system-arm"):
        run_files(board, elf, [[b"hello"]])


def test_requests_run_side_by_side_and_keep_their_order(
    board: Board, image: Callable[[str], Path]
) -> None:
    requests = [[b"first", b" " * 9000, b"end"], [b"second"], [b""]]
    progress: list[bytes] = []
    responses = run_files(board, image("copying"), requests, progress=progress.append)
    assert responses == [b"".join(request) for request in requests]
    assert sorted(b"".join(progress)) == sorted(b"".join(responses))


@pytest.mark.parametrize(
    ("request_bytes", "message"),
    [
        (b"L", r"status 0\. Received: -6\.\nconsole: qemu: fatal: Lockup(.|\n)*R15="),
        (b"X", r"Received: 1\.(.|\n)*last answers: X"),
    ],
)
def test_failing_image_is_reported_with_its_last_words(
    board: Board,
    image: Callable[[str], Path],
    children: Callable[[], set[int]],
    request_bytes: bytes,
    message: str,
) -> None:
    with pytest.raises(FirmwareError, match=message):
        run_files(board, image("copying"), [[b"fine"], [request_bytes]])
    assert not children()


def test_image_that_stalls_is_killed(
    board: Board, image: Callable[[str], Path], children: Callable[[], set[int]]
) -> None:
    with pytest.raises(FirmwareError, match=r"nothing for 0\.3 s(.|\n)*last answers: S"):
        run_files(board, image("copying"), [[b"S"]], stall_timeout=0.3)
    assert not children()


def test_host_program_reads_and_writes_the_same_files(
    fake_device: Callable[..., Path], firmware_dir: Path
) -> None:
    host = find_board("host", firmware_dir)
    (response,) = run_files(host, fake_device(), [[b"name%", b"sing%"]])
    lines = response.decode().split("\r\n")
    assert lines[4:] == ["m-name-dut-[fake]", "m-ready", "e-[unknown command]", "m-ready", ""]


def test_host_program_that_fails_shows_its_error_output(
    fake_device: Callable[..., Path], firmware_dir: Path, vectors: Vectors
) -> None:
    host = find_board("host", firmware_dir)
    with pytest.raises(FirmwareError, match=r"Received: 3\.\nconsole: it hurts\n"):
        run_files(host, fake_device("status"), [bulk_request(vectors.samples)])


def test_serial_port_ends_its_process_whatever_happens(
    board: Board,
    fake_device: Callable[..., Path],
    image: Callable[[str], Path],
    children: Callable[[], set[int]],
    firmware_dir: Path,
) -> None:
    host = find_board("host", firmware_dir)
    for machine, firmware in ((host, fake_device()), (board, image("copying"))):
        with pytest.raises(KeyError), serial_port(machine, firmware) as url:
            assert children()
            assert url.startswith("socket://127.0.0.1:") or os.path.exists(url)
            raise KeyError("the caller's own")
        assert not children()


def test_emulator_does_not_outlive_a_killed_caller(
    image: Callable[[str], Path], firmware_dir: Path
) -> None:
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from moteflow.firmware.emulator import serial_port\n"
        "from moteflow.firmware.toolchain import find_board\n"
        "board = find_board('mps2_an386', Path(sys.argv[1]))\n"
        "with serial_port(board, Path(sys.argv[2])):\n"
        "    print('running', flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, firmware_dir, image("greeting")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as caller:
        assert caller.stdout is not None
        assert caller.stdout.readline() == b"running\n"
        descendants = psutil.Process(caller.pid).children(recursive=True)
        assert descendants
        caller.kill()
    _, alive = psutil.wait_procs(descendants, timeout=20)
    assert not alive
