"""The stream of words that mote_depthwise_conv_2d_s8 reads, and the strips in which it works.

The C headers mote_depthwise_conv_2d_s8_{dsp,portable}.h describe the same layouts.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moteflow.graph import Rescale, Rounding, Window
from moteflow.graph.fixed_point import INT32_MAX, stored_factors

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
        rows = 2 if window.output_width > NARROW else max(4, 2 * -(-10 // window.output_width))
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
    filters = np.column_stack([words, _factors(bias, rescale, is_general)])
    return [int(word) for word in filters.ravel()]


def pack_quads(weights: Integers, bias: Integers, rescale: Rescale, is_general: bool) -> list[int]:
    """The stream for MOTE_DSP and a single output pixel; arguments as `pack_pairs`."""
    channels = bias.size
    taps = weights.reshape(-1, channels)
    factors = _factors(bias, rescale, is_general)
    stream: list[int] = []
    for next_channel in range(0, channels, QUAD):
        first = min(next_channel, channels - QUAD)
        four = slice(first, first + QUAD)
        stream += [*map(int, _words(taps[:, four])), *map(int, factors[four].ravel())]
    return stream


def pack_plain(weights: Integers, bias: Integers, rescale: Rescale) -> list[int]:
    """The stream for plain C: weights [height, width, channels]."""
    channels = bias.size
    multipliers = rescale_array(stored_factors(rescale), channels)
    small = np.concatenate([weights.ravel(), rescale_array(rescale.shifts, channels)])
    return [int(word) for word in np.concatenate([bias, multipliers, _words(small)])]


def is_general(weights: Integers, bias: Integers, rescale: Rescale) -> bool:
    """Whether a shift, a bias or an accumulator may lie outside what the short form allows, which
    is one of double rounding.
    """
    if rescale.rounding is Rounding.SINGLE:
        return True
    highest = int((128 * abs(weights).sum(axis=(0, 1)) + abs(bias)).max())
    bias_limit = INT32_MAX >> (SHIFT_BITS + 1)
    fits = 2 * highest <= INT32_MAX and int(abs(bias).max()) < bias_limit
    return not fits or any(shift not in FAST_SHIFTS for shift in rescale.shifts)


def is_single(window: Window, batches: int, input_channels: int, depth_multiplier: int) -> bool:
    """Whether the kernel of MOTE_DSP has one output pixel and packs nothing."""
    pixels = batches * window.output_height * window.output_width
    has_quad = depth_multiplier == 1 and input_channels >= QUAD
    return pixels == 1 and has_quad and not window.is_padded


def without_zeros(rescale: Rescale) -> Rescale:
    """The same factors; those that are 0 get a shift that is as good as theirs."""
    pairs = zip(rescale.multipliers, rescale.shifts, strict=True)
    return replace(rescale, shifts=tuple(s if m else -1 for m, s in pairs))


def rescale_array(values: tuple[int, ...], channels: int) -> Integers:
    """One value per channel."""
    return np.broadcast_to(np.array(values, np.int64), (channels,))


def _is_tall(w: Window) -> bool:
    return (w.filter_height, w.stride_height, w.dilation_height) == (3, 1, 1) and (
        w.filter_width <= TALL_COLUMNS
    )


def _factors(bias: Integers, rescale: Rescale, is_general: bool) -> Integers:
    """What follows the weights of each channel: [channels, words]."""
    multipliers = rescale_array(stored_factors(rescale), bias.size)
    shifts = rescale_array(rescale.shifts, bias.size)
    if is_general:
        return np.column_stack([bias, multipliers, shifts])
    return np.column_stack([(2 * bias << SHIFT_BITS) - shifts, multipliers])


def _words(values: Integers) -> Integers:
    """int8 values as little-endian words, zeros after the last."""
    data = values.astype(np.int8).tobytes()
    return np.frombuffer(data + bytes(-len(data) % WORD), "<i4").astype(np.int64)
