"""Windows of rows: which rows a stream reads when, and how far its output may follow."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from moteflow.graph import Attributes, Op
from moteflow.graph.operators.stream import Stage, Stream

LAWS = settings(derandomize=True, database=None, deadline=None)
NOTHING = Op("CONV_2D", 0, (0,), (1,), Attributes())


@st.composite
def stages(draw: st.DrawFn, height: int, row_bytes: int) -> Stage:
    window, stride = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    pad_top, pad_bottom = draw(st.integers(0, window - 1)), draw(st.integers(0, window - 1))
    output_height = (height + pad_top + pad_bottom - window) // stride + 1
    assume(output_height > 0)
    output_row_bytes = 4 * draw(st.integers(1, 6))
    return Stage(
        NOTHING,
        *(height, output_height, row_bytes, output_row_bytes, window, stride, pad_top, 0),
    )


@st.composite
def streams(draw: st.DrawFn) -> Stream:
    first = draw(stages(draw(st.integers(1, 12)), 4 * draw(st.integers(1, 6))))
    return Stream(first, draw(stages(first.output_height, first.output_row_bytes)))


def reads_intact_rows(stream: Stream, clearance: int) -> bool:
    """Whether no row of input is read after the output, begun `clearance` earlier, reached it."""
    first, second = stream.first, stream.second
    reached, known = -clearance, set[int]()
    for y in range(second.output_height):
        top = y * second.stride - second.pad_top
        window = {row for row in range(top, top + second.window_rows) if 0 <= row < second.height}
        for row in sorted(window - known):
            above = row * first.stride - first.pad_top
            rows = [r for r in range(above, above + first.window_rows) if 0 <= r < first.height]
            if y > 0 and rows and rows[0] * first.row_bytes < reached:
                return False
        known = window
        reached += second.output_row_bytes
    return True


@LAWS
@given(streams())
def test_the_clearance_keeps_what_is_still_to_be_read(stream: Stream) -> None:
    assert reads_intact_rows(stream, stream.clearance)
    assert reads_intact_rows(stream, stream.clearance + 4)


def test_the_clearance_is_no_larger_than_it_must_be() -> None:
    first = Stage(NOTHING, 8, 8, row_bytes=4, output_row_bytes=8, window_rows=1, stride=1,
                  pad_top=0, fill=0)  # fmt: skip
    second = replace(first, row_bytes=8, output_row_bytes=8, window_rows=3, pad_top=1)
    stream = Stream(first, second)
    assert stream.scratch_bytes == 3 * 8
    assert stream.clearance == 6 * 8 - 7 * 4
    assert not reads_intact_rows(stream, stream.clearance - 4)
    padded = replace(first, window_rows=3, pad_top=1)
    assert Stream(padded, second).scratch_bytes == 3 * 8 + 3 * 4
