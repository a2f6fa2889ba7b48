"""The serial protocol as bytes: requests to the device, its replies as typed results.

Commands end with `%` and replies are lines that begin with `m-` or `e-`; `m-ready` closes the
reply to each command (the serial interface of MLPerf Tiny, with our own commands added). The same
bytes travel over a UART, a pipe and semihosting files.
"""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moteflow.dsp import Event
from moteflow.errors import ProtocolError

READY = "m-ready"

Samples = NDArray[np.int16] | NDArray[np.float32]

Reply = tuple[str, ...]
"""The lines between two `m-ready`."""


@dataclass(frozen=True)
class Window:
    """What the device answered to one completed window.

    features  uint32 [frames since the window before, n_features], the bits of float32 or int32;
              None without trace
    inputs    int8 [n]; the model's input, flat; None without trace
    logits    int8 [n_labels]; of a model with uint8 output, its bytes
    label     index of the highest logit
    smoothed  index of the label smoothed over windows; -1: none is sure enough
    event     the label that was heard with this window; None: none was
    """

    features: NDArray[np.uint32] | None
    inputs: NDArray[np.int8] | None
    logits: NDArray[np.int8]
    label: int
    smoothed: int
    event: Event | None = None


def samples_command(samples: Samples) -> bytes:
    """Return the `samples` command for samples [n] or [n, axes]: count, bytes and their CRC-32."""
    dtype = "<f4" if samples.dtype == np.float32 else "<i2"
    payload = samples.astype(dtype, casting="equiv").tobytes()
    return b"samples %d%%" % len(samples) + payload + zlib.crc32(payload).to_bytes(4, "little")


def bulk_request(clips: Samples) -> Iterator[bytes]:
    """Yield what to send for clips [n, window_samples, ...], each as a stream of its own.

    `parse_bulk` reads what comes back.
    """
    yield b"trace 1%"
    for clip in clips:
        yield b"reset%"
        yield samples_command(clip)
    yield b"stack%"


def parse_bulk(received: bytes) -> tuple[tuple[Window, ...], int | None]:
    """Return one window per answered clip of a `bulk_request`, and the peak stack in bytes.

    A device that died early gives fewer windows and None as its stack; comparing counts is the
    caller's. Raises ProtocolError if a reply is garbled or holds another number of windows.
    """
    windows: list[Window] = []
    stack = None
    for reply in ReplyReader().feed(received):
        check_accepted(reply)
        if any(line.startswith("m-stack-") for line in reply):
            stack = parse_stack(reply)
        elif any(line.startswith(("m-frame-", "m-logits-")) for line in reply):
            windows.append(only_window(parse_windows(reply)))
    return tuple(windows), stack


