"""The serial protocol: requests as bytes, replies as typed results."""

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from moteflow.dsp import Event
from moteflow.errors import ProtocolError
from moteflow.firmware.transcript import (
    ReplyReader,
    bulk_request,
    check_accepted,
    parse_bulk,
    parse_name,
    parse_stack,
    parse_windows,
    samples_command,
)

RESULT = ("m-logits-[80ff7f]", "m-label-[2]", "m-smoothed-[-1]")


def test_samples_command_is_count_little_endian_samples_and_crc() -> None:
    command = samples_command(np.array([1, -2, 0x1234], np.int16))
    payload = b"\x01\x00\xfe\xff\x34\x12"
    assert command == b"samples 3%" + payload + zlib.crc32(payload).to_bytes(4, "little")


def test_samples_command_takes_no_other_dtype() -> None:
    with pytest.raises(TypeError):
        samples_command(np.zeros(4, np.int32))  # type: ignore[arg-type]


def test_bulk_request_resets_before_each_clip() -> None:
    clips = np.arange(6, dtype=np.int16).reshape(2, 3)
    sent = list(bulk_request(clips))
    frames = [samples_command(clip) for clip in clips]
    assert sent == [b"trace 1%", b"reset%", frames[0], b"reset%", frames[1], b"stack%"]


@given(
    arrays(np.uint32, st.tuples(st.integers(1, 4), st.integers(1, 5))),
    arrays(np.int8, st.integers(1, 9)),
    st.integers(1, 50),
)
def test_parse_gives_back_the_bytes_however_they_arrive(
    bits: np.ndarray, inputs: np.ndarray, piece: int
) -> None:
    lines = [f"m-frame-[{row.astype('<u4').tobytes().hex()}]" for row in bits]
    lines += [f"m-input-[{inputs.tobytes().hex()}]", *RESULT, "m-ready"]
    sent = "".join(f"{line}\r\n" for line in lines).encode()
    reader = ReplyReader()
    pieces = [sent[i : i + piece] for i in range(0, len(sent), piece)]
    replies = [reply for part in pieces for reply in reader.feed(part)]
    assert len(replies) == 1
    (window,) = parse_windows(replies[0])
    assert window.features is not None and window.inputs is not None
    np.testing.assert_array_equal(window.features, bits)
    np.testing.assert_array_equal(window.inputs, inputs)
    np.testing.assert_array_equal(window.logits, np.array([-128, -1, 127], np.int8))
    assert (window.label, window.smoothed) == (2, -1)


def test_windows_without_trace_have_no_features() -> None:
    windows = parse_windows(RESULT + RESULT)
    assert [(w.features, w.inputs, w.label) for w in windows] == [(None, None, 2)] * 2


def test_an_event_belongs_to_its_window() -> None:
    windows = parse_windows((*RESULT, *RESULT[:2], "m-event-[24000,2,190]", RESULT[2], *RESULT))
    assert [window.event for window in windows] == [None, Event(24000, 2, 190), None]


def test_frames_of_an_incomplete_window_are_left_out() -> None:
    windows = parse_windows((*RESULT, "m-frame-[00000000]"))
    assert len(windows) == 1


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("m-frame-[0000]",), "hexadecimal digits, a multiple of 8"),
        (("m-logits-[0g]",), "hexadecimal"),
        (("m-label-[one]",), "a decimal integer"),
        (("m-label-[1",), "m-NAME-\\[VALUE\\]"),
        (("m-smoothed-[1]",), "m-logits- and m-label- before"),
        (RESULT[:2], "m-smoothed- at the end"),
        (("m-event-[1,2]", *RESULT), "3 integers"),
        (("m-event-[1,2,x]", *RESULT), "a decimal integer"),
        ((*RESULT, "m-event-[1,2,3]"), "m-smoothed- at the end"),
        (("m-weather-[fine]",), "m-frame-, m-input-"),
        (("m-frame-[00000000]", "m-frame-[0000000000000000]", *RESULT), "the same number"),
    ],
)
def test_garbled_reply_names_what_was_expected(lines: tuple[str, ...], expected: str) -> None:
    with pytest.raises(ProtocolError, match=expected):
        parse_windows(lines)


def test_binary_noise_is_refused() -> None:
    with pytest.raises(ProtocolError, match="printable ASCII"):
        ReplyReader().feed(b"m-label-[\xff]\n")


def test_error_line_is_raised_with_advice() -> None:
    with pytest.raises(ProtocolError, match=r"e-\[crc\].*send them again"):
        check_accepted(("e-[crc]",))
    with pytest.raises(ProtocolError, match=r"e-\[truncated\].*without pauses"):
        check_accepted(("e-[truncated]",))
    with pytest.raises(ProtocolError, match="Rebuild the firmware"):
        check_accepted(("e-[unknown command]",))


def test_parse_bulk_skips_the_greeting_and_finds_the_stack() -> None:
    greeting, stack_reply = ("m-init-done", "m-ready"), ("m-stack-[312]", "m-ready")
    lines = [*greeting, "m-ready", "m-ready", *RESULT, "m-ready", *stack_reply, ""]
    windows, stack = parse_bulk("\r\n".join(lines).encode())
    assert len(windows) == 1
    assert stack == 312


def test_parse_bulk_of_a_device_that_died_has_what_arrived_whole() -> None:
    received = "\n".join(["m-ready", *RESULT, "m-ready", *RESULT])
    windows, stack = parse_bulk(received.encode())
    assert len(windows) == 1
    assert stack is None


def test_parse_bulk_refuses_two_results_for_one_window() -> None:
    with pytest.raises(ProtocolError, match="Received: 2 results"):
        parse_bulk("\n".join([*RESULT, *RESULT, "m-ready", ""]).encode())


def test_single_line_replies() -> None:
    assert parse_name(("m-name-dut-[moteflow]",)) == "moteflow"
    assert parse_stack(("m-stack-[312]",)) == 312
    with pytest.raises(ProtocolError, match="one line m-name"):
        parse_name(("m-stack-[312]",))
