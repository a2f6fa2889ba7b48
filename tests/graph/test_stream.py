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
    chain = [draw(stages(draw(st.integers(1, 12)), 4 * draw(st.integers(1, 6))))]
    for _ in range(draw(st.integers(1, 3))):
        chain.append(draw(stages(chain[-1].output_height, chain[-1].output_row_bytes)))
    assume(not any(stage.skips_rows for stage in chain[2:]))
    return Stream(tuple(chain))


def reads_intact_rows(stream: Stream, clearance: int) -> bool:
    """Whether no row of input is read after the output, begun `clearance` earlier, reached it."""
    first, last = stream.stages[0], stream.stages[-1]
    windows: list[set[int]] = [set() for _ in stream.stages]
    lowest = []

    def compute(number: int, y: int) -> None:
        stage = stream.stages[number]
        top = y * stage.stride - stage.pad_top
        window = {row for row in range(top, top + stage.window_rows) if 0 <= row < stage.height}
        if number == 0:
            lowest.extend(sorted(window)[:1])
        else:
            for row in sorted(window - windows[number]):
                compute(number - 1, row)
        windows[number] = window

    for y in range(last.output_height):
        lowest.clear()
        compute(len(stream.stages) - 1, y)
        reached = y * last.output_row_bytes - clearance
        if y > 0 and any(row * first.row_bytes < reached for row in lowest):
            return False
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
    stream = Stream((first, second))
    assert stream.scratch_bytes == 3 * 8
    assert stream.clearance == 6 * 8 - 7 * 4
    assert not reads_intact_rows(stream, stream.clearance - 4)
    padded = replace(first, window_rows=3, pad_top=1)
    assert Stream((padded, second)).scratch_bytes == 3 * 8 + 3 * 4
