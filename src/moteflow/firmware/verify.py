"""Run the linked firmware on its board over test vectors and compare every byte with the host's."""

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress, track

from moteflow.errors import FirmwareError
from moteflow.firmware.client import connect
from moteflow.firmware.emulator import (
    QEMU,
    Counter,
    run_counted,
    run_files,
    serial_port,
)
from moteflow.firmware.profile import Profile, build_plugin, marker_addresses, read_profile
from moteflow.firmware.toolchain import Board, find_board
from moteflow.firmware.transcript import Window, bulk_request, only_window, parse_bulk
from moteflow.firmware.vectors import Vectors

_FIRST = 5


@dataclass(frozen=True)
class Mismatches:
    """Bytes that differ from the host's, and labels; `clips` are those with any difference."""

    feature_bytes: int = 0
    input_bytes: int = 0
    logit_bytes: int = 0
    labels: int = 0
    clips: int = 0
    first_clips: tuple[int, ...] = ()

    @property
    def total(self) -> int:
        """Differing bytes and labels together."""
        return self.feature_bytes + self.input_bytes + self.logit_bytes + self.labels


@dataclass(frozen=True)
class Images:
    """The two ELF files of a target: the one to flash, and the same with files for a UART.

    On the host one program is both.
    """

    serial: Path
    files: Path

    @classmethod
    def of(cls, folder: Path) -> "Images":
        """The images that `build` put into `folder`."""
        serial, files = folder / "firmware.elf", folder / "firmware_semihosting.elf"
        return cls(serial, files if files.exists() else serial)


@dataclass(frozen=True)
class VerifyReport:
    """What the device answered.

    labels           the device's label of each clip
    device_accuracy  part of the clips whose label on the device is the true one
    mismatches       differing bytes and labels, over all transports
    stack_bytes      the highest stack use seen, painted at start-up; None on the host
    profile          executed instructions over the counted clips; None on the host or without
    """

    target: str
    clips: int
    serial_clips: int
    counted_clips: int
    labels: tuple[int, ...]
    device_accuracy: float
    mismatches: Mismatches
    stack_bytes: int | None
    profile: Profile | None

    @property
    def layers(self) -> dict[str, int]:
        """Executed instructions of each layer, in order; empty if not counted."""
        counted = self.profile.layers if self.profile else ()
        return {layer.name: layer.instructions.mean for layer in counted}

    def metrics(self) -> dict[str, Any]:
        """Everything but the labels, ready for JSON."""
        profile = self.profile
        return {
            "target": self.target,
            "clips": self.clips,
            "serial_clips": self.serial_clips,
            "counted_clips": self.counted_clips,
            "device_accuracy": self.device_accuracy,
            "mismatches": self.mismatches.total,
            "mismatches_by_kind": asdict(self.mismatches),
            "stack_bytes": self.stack_bytes,
            "instructions_per_inference": profile.inference.mean if profile else None,
            "instructions_per_window": profile.window.mean if profile else None,
            "instructions_over_clips": {
                "inference": asdict(profile.inference),
                "window": asdict(profile.window),
            }
            if profile
            else {},
            "layers": self.layers,
        }


def verify(
    images: Images,
    target: str,
    firmware_dir: Path,
    vectors: Vectors,
    n_serial: int,
    n_counted: int,
) -> VerifyReport:
    """Check a target's firmware against test vectors.

    All clips go through semihosting files (standard input on the host), spread over the cores,
    the first `n_serial` through the serial port as well, and the first `n_counted` once more
    under the instruction counter (emulated targets only).
    Raises FirmwareError if the firmware fails or answers to fewer clips than it was given,
    ProtocolError for a garbled answer, ToolchainError for a missing tool.
    """
    if not len(vectors):
        raise FirmwareError(
            "Verifying needs at least one clip. Received: none. Raise verify.limit."
        )
    board = find_board(target, firmware_dir)
    if board.machine and images.files == images.serial:
        raise FirmwareError(
            f"Verifying on {target} needs the image with semihosting beside the one to flash. "
            f"Received: {images.files.name} for both. Build the firmware for {target} again."
        )
    windows, stack = _run_bulk(board, images.files, vectors)
    checked = list(enumerate(windows))
    serial = vectors[:n_serial]
    if n_serial:
        checked += enumerate(_run_serial(board, images.serial, serial))
    counted = vectors[:n_counted] if board.machine else vectors[:0]
    profile = None
    if len(counted):
        counted_windows, profile = _run_counted(board, images.files, counted, firmware_dir)
        checked += enumerate(counted_windows)
    labels = tuple(window.label for window in windows)
    return VerifyReport(
        target=target,
        clips=len(vectors),
        serial_clips=len(serial),
        counted_clips=len(counted),
        labels=labels,
        device_accuracy=float(np.mean(labels == vectors.targets)),
        mismatches=compare(checked, vectors),
        stack_bytes=stack if board.machine else None,
        profile=profile,
    )


