"""The stream of words that mote_depthwise_conv_2d_s8 reads, and the strips in which it works.

The C headers mote_depthwise_conv_2d_s8_{dsp,portable}.h describe the same layouts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moteflow.graph import Rescale, Window
from moteflow.graph.fixed_point import INT32_MAX

QUAD = 4
"""Input channels that are packed together."""
WORD = 4
"""Bytes."""
TALL_COLUMNS = 4
LOCAL_PAIRS = 8
"""Pairs of taps that fit registers; more are unpacked to scratch."""
NARROW = 16
"""Up to this many output columns longer strips pay: less is packed twice."""
FAST_SHIFTS = range(-20, 0)
SHIFT_BITS = 5

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Strips:
    """How the kernel of MOTE_DSP works: `rows` output rows at a time, four channels at a time."""

    window: Window
    rows: int

    @property
    def is_tall(self) -> bool:
        """Three taps below each other at every row: two output rows share their input."""
        return _is_tall(self.window)

    @property
    def filter_pairs(self) -> int:
        """Pairs of taps below each other in a column of the filter."""
        return -(-self.window.filter_height // 2)

    @property
    def filter_words(self) -> int:
        """Words of weights of a channel."""
        columns = self.window.filter_width
        return columns if self.is_tall else -(-self.filter_pairs * columns // 2)

    @property
    def scratch_bytes(self) -> int:
        """A strip's input, packed, and the weights where they do not fit registers."""
        w = self.window
        columns = (w.output_width - 1) * w.stride_width + (w.filter_width - 1) * w.dilation_width
        if self.is_tall:
            pairs = -(-self.rows // 2) + 1
        else:
            pairs = (self.rows - 1) * w.stride_height // 2 + self.filter_pairs
        unpacked = 0 if self.is_tall else 2 * self.filter_words
        unpacked = unpacked if unpacked > LOCAL_PAIRS else 0
        return WORD * (pairs * (columns + 1) * QUAD + unpacked)


def strips(window: Window) -> Strips:
    """The strips for a window."""
    rows = 1
    if _is_tall(window) or (window.stride_height % 2 == 0 and window.dilation_height == 1):
        rows = 4 if window.output_width <= NARROW else 2
    return Strips(window, min(rows, window.output_height))


def pack_pairs(
    weights: Integers, bias: Integers, rescale: Rescale, window: Window, is_general: bool
) -> list[int]:
    """The stream for MOTE_DSP: weights [height, width, channels], bias with the zero point."""
    height, width, channels = weights.shape
    if _is_tall(window):
        taps = weights[[0, 2, 1, 1]].transpose(2, 1, 0)
    else:
        padded = np.zeros((channels, width, height + height % 2), np.int64)
        padded[:, :, :height] = weights.transpose(2, 1, 0)
        pairs = padded.reshape(channels, -1, 2)
        if pairs.shape[1] % 2:
            pairs = np.concatenate([pairs, np.zeros((channels, 1, 2), np.int64)], axis=1)
        taps = pairs.reshape(channels, -1, 2, 2).transpose(0, 1, 3, 2)
    words = _words(taps.reshape(channels, -1)).reshape(channels, -1)
    multipliers = rescale_array(rescale.multipliers, channels)
    shifts = rescale_array(rescale.shifts, channels)
    if is_general:
        rest = np.stack([bias, multipliers, shifts])
    else:
        rest = np.stack([(2 * bias << SHIFT_BITS) - shifts, multipliers])
    return [int(word) for word in np.column_stack([words, *rest]).ravel()]


def pack_plain(weights: Integers, bias: Integers, rescale: Rescale) -> list[int]:
    """The stream for plain C: weights [height, width, channels]."""
    channels = bias.size
    multipliers = rescale_array(rescale.multipliers, channels)
    small = np.concatenate([weights.ravel(), rescale_array(rescale.shifts, channels)])
    return [int(word) for word in np.concatenate([bias, multipliers, _words(small)])]


def is_general(weights: Integers, bias: Integers, rescale: Rescale) -> bool:
    """Whether a shift, a bias or an accumulator may lie outside what the short form allows."""
    highest = int((128 * abs(weights).sum(axis=(0, 1)) + abs(bias)).max())
    bias_limit = INT32_MAX >> (SHIFT_BITS + 1)
    fits = 2 * highest <= INT32_MAX and int(abs(bias).max()) < bias_limit
    return not fits or any(shift not in FAST_SHIFTS for shift in rescale.shifts)


def without_zeros(rescale: Rescale) -> Rescale:
    """The same factors; those that are 0 get a shift that is as good as theirs."""
    pairs = zip(rescale.multipliers, rescale.shifts, strict=True)
    return Rescale(rescale.multipliers, tuple(s if m else -1 for m, s in pairs))


def rescale_array(values: tuple[int, ...], channels: int) -> Integers:
    """One value per channel."""
    return np.broadcast_to(np.array(values, np.int64), (channels,))


def _is_tall(w: Window) -> bool:
    return (w.filter_height, w.stride_height, w.dilation_height) == (3, 1, 1) and (
        w.filter_width <= TALL_COLUMNS
    )


def _words(values: Integers) -> Integers:
    """int8 values as little-endian words, zeros after the last."""
    data = values.astype(np.int8).tobytes()
    return np.frombuffer(data + bytes(-len(data) % WORD), "<i4").astype(np.int64)
