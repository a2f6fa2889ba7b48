"""The host's end of the serial protocol, the same for a board, an emulator and a program."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import serial

from moteflow.errors import ProtocolError
from moteflow.firmware.transcript import (
    Reply,
    ReplyReader,
    Samples,
    Window,
    check_accepted,
    parse_name,
    parse_stack,
    parse_windows,
    samples_command,
)

BAUD_RATE = 115200
REPEAT_SECONDS = 0.5
CHUNK_SAMPLES = 160
"""MOTE_CHUNK_SAMPLES of the firmware: how many it takes before it stops reading to compute."""


class _Silence(ProtocolError):
    """Nothing came for as long as the port waits."""


class Device:
    """A board that speaks the serial protocol, over an open port.

    `timeout` is the longest silence in seconds that counts as working. Every method raises
    ProtocolError if the device is silent longer, goes away, or answers something else.
    """

    def __init__(self, port: serial.Serial, timeout: float) -> None:
        self._port = port
        self._reader = ReplyReader()
        self._replies: deque[Reply] = deque()
        self._timeout = timeout
        port.timeout = port.write_timeout = timeout

    def handshake(self) -> str:
        """Return the device's name, once both ends agree on what is asked.

        A board that is starting drops bytes, one stopped within `samples` takes them for
        samples, so the question is repeated. The answer to another one then ends the surplus.
        """
        name = self._repeat_name()
        reply = self.ask(b"timestamp%")
        while not any(line.startswith("m-lap-us-") for line in reply):
            reply = self._next_reply("timestamp%")
        return name

    def reset(self) -> None:
        """Forget the stream so far."""
        check_accepted(self.ask(b"reset%"))

    def trace(self, on: bool) -> None:
        """Choose whether results carry features and the model's input."""
        check_accepted(self.ask(b"trace %d%%" % on))

    def peak_stack(self) -> int:
        """Return the stack used so far, in bytes, since power-on."""
        reply = self.ask(b"stack%")
        check_accepted(reply)
        return parse_stack(reply)

    def classify(self, samples: Samples) -> tuple[Window, ...]:
        """Continue the stream with samples [n] or [n, axes]; return the windows it completed.

        A UART has no flow control, so no more samples are under way than the device has room
        for. Frames of earlier calls are not in a window's features.
        """
        lines: list[str] = []
        for begin in range(0, len(samples), CHUNK_SAMPLES):
            reply = self.ask(samples_command(samples[begin : begin + CHUNK_SAMPLES]))
            check_accepted(reply)
            lines += reply
        return parse_windows(tuple(lines))

    def ask(self, request: bytes) -> Reply:
        """Send one command and return the lines of its reply."""
        command = request.partition(b"%")[0].decode("ascii") + "%"
        try:
            self._port.write(request)
        except serial.SerialException as error:
            raise ProtocolError(
                f"The device must take the {len(request)} bytes of {command}. Received: {error}. "
                "Check that the board is powered and connected, or that the emulator still runs."
            ) from error
        return self._next_reply(command)

    def _repeat_name(self) -> str:
        self._port.timeout = REPEAT_SECONDS
        for attempt in count(1):
            try:
                reply = self.ask(b"name%")
                while not (names := [line for line in reply if line.startswith("m-name-")]):
                    reply = self._next_reply("name%")
                break
            except _Silence:
                if attempt * REPEAT_SECONDS >= self._timeout:
                    raise
        self._port.timeout = self._timeout
        return parse_name((names[0],))

    def _next_reply(self, command: str) -> Reply:
        while not self._replies:
            try:
                fresh = self._port.read(1) + self._port.read(self._port.in_waiting)
            except serial.SerialException as error:
                raise ProtocolError(self._cut_short(command, str(error))) from error
            if not fresh:
                raise _Silence(self._cut_short(command, f"silence for {self._timeout:g} s"))
            self._replies.extend(self._reader.feed(fresh))
        return self._replies.popleft()

    def _cut_short(self, command: str, cause: str) -> str:
        return (
            f"Serial frame cut short: expected m-ready at the end of the reply to {command}. "
            f"Received: {self._reader.unfinished}, then {cause}. "
            "Check the cable and the port, reset the board and try again."
        )


@contextmanager
def connect(url: str, baud_rate: int = BAUD_RATE, timeout: float = 10.0) -> Iterator[Device]:
    """Open a port (`/dev/ttyACM0`, `COM3`, `socket://host:port`) and shake hands.

    Raises ProtocolError if the port cannot be opened or nothing there speaks the protocol.
    """
    try:
        port = serial.serial_for_url(url, baudrate=baud_rate, timeout=timeout)
    except (serial.SerialException, ValueError) as error:
        raise ProtocolError(
            f"The serial port must open. Received: {url}: {error}. "
            "List the ports with: python -m serial.tools.list_ports"
        ) from error
    with port:
        device = Device(port, timeout)
        device.handshake()
        yield device
