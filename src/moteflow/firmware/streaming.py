"""A long recording through host and device: both must hear the same events."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow import dsp
from moteflow.codegen import ApplicationConfig
from moteflow.errors import FirmwareError
from moteflow.firmware.emulator import QEMU, Counter, run_counted, run_files
from moteflow.firmware.profile import (
    FEATURES,
    INFERENCE,
    build_plugin,
    executed_between,
    marker_addresses,
)
from moteflow.firmware.toolchain import Board
from moteflow.firmware.transcript import (
    ReplyReader,
    Samples,
    Window,
    check_accepted,
    parse_stack,
    parse_windows,
    samples_command,
)
from moteflow.graph import Rounding
from moteflow.quantization import input_quantization, run_reference_cases


@dataclass(frozen=True)
class Heard:
    """What one side made of a recording.

    outputs  uint8 [windows, labels]: the bytes of the model's outputs
    events   in order of time
    """

    outputs: NDArray[np.uint8]
    events: tuple[dsp.Event, ...]


@dataclass(frozen=True)
class Work:
    """Instructions that the device executed for one second of the recording, and its stack."""

    features: int
    inference: int
    stack_bytes: int

    @property
    def total(self) -> int:
        return self.features + self.inference


@dataclass(frozen=True)
class StreamReport:
    """Host and device side by side.

    mismatches  bytes of the model's outputs that differ
    work        None where instructions are not counted, on the host
    """

    target: str
    seconds: float
    host: Heard
    device: Heard
    mismatches: int
    work: Work | None

    @property
    def equal(self) -> bool:
        """Whether both heard the same events, out of the same outputs."""
        return self.host.events == self.device.events and not self.mismatches

    def json(self) -> dict[str, Any]:
        """All but the outputs."""
        return {
            "target": self.target,
            "seconds": self.seconds,
            "windows": len(self.host.outputs),
            "equal": self.equal,
            "mismatches": self.mismatches,
            "host_events": [asdict(event) for event in self.host.events],
            "device_events": [asdict(event) for event in self.device.events],
            "instructions_per_second": None
            if self.work is None
            else {
                "features": self.work.features,
                "inference": self.work.inference,
                "total": self.work.total,
            },
            "stack_bytes": self.work and self.work.stack_bytes,
        }


def compare_streams(
    target: str, seconds: float, host: Heard, device: Heard, work: Work | None
) -> StreamReport:
    """Count the bytes in which the outputs differ, all of a window that one side lacks."""
    length = min(len(host.outputs), len(device.outputs))
    differing = int(np.count_nonzero(host.outputs[:length] != device.outputs[:length]))
    missing = abs(host.outputs.size - device.outputs.size)
    return StreamReport(target, seconds, host, device, differing + missing, work)


def simulate(
    tflite: bytes, application: ApplicationConfig, samples: Samples, rounding: Rounding
) -> Heard:
    """The recording [n] or [n, axes] on the host, with the reference interpreter as the model.

    Features, quantization and events are the device's own C code; the interpreter runs window
    after window, so that a model's state carries over. Raises FirmwareError if the recording is
    shorter than a window, and what `dsp.extract` and the interpreter raise.
    """
    n_frames, _ = application.feature_shape
    check_length(samples, application)
    quantization = input_quantization(tflite)
    features = dsp.extract(samples[None], application.features)[0]
    rows = dsp.quantize(features, application.features, quantization.scale, quantization.zero_point)
    step = application.step_samples // application.features.hop_length
    cases = [[rows[i : i + n_frames]] for i in range(0, len(rows) - n_frames + 1, step)]
    outputs = np.stack(
        [output.ravel() for [output] in run_reference_cases(tflite, cases, 1, rounding)]
    )
    scores = (outputs.astype(np.int16) - np.iinfo(outputs.dtype).min).astype(np.uint8)
    decisions = dsp.decide(scores, application.events)
    events = tuple(
        dsp.Event(application.window_end(window), decision.label, decision.score)
        for window, decision in enumerate(decisions)
        if decision.event
    )
    return Heard(outputs.view(np.uint8), events)


def stream(
    board: Board,
    elf: Path,
    application: ApplicationConfig,
    samples: Samples,
    firmware_dir: Path,
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[Heard, Work | None]:
    """The recording through the firmware, second by second, with its instructions counted.

    `progress` gets how many windows have newly been answered. Raises FirmwareError if the
    recording is shorter than a window or the firmware dies, ProtocolError for a garbled answer.
    """
    check_length(samples, application)
    request = stream_request(samples, application.sample_rate)

    def listen(fresh: bytes) -> None:
        progress(fresh.count(b"m-logits-"))

    if board.machine is None:
        [response] = run_files(board, elf, [request], progress=listen)
        return heard(response)[0], None
    plugin = build_plugin(firmware_dir / "tools" / "instruction_counter.c", QEMU)
    markers = marker_addresses(elf)
    counted = run_counted(
        board, elf, request, Counter(plugin, tuple(markers.values())), progress=listen
    )
    result, stack_bytes = heard(counted.response)
    seconds = len(samples) / application.sample_rate
    features, inference = (
        round(executed_between(counted.notes, tuple(markers), marks) / seconds)
        for marks in (FEATURES, INFERENCE)
    )
    return result, Work(features, inference, stack_bytes)


def check_length(samples: Samples, application: ApplicationConfig) -> None:
    """Raise FirmwareError unless the recording has at least one window."""
    shortest = application.window_end(0)
    if len(samples) < shortest:
        raise FirmwareError(
            f"A recording must be at least one window of {shortest} samples. "
            f"Received: {len(samples)}. Choose a longer one."
        )


def stream_request(samples: Samples, chunk: int) -> Iterator[bytes]:
    """Yield what to send for one recording as one stream, `chunk` samples per command."""
    yield b"reset%"
    for begin in range(0, len(samples), chunk):
        yield samples_command(samples[begin : begin + chunk])
    yield b"stack%"


def heard(response: bytes) -> tuple[Heard, int]:
    """Return what the device heard of a `stream_request`, and its peak stack in bytes.

    Raises FirmwareError if the answer stops early, ProtocolError if it is garbled.
    """
    windows: list[Window] = []
    for reply in ReplyReader().feed(response):
        check_accepted(reply)
        if any(line.startswith("m-logits-") for line in reply):
            windows += parse_windows(reply)
        elif any(line.startswith("m-stack-") for line in reply):
            outputs = np.stack([window.logits for window in windows]).view(np.uint8)
            events = tuple(window.event for window in windows if window.event is not None)
            return Heard(outputs, events), parse_stack(reply)
    raise FirmwareError(
        f"The device must answer to the whole recording. Received: {len(windows)} windows, "
        f"ending in {response[-200:]!r}. Look for a fault or an early exit in the firmware."
    )
