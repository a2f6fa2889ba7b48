"""A long recording with known content: words at random times in running noise."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moteflow.data.dataset import Samples
from moteflow.data.seeds import generator
from moteflow.data.truth import Occurrence
from moteflow.errors import DatasetError


@dataclass(frozen=True)
class Scene:
    """How loud and how dense: decibels are of RMS, ranges are drawn from evenly.

    noise_db  the noise's level, 0 is an int16 square wave of full scale
    snr_db    from and to: a word against the noise beneath it
    pause     from and to: samples between two words
    """

    noise_db: float
    snr_db: tuple[float, float]
    pause: tuple[int, int]


def compose_recording(
    words: Sequence[tuple[str, Samples]], noise: Samples, n_samples: int, scene: Scene, seed: int
) -> tuple[Samples, list[Occurrence]]:
    """int16 [n_samples] of noise with as many (label, clip) as fit, and where they are.

    The words come in random order, all of them before any comes again; the noise is repeated.
    Raises DatasetError if there is no word, or if words or noise are empty or silent.
    """
    if not words or not all(np.any(clip) for clip in (noise, *(clip for _, clip in words))):
        raise DatasetError(
            "A long recording needs noise and words that are not silent. "
            f"Received: {len(noise)} samples of noise and {len(words)} words. Leave out silence."
        )
    rng = generator(seed, "long recording")
    background = np.resize(noise, n_samples) * (10 ** (scene.noise_db / 20) * 32768 / _rms(noise))
    mixed = background.copy()
    truth: list[Occurrence] = []
    begin = int(rng.integers(*scene.pause, endpoint=True))
    while True:
        for index in rng.permutation(len(words)):
            label, clip = words[index]
            end = begin + len(clip)
            if end > n_samples:
                return np.clip(np.rint(mixed), -32768, 32767).astype(np.int16), truth
            gain = 10 ** (rng.uniform(*scene.snr_db) / 20) * _rms(background[begin:end])
            mixed[begin:end] += clip * (gain / _rms(clip))
            truth.append(Occurrence(begin, end, label))
            begin = end + int(rng.integers(*scene.pause, endpoint=True))


def _rms(samples: NDArray[np.generic]) -> float:
    values = samples.astype(np.float64)
    return math.sqrt(float(values @ values) / len(values))
