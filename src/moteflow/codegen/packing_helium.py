"""Weights in the order in which the Helium kernels read them, as streams of 32-bit words."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow.graph import Rescale, Window

STEP = 16
"""int8 elements of a vector."""
BLOCK = 4
"""Filters that the matrix product takes at a time."""
WORD = 4
"""Neighbouring taps that a word of a depthwise filter holds."""


def pack_matmul(
    filters: NDArray[np.int8], biases: NDArray[np.int64], rescale: Rescale
) -> NDArray[np.int32]:
    """Filters [filters, depth] as the stream of `mote_matmul_helium_s8`."""
    n_filters, depth = filters.shape
    blocks, steps = -(-n_filters // BLOCK), -(-depth // STEP)
    padded = np.zeros((blocks * BLOCK, steps * STEP), np.int8)
    padded[:n_filters, :depth] = filters
    ordered = padded.reshape(blocks, BLOCK, steps, STEP).transpose(0, 2, 1, 3)
    weights = _words(ordered.reshape(blocks, -1))
    factors = np.zeros((3, blocks * BLOCK), np.int32)
    factors[:, :n_filters] = _factors(biases, rescale)
    factors[2, n_filters:] = -1
    grouped = factors.reshape(3, blocks, BLOCK).transpose(1, 0, 2).reshape(blocks, -1)
    return np.concatenate([weights, grouped], axis=1).ravel()


def pack_depthwise(
    filters: NDArray[np.int8], biases: NDArray[np.int64], rescale: Rescale, window: Window
) -> NDArray[np.int32]:
    """Filters [height, width, channels] as the stream of `mote_depthwise_conv_2d_helium_s8`."""
    height, width, channels = filters.shape
    padded = np.zeros((channels, height, row_words(window) * WORD), np.int8)
    padded[:, :, :width] = filters.transpose(2, 0, 1)
    words = _words(padded.reshape(channels, -1))
    before, after = (1, 1) if is_paired(window) else (0, -words.shape[1] % 4)
    words = np.pad(words, ((0, 0), (before, after)))
    return np.concatenate([words, _factors(biases, rescale).T], axis=1).ravel()


def turned(window: Window) -> Window:
    """The window with rows and columns exchanged where columns of outputs would be too short.

    Kernels compute columns four outputs at a time, and each column costs about as much as six.
    """
    rows, columns = window.output_height, window.output_width
    if columns * (-(-rows // 4) * 4 + 6) <= rows * (-(-columns // 4) * 4 + 6):
        return window
    return Window(
        input_height=window.input_width,
        input_width=window.input_height,
        output_height=window.output_width,
        output_width=window.output_height,
        filter_height=window.filter_width,
        filter_width=window.filter_height,
        stride_height=window.stride_width,
        stride_width=window.stride_height,
        dilation_height=window.dilation_width,
        dilation_width=window.dilation_height,
        pad_top=window.pad_left,
        pad_left=window.pad_top,
    )


def row_words(window: Window) -> int:
    """Words of a row of taps of a depthwise filter."""
    return -(-window.filter_width // WORD)


def shares_rows(window: Window) -> bool:
    """Whether neighbouring outputs of a column share rows of a strip."""
    return window.dilation_height == 1 and window.stride_height < window.filter_height


def is_paired(window: Window) -> bool:
    """Whether one load brings the taps of two outputs of a depthwise filter."""
    return (
        (window.filter_height, window.stride_height, row_words(window)) == (3, 1, 1)
    ) and shares_rows(window)


def strip_step(window: Window) -> int:
    """Rows of a strip from an output's first to the next output's first."""
    return window.stride_height if shares_rows(window) else window.filter_height


def conv_2d_strip_bytes(window: Window, input_channels: int) -> int:
    """Memory for the strip of `mote_conv_2d_helium_s8`, with what its last vector touches."""
    rows = (window.output_height - 1) * strip_step(window) + window.filter_height
    return rows * window.filter_width * input_channels + STEP


def depthwise_strip_bytes(window: Window) -> int:
    """Memory for the strip of `mote_depthwise_conv_2d_helium_s8`, with what is read beside it."""
    words = window.filter_height * row_words(window)
    read = words if is_paired(window) else -(-words // 4) * 4
    outputs = -(-window.output_height // 4) * 4
    step = strip_step(window) * row_words(window)
    return ((outputs - 1) * step + read) * STEP * WORD


def has_general_shift(rescale: Rescale) -> bool:
    """Whether an output needs the exact path for shifts that are not to the right."""
    return any(shift >= 0 for shift in _shifts(rescale))


def _factors(biases: NDArray[np.int64], rescale: Rescale) -> NDArray[np.int32]:
    """Biases, multipliers and shifts [3, channels]."""
    rows = (biases, np.array(rescale.multipliers), np.array(_shifts(rescale)))
    return np.stack([np.broadcast_to(row, biases.shape) for row in rows]).astype(np.int32)


def _shifts(rescale: Rescale) -> list[int]:
    """The shifts; a product of zero stays zero under any."""
    pairs = zip(rescale.multipliers, rescale.shifts, strict=True)
    return [shift if multiplier else -1 for multiplier, shift in pairs]


def _words(rows: NDArray[Any]) -> NDArray[np.int32]:
    """int8 rows of a multiple of four elements as rows of little-endian words."""
    return np.ascontiguousarray(rows).view("<i4").astype(np.int32)