def compare(checked: Iterable[tuple[int, Window]], vectors: Vectors) -> Mismatches:
    """Count differing bytes between windows of the device, each with its clip's index, and host.

    A value that is missing or of another size counts with all its expected bytes.
    """
    features = inputs = logits = labels = 0
    differing: set[int] = set()
    for index, window in checked:
        counts = (
            _differing_bytes(window.features, vectors.features[index]),
            _differing_bytes(window.inputs, vectors.inputs[index]),
            _differing_bytes(window.logits, vectors.logits[index]),
            int(window.label != vectors.labels[index]),
        )
        features += counts[0]
        inputs += counts[1]
        logits += counts[2]
        labels += counts[3]
        if any(counts):
            differing.add(index)
    first = tuple(sorted(differing)[:_FIRST])
    return Mismatches(features, inputs, logits, labels, len(differing), first)


def _differing_bytes(actual: NDArray[np.generic] | None, expected: NDArray[np.generic]) -> int:
    if actual is None or actual.nbytes != expected.nbytes:
        return int(expected.nbytes)
    pairs = zip(actual.tobytes(), expected.tobytes(), strict=True)
    return sum(ours != theirs for ours, theirs in pairs)


def _run_bulk(board: Board, elf: Path, vectors: Vectors) -> tuple[tuple[Window, ...], int | None]:
    n_shards = min(os.cpu_count() or 1, len(vectors))
    bounds = np.linspace(0, len(vectors), n_shards + 1).astype(int)
    shards = [vectors[a:b] for a, b in pairwise(bounds)]
    with Progress() as progress:
        task = progress.add_task(f"Verifying on {board.name}", total=_lines(vectors))
        responses = run_files(
            board,
            elf,
            [bulk_request(shard.samples) for shard in shards],
            progress=lambda fresh: progress.advance(task, fresh.count(b"\n")),
        )
    windows: list[Window] = []
    stacks: list[int | None] = []
    for shard, response in zip(shards, responses, strict=True):
        answered, stack = _parse(response, len(shard))
        windows += answered
        stacks.append(stack)
    known = [stack for stack in stacks if stack is not None]
    return tuple(windows), max(known, default=None)


def _lines(vectors: Vectors) -> int:
    """How many lines the device answers: a line per frame, four results, two `m-ready` per clip."""
    n_frames: int = vectors.features.shape[1]
    return len(vectors) * (n_frames + 6)


def _parse(response: bytes, n_clips: int) -> tuple[tuple[Window, ...], int | None]:
    windows, stack = parse_bulk(response)
    if len(windows) != n_clips:
        raise FirmwareError(
            f"The device must answer to all {n_clips} clips. Received: {len(windows)} results, "
            f"ending in {response[-200:]!r}. Look for a fault or an early exit in the firmware."
        )
    return windows, stack


def _run_serial(board: Board, elf: Path, vectors: Vectors) -> list[Window]:
    with serial_port(board, elf) as url, connect(url) as device:
        device.trace(True)
        windows = []
        for samples in track(vectors.samples, f"Serial port of {board.name}"):
            device.reset()
            windows.append(only_window(device.classify(samples)))
        return windows


def _run_counted(
    board: Board, elf: Path, vectors: Vectors, firmware_dir: Path
) -> tuple[tuple[Window, ...], Profile]:
    markers = marker_addresses(elf)
    plugin = build_plugin(firmware_dir / "tools" / "instruction_counter.c", QEMU)
    counter = Counter(plugin, tuple(markers.values()))
    counted = run_counted(board, elf, bulk_request(vectors.samples), counter)
    windows, _ = _parse(counted.response, len(vectors))
    return windows, read_profile(counted.notes, tuple(markers))
