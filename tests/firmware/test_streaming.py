"""Long recordings through host and device: the parts, without a board."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from moteflow.codegen import ApplicationConfig
from moteflow.composition import compose_application
from moteflow.dsp import Event
from moteflow.errors import FirmwareError, ProtocolError
from moteflow.firmware.profile import FEATURES, INFERENCE, executed_between
from moteflow.firmware.streaming import (
    Heard,
    check_length,
    compare_streams,
    heard,
    stream_request,
)
from moteflow.firmware.transcript import samples_command

EVENT = Event(16000, 1, 200)
OUTPUTS = np.arange(12, dtype=np.uint8).reshape(4, 3)


@pytest.fixture(scope="module")
def application(root: Path) -> ApplicationConfig:
    """Windows of 49 frames of 640 samples each 320, every half second."""
    overrides = ["features=mfcc", "task.step_samples=8000"]
    return compose_application(root / "conf", ["yes", "no", "_unknown_"], overrides)


def test_windows_end_where_their_last_frame_does(application: ApplicationConfig) -> None:
    assert application.window_end(0) == 640 + 48 * 320
    assert application.window_end(3) == application.window_end(0) + 3 * 8000


def test_a_recording_shorter_than_a_window_is_refused(application: ApplicationConfig) -> None:
    check_length(np.zeros(16000, np.int16), application)
    with pytest.raises(FirmwareError, match=r"one window of 16000 samples\. Received: 15999"):
        check_length(np.zeros(15999, np.int16), application)


def test_a_recording_is_sent_as_one_stream() -> None:
    samples = np.arange(25, dtype=np.int16)
    request = list(stream_request(samples, 10))
    parts = [samples_command(samples[a:b]) for a, b in pairwise((0, 10, 20, 25))]
    assert request == [b"reset%", *parts, b"stack%"]


def response(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()


def test_what_the_device_heard() -> None:
    first = ("m-logits-[80ff7f]", "m-label-[2]", "m-smoothed-[-1]")
    second = ("m-logits-[017f02]", "m-label-[1]", "m-event-[16000,1,200]", "m-smoothed-[1]")
    ready = "m-ready"
    answer = response("m-init-done", ready, ready, *first, *second, ready, ready, *first, ready)
    result, stack = heard(answer + response("m-stack-[448]", ready))
    np.testing.assert_array_equal(
        result.outputs, np.array([[0x80, 0xFF, 0x7F], [1, 0x7F, 2], [0x80, 0xFF, 0x7F]], np.uint8)
    )
    assert (result.events, stack) == ((EVENT,), 448)
    with pytest.raises(FirmwareError, match="Received: 3 windows"):
        heard(answer)
    with pytest.raises(ProtocolError, match="e-"):
        heard(answer + response("e-[crc]", ready))


def test_equal_streams() -> None:
    side = Heard(OUTPUTS, (EVENT,))
    report = compare_streams("host", 2.0, side, Heard(OUTPUTS.copy(), (EVENT,)), None)
    assert report.equal
    assert report.json()["host_events"] == [{"sample": 16000, "label": 1, "score": 200}]
    assert report.json()["instructions_per_second"] is None


def test_streams_that_differ() -> None:
    host = Heard(OUTPUTS, (EVENT,))
    later = Heard(OUTPUTS, (Event(24000, 1, 200),))
    assert not compare_streams("x", 2.0, host, later, None).equal
    changed = OUTPUTS.copy()
    changed[2, 1] ^= 1
    assert compare_streams("x", 2.0, host, Heard(changed, (EVENT,)), None).mismatches == 1
    report = compare_streams("x", 2.0, host, Heard(OUTPUTS[:2], (EVENT,)), None)
    assert report.mismatches == 6 and not report.equal


def test_instructions_between_marks_add_up() -> None:
    names = (*INFERENCE, *FEATURES)
    notes = np.array(
        [(2, 100), (3, 130), (2, 140), (3, 160), (0, 170), (1, 970), (2, 980), (3, 985)], np.uint64
    )
    assert executed_between(notes, names, FEATURES) == 30 + 20 + 5
    assert executed_between(notes, names, INFERENCE) == 800
