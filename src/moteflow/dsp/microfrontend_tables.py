"""Tables of the integer audio front end, as TFLM's "microfrontend" computes them.

The original makes its tables in C's float at start-up. Equal outputs need equal tables, so each
value here goes through float32 where it does there.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Int16 = npt.NDArray[np.int16]
UInt16 = npt.NDArray[np.uint16]
UInt32 = npt.NDArray[np.uint32]

_F32 = np.float32
_INT16_MAX = 32767
_WINDOW_ONE = 1 << 12
_WEIGHT_ONE = 1 << 12
_LOG_SEGMENTS = 128
_LOG_ONE = 1 << 16


@dataclass(frozen=True, eq=False)
class Fft:
    """The tables of `mote_microfrontend_fft_t`; a complex number is re + (im << 16)."""

    order: UInt16
    """uint16 [n_fft / 2]: where each complex sample goes."""
    twiddles: UInt32
    split: UInt32


@dataclass(frozen=True, eq=False)
class Filterbank:
    """Triangular mel filters as segments between neighbouring centers."""

    starts: UInt16
    """uint16 [n_channels + 2]: first FFT bin of each segment, then the end of the last."""
    weights: UInt16
    """uint16 [starts[-1] - starts[0], 2]: Q12, rising and falling weight of each bin."""

    def empty_channels(self) -> list[int]:
        """Indices of the channels in which no bin has a weight above zero."""
        segments = np.split(self.weights, self.starts[1:-1] - self.starts[0])
        rising, falling = [[bool(s[:, i].any()) for s in segments] for i in (0, 1)]
        return [c for c in range(len(segments) - 1) if not (rising[c] or falling[c + 1])]


def window(length: int) -> Int16:
    """Hann window of the half samples, sin^2(pi (n + 0.5) / length), Q12: int16 [length]."""
    step = _F32(2 * np.pi / length)
    angle = np.float64(step) * (np.arange(length) + 0.5)
    values = (0.5 - 0.5 * np.cos(angle)).astype(_F32)
    return np.floor(values.astype(np.float64) * _WINDOW_ONE + 0.5).astype(np.int16)


def fft(n_fft: int) -> Fft:
    """Tables of the packed real FFT of n_fft points, a power of two, at least 16."""
    size = n_fft // 2
    first = 2 if size.bit_length() % 2 == 0 else 4
    order = np.empty(size, np.uint16)
    order[_input_order(np.arange(size), first)] = np.arange(size)
    passes = []
    m = first
    while m < size:
        turns = np.arange(m)[:, None] * np.array([1, 2, 3]) / (4 * m)
        passes.append(_unit_roots(turns).ravel())
        m *= 4
    split = _unit_roots(np.arange(1, size // 2 + 1) / n_fft + 0.25)
    return Fft(order, np.concatenate(passes), split)


def filterbank(
    sample_rate: float, n_fft: int, n_channels: int, fmin: float, fmax: float
) -> Filterbank:
    """Filters whose centers are equally spaced in mel and whose sides are linear in mel.

    The centers divide fmin..fmax into n_channels + 1 parts; a weight goes from 0 at the center
    before to 1 at a filter's own. Bin 0 is in no filter. starts[-1] may be beyond the spectrum,
    n_fft / 2, if fmax is.
    """
    low, high = _hz_to_mel(_F32(fmin)), _hz_to_mel(_F32(fmax))
    spacing = (high - low) / _F32(n_channels + 1)
    centers = low + spacing * np.arange(1, n_channels + 2, dtype=_F32)
    hz_per_bin = _F32(0.5 * sample_rate / (n_fft / 2))
    first = int(1.5 + np.float64(_F32(fmin) / hz_per_bin))
    mel = _hz_to_mel(np.arange(n_fft + 1, dtype=_F32) * hz_per_bin)
    ends = np.maximum(np.searchsorted(mel, centers, side="right"), first)
    starts = np.concatenate([[first], ends])
    bins = np.arange(first, starts[-1])
    segment = np.searchsorted(starts, bins, side="right") - 1
    before = np.concatenate([[low], centers[:-1]])
    falling = (centers[segment] - mel[bins]) / (centers[segment] - before[segment])
    weights = np.stack([1 - falling.astype(np.float64), falling.astype(np.float64)], axis=1)
    return Filterbank(
        starts.astype(np.uint16), np.floor(weights * _WEIGHT_ONE + 0.5).astype(np.uint16)
    )


def gains(strength: float, offset: float, gain_bits: int, input_bits: int) -> Int16:
    """2^gain_bits (x / 2^input_bits + offset)^-strength for 32-bit x: int16 [95], at most 32767.

    The values at 0 and 1, then for each x from 2^i to 2^(i + 1) three numbers: its first value,
    slope and curvature of the parabola through the values at the start, the middle and the end.
    """

    def gain(x: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        base = x.astype(_F32) / _F32(1 << input_bits) + _F32(offset)
        power = np.power(base.astype(np.float64), -np.float64(_F32(strength))).astype(_F32)
        exact = power * _F32(1 << gain_bits)
        rounded: npt.NDArray[np.int64] = np.minimum(exact + _F32(0.5), _INT16_MAX).astype(np.int64)
        return rounded

    start = 1 << np.arange(1, 32)
    middle = start + start // 2
    end = np.minimum(2 * start, (1 << 32) - 1)
    first, rise, whole = gain(start), gain(middle) - gain(start), gain(end) - gain(start)
    slope = 4 * rise - whole
    parabolas = np.stack([first, slope, whole - slope], axis=1)
    return np.concatenate([gain(np.array([0, 1])), parabolas.ravel()]).astype(np.int16)


def log_corrections() -> UInt16:
    """log2(1 + x) - x, Q16, for x = i / 128: uint16 [129]."""
    x = np.arange(_LOG_SEGMENTS + 1) / _LOG_SEGMENTS
    return np.round((np.log2(1 + x) - x) * _LOG_ONE).astype(np.uint16)


def _hz_to_mel(frequency: npt.ArrayLike) -> npt.NDArray[np.float32]:
    hz = np.asarray(frequency, _F32).astype(np.float64)
    mel: npt.NDArray[np.float32] = np.asarray(1127 * np.log1p(hz / 700)).astype(_F32)
    return mel


def _unit_roots(turns: npt.NDArray[np.float64]) -> UInt32:
    """exp(-2 pi i turns), Q15 as kissfft rounds it (1 is 32767), packed."""
    roots = np.exp(-2j * np.pi * turns)
    re = np.floor(0.5 + _INT16_MAX * roots.real).astype(np.int64)
    im = np.floor(0.5 + _INT16_MAX * roots.imag).astype(np.int64)
    packed: UInt32 = ((re & 0xFFFF) | ((im & 0xFFFF) << 16)).astype(np.uint32)
    return packed


def _input_order(n: npt.NDArray[np.int64], first: int) -> npt.NDArray[np.int64]:
    """Which sample lies at each place before the first pass of radix `first`."""
    if len(n) == first:
        return n
    return np.concatenate([_input_order(n[i::4], first) for i in range(4)])
