"""The client of the serial protocol, over pseudo-terminals, sockets and an emulated UART."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import psutil
import pytest
import serial

from moteflow.errors import ProtocolError
from moteflow.firmware.client import Device, connect
from moteflow.firmware.emulator import serial_port
from moteflow.firmware.toolchain import find_board
from moteflow.firmware.vectors import Vectors


@pytest.fixture
def device(fake_device: Callable[..., Path], firmware_dir: Path) -> Callable[..., Iterator[Device]]:
    @contextmanager
    def open_device(fault: str = "none", timeout: float = 20.0) -> Iterator[Device]:
        host = find_board("host", firmware_dir)
        with (
            serial_port(host, fake_device(fault)) as url,
            serial.serial_for_url(url) as port,
        ):
            Device(port, timeout=20.0).handshake()  # when Python has started
            yield Device(port, timeout)

    return open_device


def test_classify_gives_what_the_device_computed(
    device: Callable[..., Iterator[Device]], vectors: Vectors
) -> None:
    with device() as connected:
        connected.trace(True)
        for index, samples in enumerate(vectors.samples[:2]):
            connected.reset()
            (window,) = connected.classify(samples)
            np.testing.assert_array_equal(window.features, vectors.features[index].view(np.uint32))
            np.testing.assert_array_equal(window.inputs, vectors.inputs[index])
            np.testing.assert_array_equal(window.logits, vectors.logits[index])
            assert window.label == vectors.labels[index]


def test_stream_goes_on_between_calls_until_reset(
    device: Callable[..., Iterator[Device]], vectors: Vectors
) -> None:
    clip = vectors.samples[0]
    with device() as connected:
        assert connected.classify(clip[:150]) == ()
        assert len(connected.classify(clip[150:])) == 1
        assert connected.classify(clip[:150]) == ()
        connected.reset()
        assert connected.classify(clip[150:]) == ()
        assert len(connected.classify(np.concatenate([clip, clip]))) == 2


def test_handshake_gives_the_name(device: Callable[..., Iterator[Device]]) -> None:
    with device() as connected:
        assert connected.handshake() == "fake"
        assert connected.peak_stack() == 0


def test_refused_command_leaves_the_device_usable(
    device: Callable[..., Iterator[Device]],
) -> None:
    with device() as connected:
        spoiled = b"samples 2%" + b"\x01\x00\x02\x00" + b"\x00\x00\x00\x00"
        assert connected.ask(spoiled) == ("e-[crc]",)
        assert connected.handshake() == "fake"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("short", r"Serial frame cut short: expected m-ready .* to samples .*m-label-"),
        ("silent", r"Serial frame cut short: .* silence for 0\.2 s"),
        ("exit", "Serial frame cut short"),
        ("garble", "printable ASCII"),
    ],
)
def test_broken_answers_are_protocol_errors(
    device: Callable[..., Iterator[Device]], vectors: Vectors, fault: str, message: str
) -> None:
    with device(fault, timeout=0.2) as connected, pytest.raises(ProtocolError, match=message):
        connected.classify(vectors.samples[0])


def kill(process: psutil.Process) -> None:
    """Kill a process and wait until it runs no more; its parent need not have noticed."""
    process.kill()
    with suppress(psutil.NoSuchProcess):
        while process.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_killed_emulator_is_a_protocol_error(
    image: Callable[[str], Path], firmware_dir: Path
) -> None:
    board = find_board("mps2_an386", firmware_dir)
    with serial_port(board, image("greeting")) as url, connect(url, timeout=5) as connected:
        # pyserial forgets to close a socket whose other end is gone; hence the filter.
        for child in psutil.Process().children(recursive=True):
            if child.name().startswith("qemu"):
                kill(child)
        # The handshake asks more than once, so a few answers may be under way still.
        with pytest.raises(ProtocolError, match="Check"):
            for _ in range(20):
                connected.reset()


def test_port_that_does_not_open_is_named() -> None:
    with (
        pytest.raises(ProtocolError, match="Received: /dev/nowhere"),
        connect("/dev/nowhere"),
    ):
        pass


def test_port_without_a_device_is_a_protocol_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"socket://127.0.0.1:{listener.getsockname()[1]}"
        with (
            pytest.raises(ProtocolError, match=r"name%\. Received: 'nothing', then silence"),
            connect(url, timeout=0.2),
        ):
            pass
