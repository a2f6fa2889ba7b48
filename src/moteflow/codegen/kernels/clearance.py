"""How far before its input an output must begin when a window's kernel runs in place.

See `graph.memory_plan.Overlap`: at every moment, what has been written must end before the lowest
byte of the input that will still be read.
"""

from collections.abc import Iterator

from moteflow.graph import Window

Moment = tuple[int, int | None]
"""The end of what is written, and the lowest input byte that is read later, if any."""


def pixel_clearance(window: Window, batches: int, input_channels: int, output_channels: int) -> int:
    """For kernels that compute one pixel of output after the other."""

    def moments() -> Iterator[Moment]:
        row_bytes = window.input_width * input_channels
        for y in range(window.output_height):
            below = first_row(window, y + 1) * row_bytes
            is_last = y + 1 == window.output_height
            for x in range(window.output_width):
                column = min(max(x * window.stride_width - window.pad_left, 0), window.input_width)
                lowest = first_row(window, y) * row_bytes + column * input_channels
                end = (y * window.output_width + x + 1) * output_channels
                yield end, lowest if is_last else min(lowest, below)

    return _clearance(list(moments()), window, batches, input_channels, output_channels)


def strip_clearance(
    window: Window, rows: int, batches: int, input_channels: int, depth_multiplier: int, quad: int
) -> int:
    """For kernels that compute `rows` rows together, `quad` input channels at a time, whose input
    they copy before they write.
    """
    output_channels = input_channels * depth_multiplier

    def moments() -> Iterator[Moment]:
        row_bytes = window.input_width * input_channels
        for y in range(0, window.output_height, rows):
            after = min(y + rows, window.output_height)
            end = after * window.output_width * output_channels
            lowest = first_row(window, y) * row_bytes
            for done in range(quad, input_channels, quad):
                yield end - (input_channels - done) * depth_multiplier, lowest + done
            following = first_row(window, after) * row_bytes
            yield end, following if after < window.output_height else None

    return _clearance(list(moments()), window, batches, input_channels, output_channels)


def first_row(window: Window, y: int) -> int:
    """No output row from y on reads an input row before this one."""
    return min(max(y * window.stride_height - window.pad_top, 0), window.input_height)


def _clearance(
    moments: list[Moment], window: Window, batches: int, input_channels: int, output_channels: int
) -> int:
    """The largest need of an image's moments, over all images."""
    image_in = window.input_height * window.input_width * input_channels
    image_out = window.output_height * window.output_width * output_channels
    needs = [
        batch * (image_out - image_in) + end - (image_in if lowest is None else lowest)
        for batch in (0, batches - 1)
        for end, lowest in moments
        if lowest is not None or batch + 1 < batches
    ]
    return max(needs, default=-batches * image_in)
