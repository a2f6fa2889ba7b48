"""Background noise made of nothing but random numbers and murmuring voices."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from moteflow.data.audio import to_int16
from moteflow.data.dataset import Samples

_SEGMENT_SAMPLES = 1 << 15
_STEEPEST = 2.0
_BABBLE_SHARE = 0.25
_BABBLE_VOICES = 12
_LEVELS_DB = (-45.0, -15.0)


def make_noise(n_samples: int, voices: Sequence[Samples], rng: np.random.Generator) -> Samples:
    """Return int16 [n_samples] of noise in segments of random colour and level.

    A segment is either noise whose power falls with frequency as 1/f^k, k from 0 (white) to 2
    (brown), or, one in four, babble: a dozen of the `voices` (words, int16 [n]) at once.
    """
    segments = []
    for _ in range(-(-n_samples // _SEGMENT_SAMPLES)):
        is_babble = bool(voices) and rng.random() < _BABBLE_SHARE
        segment = _babble(voices, rng) if is_babble else _coloured(rng)
        level = 10.0 ** (rng.uniform(*_LEVELS_DB) / 20.0)
        segments.append(segment * (level / np.sqrt(np.mean(segment**2))))
    return to_int16(np.concatenate(segments)[:n_samples])


def _coloured(rng: np.random.Generator) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(rng.standard_normal(_SEGMENT_SAMPLES))
    frequency = np.maximum(np.arange(len(spectrum)), 1.0)
    frequency[:32] = 32.0  # flat below 1/1024 of the sample rate: no slow drift
    return np.fft.irfft(spectrum * frequency ** (-rng.uniform(0.0, _STEEPEST) / 2.0))


def _babble(voices: Sequence[Samples], rng: np.random.Generator) -> NDArray[np.float64]:
    """Lay a dozen tracks of words, each word at once after another, over each other."""
    segment = np.zeros(_SEGMENT_SAMPLES)
    for _ in range(_BABBLE_VOICES):
        position = -int(rng.integers(0, _SEGMENT_SAMPLES // 8))
        while position < _SEGMENT_SAMPLES:
            word = voices[int(rng.integers(0, len(voices)))] / 32768.0
            first, last = max(0, position), min(_SEGMENT_SAMPLES, position + len(word))
            if last > first:
                segment[first:last] += word[first - position : last - position]
            position += len(word)
    return segment
