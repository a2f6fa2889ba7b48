"""How far before its input an output must begin when a window's kernel runs in place.

See `graph.memory_plan.Overlap`: at every moment, what has been written must end before the lowest
byte of the input that will still be read.
"""

import numpy as np
from numpy.typing import NDArray

from moteflow.graph import Window

Integers = NDArray[np.int64]


def pixel_clearance(window: Window, batches: int, input_channels: int, output_channels: int) -> int:
    """For kernels that compute one pixel of output after the other."""
    height, width = window.output_height, window.output_width
    row_bytes = window.input_width * input_channels
    rows = first_rows(window, np.arange(height + 1)) * row_bytes
    columns = np.arange(width) * window.stride_width - window.pad_left
    columns = np.clip(columns, 0, window.input_width) * input_channels
    lowest = rows[:-1, None] + columns
    lowest[:-1] = np.minimum(lowest[:-1], rows[1:-1, None])
    ends = np.arange(1, height * width + 1) * output_channels
    need = int(np.max(ends - lowest.ravel()))
    return max(need, need + _drift(window, batches, input_channels, output_channels))


def strip_clearance(
    window: Window, rows: int, batches: int, input_channels: int, depth_multiplier: int, quad: int
) -> int:
    """For kernels that compute `rows` rows together, `quad` input channels at a time, whose input
    they copy before they write.
    """
    output_channels = input_channels * depth_multiplier
    row_bytes = window.input_width * input_channels
    starts = np.arange(0, window.output_height, rows)
    afters = np.minimum(starts + rows, window.output_height)
    ends = afters * window.output_width * output_channels
    lowest = first_rows(window, starts) * row_bytes
    done = np.arange(quad, input_channels, quad)
    drift = _drift(window, batches, input_channels, output_channels)
    needs = ends[:-1] - first_rows(window, afters[:-1]) * row_bytes
    if done.size:
        within = np.max(done * (depth_multiplier - 1)) - input_channels * depth_multiplier
        needs = np.append(needs, ends - lowest + within)
    bounds = [int(np.max(needs)) + extra for extra in (0, drift) if needs.size]
    if batches > 1:
        bounds += [drift // (batches - 1), drift]
    return max(bounds, default=-batches * window.input_height * row_bytes)


def first_rows(window: Window, y: Integers) -> Integers:
    """For each output row the input row before which no output row from it on reads."""
    return np.clip(y * window.stride_height - window.pad_top, 0, window.input_height)


def _drift(window: Window, batches: int, input_channels: int, output_channels: int) -> int:
    """How much further output is ahead of input in the last image than in the first."""
    image_in = window.input_height * window.input_width * input_channels
    image_out = window.output_height * window.output_width * output_channels
    return (batches - 1) * (image_out - image_in)