class ReplyReader:
    """Cuts a stream of bytes into replies, however the stream is cut into pieces."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._partial = b""

    def feed(self, received: bytes) -> list[Reply]:
        """Take the next bytes and return the replies that they complete.

        Lines end in LF or CR LF. Raises ProtocolError for a line that is not printable ASCII.
        """
        *lines, self._partial = (self._partial + received).split(b"\n")
        replies: list[Reply] = []
        for line in lines:
            text = line.removesuffix(b"\r").decode("ascii", errors="replace")
            if not text.isascii() or not text.isprintable():
                raise ProtocolError(
                    f"A reply must be printable ASCII lines. Received: {line[:40]!r}. "
                    "Check the baud rate, and that nothing else writes to the port."
                )
            if text == READY:
                replies.append(tuple(self._lines))
                self._lines = []
            else:
                self._lines.append(text)
        return replies

    @property
    def unfinished(self) -> str:
        """What arrived after the last complete reply, shortened for a message."""
        partial = self._partial[:40].decode("ascii", errors="replace")
        last = partial or (self._lines[-1][:40] if self._lines else "nothing")
        return f"{len(self._lines)} lines, then {last!r}" if self._lines else repr(last)


def check_accepted(reply: Reply) -> None:
    """Raise ProtocolError if the device answered with an error line."""
    for line in reply:
        if line.startswith("e-"):
            raise ProtocolError(
                f"The device must accept the command. Received: {line}. {_advice(line)}"
            )


def only_window(windows: tuple[Window, ...]) -> Window:
    """Return the only one of `windows`; raises ProtocolError if there are none or several."""
    if len(windows) != 1:
        raise ProtocolError(
            "One window of samples after a reset must give one result. "
            f"Received: {len(windows)} results. "
            "Send as many samples as the firmware's window has, and rebuild it if that changed."
        )
    return windows[0]


def parse_windows(reply: Reply) -> tuple[Window, ...]:
    """Return the windows completed in the reply to a `samples` command.

    Frames after the last window belong to one that is not complete yet and are left out.
    Raises ProtocolError for lines that are missing, garbled or out of order.
    """
    windows: list[Window] = []
    frames: list[bytes] = []
    inputs: NDArray[np.int8] | None = None
    logits: NDArray[np.int8] | None = None
    label: int | None = None
    event: Event | None = None
    for line in reply:
        name, value = _split(line)
        if name == "frame":
            frames.append(_hex(line, value, 4))
        elif name == "input":
            inputs = np.frombuffer(_hex(line, value, 1), np.int8)
        elif name == "logits":
            logits = np.frombuffer(_hex(line, value, 1), np.int8)
        elif name == "label":
            label = _integer(line, value)
        elif name == "event":
            event = Event(*(_integer(line, field) for field in _fields(line, value, 3)))
        elif name == "smoothed":
            if logits is None or label is None:
                raise _garbled(line, "m-logits- and m-label- before m-smoothed-")
            features = _stack_frames(frames) if frames else None
            windows.append(Window(features, inputs, logits, label, _integer(line, value), event))
            frames, inputs, logits, label, event = [], None, None, None, None
        else:
            raise _garbled(line, "m-frame-, m-input-, m-logits-, m-label-, m-event- or m-smoothed-")
    if logits is not None or label is not None or event is not None:
        raise _garbled(reply[-1], "m-smoothed- at the end of a window's result")
    return tuple(windows)


def parse_stack(reply: Reply) -> int:
    """Return the peak stack in bytes from the reply to `stack%`."""
    return _integer(reply[0], _only(reply, "stack"))


def parse_name(reply: Reply) -> str:
    """Return the device's name from the reply to `name%`."""
    return _only(reply, "name")


def _only(reply: Reply, expected: str) -> str:
    if len(reply) == 1:
        name, value = _split(reply[0])
        if name == expected:
            return value
    raise ProtocolError(
        f"The reply must be one line m-{expected}-[...]. Received: {list(reply)}. "
        "Check that the port is the board's and that it runs moteflow's firmware."
    )


def _split(line: str) -> tuple[str, str]:
    match = re.fullmatch(r"m-([a-z]+)-(?:dut-)?\[(.*)\]", line)
    if match is None:
        raise _garbled(line, "m-NAME-[VALUE]")
    return match[1], match[2]


def _hex(line: str, value: str, multiple: int) -> bytes:
    if len(value) % (2 * multiple) or not re.fullmatch("[0-9a-fA-F]+", value):
        raise _garbled(line, f"hexadecimal digits, a multiple of {2 * multiple}")
    return bytes.fromhex(value)


def _fields(line: str, value: str, count: int) -> list[str]:
    fields = value.split(",")
    if len(fields) != count:
        raise _garbled(line, f"{count} integers")
    return fields


def _integer(line: str, value: str) -> int:
    if not re.fullmatch("-?[0-9]{1,10}", value):
        raise _garbled(line, "a decimal integer")
    return int(value)


def _stack_frames(frames: Iterable[bytes]) -> NDArray[np.uint32]:
    rows = [np.frombuffer(frame, "<u4") for frame in frames]
    if len({len(row) for row in rows}) != 1:
        raise ProtocolError(
            "All frames of a window must have the same number of features. "
            f"Received: {sorted({len(row) for row in rows})}. A line was cut short; try again."
        )
    return np.stack(rows).astype(np.uint32)


def _garbled(line: str, expected: str) -> ProtocolError:
    shown = line if len(line) <= 60 else f"{line[:60]}... ({len(line)} characters)"
    return ProtocolError(
        f"The reply is garbled: expected {expected}. Received: {shown!r}. "
        "Reset the board and try again; check the cable and the baud rate of a real one."
    )


def _advice(line: str) -> str:
    if "crc" in line:
        return "The samples changed on the way: send them again, check cable and baud rate."
    if "truncated" in line:
        return "The samples did not all arrive in time: send them again, without pauses."
    return "Rebuild the firmware so that it knows the commands of this version."
