"""Constant tables of the feature blocks: computed in float64, rounded once to float32."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]
UInt16 = npt.NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class MelBank:
    """Triangular filters as segments between neighbouring edges (see mote_mfe.h)."""

    starts: UInt16
    """uint16 [n_mels + 2]: first FFT bin of each segment, then the end of the last."""
    weights: Float32
    """float32 [starts[-1] - starts[0]]: rising weight of each bin within its segment."""


@dataclass(frozen=True, eq=False)
class Rfft:
    """The tables of `mote_rfft_t`, each 1-D."""

    order: UInt16
    twiddles: Float32
    split: Float32


def hann(length: int) -> Float32:
    """Periodic Hann window: float32 [length]."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)).astype(np.float32)


def dct(n_mfcc: int, n_mels: int) -> Float32:
    """First rows of the orthonormal DCT-II: float32 [n_mfcc, n_mels]."""
    row, column = np.arange(n_mfcc)[:, None], np.arange(n_mels)[None, :]
    matrix: npt.NDArray[np.float64] = np.sqrt(2 / n_mels) * np.cos(
        np.pi * row * (2 * column + 1) / (2 * n_mels)
    )
    matrix[0] /= np.sqrt(2)
    return matrix.astype(np.float32)


def hz_to_mel(frequency: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """HTK mel scale (Young et al., The HTK Book, 5.4): 1127 ln(1 + f / 700)."""
    return 1127 * np.log1p(np.asarray(frequency, np.float64) / 700)


def mel_bank(sample_rate: float, n_fft: int, n_mels: int, fmin: float, fmax: float) -> MelBank:
    """Filters whose edges are equally spaced in mel and whose sides are linear in mel.

    Bin 0 is in no filter; bin n_fft / 2 would have weight 0, as fmax is at most its frequency.
    """
    mel = hz_to_mel(np.arange(n_fft // 2) * (sample_rate / n_fft))
    edges = np.linspace(hz_to_mel(fmin), hz_to_mel(fmax), n_mels + 2)
    starts = np.maximum(np.searchsorted(mel, edges), 1)
    bins = np.arange(starts[0], starts[-1])
    segment = np.searchsorted(starts, bins, side="right") - 1
    weights = (mel[bins] - edges[segment]) / (edges[segment + 1] - edges[segment])
    return MelBank(starts.astype(np.uint16), weights.astype(np.float32))


def empty_filters(bank: MelBank) -> list[int]:
    """Indices of the filters in which no FFT bin has a weight above zero."""
    rising = [
        bool(np.any(bank.weights[start - bank.starts[0] : end - bank.starts[0]] > 0))
        for start, end in zip(bank.starts[:-2], bank.starts[1:-1], strict=True)
    ]
    falling = bank.starts[2:] > bank.starts[1:-1]
    return [m for m, (up, down) in enumerate(zip(rising, falling, strict=True)) if not (up or down)]


def rfft(n_fft: int) -> Rfft:
    """Tables of the packed real FFT of n_fft points, a power of two."""
    size = n_fft // 2
    first = 8 if size.bit_length() % 2 == 0 else 4
    order = np.empty(size, np.uint16)
    order[_input_order(np.arange(size), first)] = np.arange(size)
    passes = []
    m = first
    while m < size:
        w = _unit_roots(np.arange(m), 4 * m)
        w2 = _unit_roots(2 * np.arange(m), 4 * m)
        passes.append(np.stack([w.real, w.imag, w2.real, w2.imag], axis=1).ravel())
        m *= 4
    split = _unit_roots(np.arange(1, n_fft // 4 + 1), n_fft)
    return Rfft(
        order,
        np.concatenate(passes).astype(np.float32),
        np.stack([split.real, split.imag], axis=1).ravel().astype(np.float32),
    )


def _unit_roots(k: npt.NDArray[np.int64], n: int) -> npt.NDArray[np.complex128]:
    """exp(-2 pi i k / n), with exact zeros and ones where the angle is a quarter turn."""
    roots: npt.NDArray[np.complex128] = np.exp(-2j * np.pi * k / n)
    roots.real[4 * k % n == 0] = np.round(roots.real[4 * k % n == 0])
    roots.imag[4 * k % n == 0] = np.round(roots.imag[4 * k % n == 0])
    return roots


def _input_order(n: npt.NDArray[np.int64], first: int) -> npt.NDArray[np.int64]:
    """Which sample lies at each place before the first pass of radix `first`.

    Each radix-4 pass joins the transforms of x[4k], x[4k + 1], x[4k + 2] and, so that two of its
    three twiddles are conjugates, x[4k - 1] in place of x[4k + 3].
    """
    if len(n) == first:
        return n
    quarters = (n[0::4], n[1::4], n[2::4], np.roll(n, 1)[0::4])
    return np.concatenate([_input_order(quarter, first) for quarter in quarters])
