"""Constant tables of the feature blocks: computed in float64, rounded once to float32."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]
UInt16 = npt.NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class Rfft:
    """The tables of `mote_rfft_t`, each 1-D."""

    order: UInt16
    twiddles: Float32


def rfft(n_fft: int) -> Rfft:
    """Tables of the packed real FFT of n_fft points, a power of two from 16 on."""
    size = n_fft // 2
    m = first = 2 ** ((size.bit_length() - 2) % 3 + 1)
    order = np.empty(size, np.uint16)
    order[_input_order(np.arange(size), first)] = np.arange(size)
    twiddles = []
    while m < size:
        powers = [_unit_roots(j * np.arange(m), 8 * m) for j in (1, 2, 3, 4)]
        twiddles.append(np.stack(powers, axis=1).ravel())
        m *= 8
    twiddles.append(_unit_roots(np.arange(1, n_fft // 4 + 1), n_fft))
    return Rfft(order, np.concatenate(twiddles).view(np.float64).astype(np.float32))


def _unit_roots(k: npt.NDArray[np.int64], n: int) -> npt.NDArray[np.complex128]:
    """exp(-2 pi i k / n), with exact zeros and ones where the angle is a quarter turn."""
    roots: npt.NDArray[np.complex128] = np.exp(-2j * np.pi * k / n)
    roots.real[4 * k % n == 0] = np.round(roots.real[4 * k % n == 0])
    roots.imag[4 * k % n == 0] = np.round(roots.imag[4 * k % n == 0])
    return roots


def _input_order(n: npt.NDArray[np.int64], first: int) -> npt.NDArray[np.int64]:
    """Which sample lies at each place before the first pass of radix `first`.

    Each radix-8 pass joins the transforms of x[8k + j] for j = 0, 1, 2, 3, 4, -3, -2, -1: with
    negative j in place of 5, 6 and 7 three of its seven twiddles are conjugates of others.
    """
    if len(n) == first:
        return n
    eighths = [np.roll(n, -j)[0::8] for j in (0, 1, 2, 3, 4, -3, -2, -1)]
    return np.concatenate([_input_order(eighth, first) for eighth in eighths])
