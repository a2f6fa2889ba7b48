"""Weights as the words that the kernels of mote_matmul_s8.h read."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow.graph import Rescale

INT32_MAX = 2**31 - 1
PLAIN_SHIFTS = (-20, -1)
INPUT_MAGNITUDE = 128


def pack_matmul(
    weights: NDArray[Any], bias: NDArray[Any], rescale: Rescale, together: int = 2
) -> NDArray[np.int32]:
    """The stream of weights [channels, depth] int8 and biases [channels]: parts of `together`
    channels, 2 or 4.
    """
    channels, depth = weights.shape
    n_parts, words = -(-channels // together), matmul_words(depth)
    padded = np.zeros((together * n_parts, 4 * words), np.int8)
    padded[:channels, :depth] = weights
    fours = padded.reshape(n_parts, together, words, 4).transpose(0, 2, 1, 3)
    multipliers, shifts = factors(rescale, channels)
    parts = (
        _in_parts(bias, together),
        np.ascontiguousarray(fours).view("<i4").reshape(n_parts, together * words),
        _in_parts(2 * multipliers, together),
        (_in_parts(~shifts, together) & 0xFF) @ 256 ** np.arange(together)[:, None],
    )
    return np.concatenate([_int32(part) for part in parts], axis=1).ravel()


def matmul_words(depth: int) -> int:
    """Words of one channel's weights, four to a word."""
    return -(-depth // 4)


def needs_general_stage(
    weights: NDArray[Any], bias: NDArray[Any], rescale: Rescale, zero_point: int
) -> bool:
    """Whether some output of weights [channels, depth] leaves what mote_stage_s8_t demands of the
    fast stages.
    """
    channels = len(bias)
    multipliers, shifts = factors(rescale, channels)
    low, high = PLAIN_SHIFTS
    if (multipliers == 0).any() or (shifts < low).any() or (shifts > high).any():
        return True
    accumulator = abs(bias.astype(np.int64))
    accumulator += INPUT_MAGNITUDE * abs(weights.astype(np.int64)).sum(axis=1)
    offset = abs(2 * zero_point + 1) << (-shifts - 1)
    return bool((accumulator + offset + 2 > INT32_MAX).any())


def factors(rescale: Rescale, channels: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Multiplier and shift of each channel."""
    return (
        np.broadcast_to(np.array(rescale.multipliers, np.int64), channels),
        np.broadcast_to(np.array(rescale.shifts, np.int64), channels),
    )


def _in_parts(values: NDArray[Any], together: int) -> NDArray[np.int64]:
    padded = np.zeros(-(-len(values) // together) * together, np.int64)
    padded[: len(values)] = values
    return padded.reshape(-1, together)


def _int32(values: NDArray[Any]) -> NDArray[np.int32]:
    """Modulo 2^32."""
    return values.astype(np.int64).astype(np.uint32).view(np.int32)
