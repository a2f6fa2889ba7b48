"""Comparing a device with the host's vectors, byte by byte."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from moteflow.errors import FirmwareError, ProtocolError
from moteflow.firmware.transcript import Window
from moteflow.firmware.vectors import Vectors
from moteflow.firmware.verify import Images, Mismatches, VerifyReport, compare, verify


@pytest.fixture
def verified(
    fake_device: Callable[..., Path], firmware_dir: Path, vectors: Vectors
) -> Callable[..., VerifyReport]:
    def run(fault: str = "none", clip: int = 0, n_serial: int = 0) -> VerifyReport:
        program = fake_device(fault, clip)
        return verify(Images(program, program), "host", firmware_dir, vectors, n_serial, 2)

    return run


def test_true_device_has_no_mismatches(
    verified: Callable[..., VerifyReport], vectors: Vectors
) -> None:
    report = verified(n_serial=2)
    assert report.mismatches == Mismatches()
    assert report.labels == tuple(vectors.labels)
    assert (report.clips, report.serial_clips, report.counted_clips) == (len(vectors), 2, 0)
    assert report.device_accuracy == pytest.approx(1 - 1 / len(vectors))
    assert report.stack_bytes is None
    metrics = report.metrics()
    assert json.loads(json.dumps(metrics, allow_nan=False)) == {
        **metrics,
        "mismatches_by_kind": {**metrics["mismatches_by_kind"], "first_clips": []},
    }
    assert (metrics["mismatches"], metrics["instructions_per_inference"]) == (0, None)
    assert metrics["layers"] == {}


def test_differing_feature_byte_is_counted_once_per_shard(
    verified: Callable[..., VerifyReport],
) -> None:
    report = verified("feature", clip=0)  # the first clip of every process
    found = report.mismatches
    assert found.total == found.feature_bytes == found.clips >= 1
    assert found.first_clips[0] == 0


def test_serial_mismatches_count_too(verified: Callable[..., VerifyReport]) -> None:
    files_only = verified("logit", clip=0)
    with_serial = verified("logit", clip=0, n_serial=1)
    assert with_serial.mismatches.total == files_only.mismatches.total + 1


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ("exit", FirmwareError, r"answer to all \d clips\. Received: 0 results"),
        ("short", FirmwareError, r"answer to all \d clips\. Received: 0 results"),
        ("status", FirmwareError, "it hurts"),
        ("garble", ProtocolError, "printable ASCII"),
    ],
)
def test_failing_device_fails_loudly(
    verified: Callable[..., VerifyReport], fault: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        verified(fault)


def test_compare_counts_each_kind_and_names_the_first_clips(vectors: Vectors) -> None:
    def window(index: int) -> Window:
        return Window(
            vectors.features[index].copy(),
            vectors.inputs[index].copy(),
            vectors.logits[index].copy(),
            int(vectors.labels[index]),
            -1,
        )

    checked = [(index, window(index)) for index in range(len(vectors))]
    checked[1][1].features[0, 0] = -checked[1][1].features[0, 0]  # one sign bit
    checked[3][1].inputs[:2] ^= 1
    checked[4] = (4, dataclasses.replace(checked[4][1], label=-7))
    checked[5] = (5, dataclasses.replace(checked[5][1], features=None))
    everything = vectors.features[5].nbytes
    assert compare(checked, vectors) == Mismatches(1 + everything, 2, 0, 1, 4, (1, 3, 4, 5))


def test_no_clips_are_refused(
    fake_device: Callable[..., Path], firmware_dir: Path, vectors: Vectors
) -> None:
    program = fake_device()
    with pytest.raises(FirmwareError, match="at least one clip"):
        verify(Images(program, program), "host", firmware_dir, vectors[:0], 0, 0)


def test_vectors_of_other_dtype_or_length_are_refused(vectors: Vectors) -> None:
    with pytest.raises(FirmwareError, match=r"logits must be int8 .*Received: int16"):
        dataclasses.replace(vectors, logits=vectors.logits.astype(np.int16))
    with pytest.raises(FirmwareError, match=r"targets must be int64 \[7, \.\.\.\]"):
        dataclasses.replace(vectors, targets=vectors.targets[:3])
