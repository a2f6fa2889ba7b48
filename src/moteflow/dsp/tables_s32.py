"""Constant tables of the integer audio blocks, from their float64 values."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]
UInt16 = npt.NDArray[np.uint16]

WINDOW_BITS = 27
TWIDDLE_BITS = 30
LOG2_BITS = 24
SAMPLE_BITS = 11
"""What mote_spectrum_s32 multiplies samples by, as a power of two."""


@dataclass(frozen=True, eq=False)
class Rfft:
    """The tables of `mote_rfft_s32_t`, each 1-D."""

    order: UInt16
    turn: Int32


def rfft(n_fft: int) -> Rfft:
    """Tables of the packed real FFT of n_fft points, a power of two from 16 to 4096."""
    size = n_fft // 2
    first = _first_radix(size)
    order = np.empty(size, np.uint16)
    order[_input_order(np.arange(size), first)] = np.arange(size)
    return Rfft(order, fixed(_twiddles(n_fft).ravel(), TWIDDLE_BITS))


def rfft_shift(n_fft: int) -> int:
    """How often mote_rfft_s32 halves the spectrum."""
    size = n_fft // 2
    return 1 + (size // _first_radix(size)).bit_length() - 1


def mel_weights(rising: Float64) -> UInt16:
    """Rising weights in 0..1 for `mote_mfe_s32_t`, of the same shape."""
    return np.minimum(np.round(rising * 2**16), 2**16 - 1).astype(np.uint16)


def fixed(values: Float64, bits: int) -> Int32:
    """Values times 2^bits, rounded; the result must fit."""
    scaled = np.round(values * 2.0**bits)
    assert np.all(np.abs(scaled) < 2**31)
    return scaled.astype(np.int32)


def _first_radix(size: int) -> int:
    return 8 if size.bit_length() % 2 == 0 else 4


def _twiddles(n: int) -> Float64:
    """(cos t, sin t - cos t, -sin t - cos t) for t = 2 pi k / n, k = 0..n / 4: [n / 4 + 1, 3]."""
    angle = 2 * np.pi * np.arange(n // 4 + 1) / n
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.stack([cosine, sine - cosine, -sine - cosine], axis=1)


def _input_order(n: npt.NDArray[np.int64], first: int) -> npt.NDArray[np.int64]:
    """Which sample lies at each place before the first pass of radix `first`.

    Each radix-4 pass joins the transforms of x[4k], x[4k + 1], x[4k + 2] and, so that two of its
    three twiddles are conjugates, x[4k - 1] in place of x[4k + 3].
    """
    if len(n) == first:
        return n
    quarters = (n[0::4], n[1::4], n[2::4], np.roll(n, 1)[0::4])
    return np.concatenate([_input_order(quarter, first) for quarter in quarters])
