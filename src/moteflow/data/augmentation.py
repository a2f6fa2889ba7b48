"""Fresh variations of the training clips."""

import math
from dataclasses import dataclass

import numpy as np

from moteflow.data.background import take_noise
from moteflow.data.dataset import Samples
from moteflow.errors import DatasetError

_ROWS = 256


@dataclass(frozen=True)
class AugmentationConfig:
    """What may happen to a clip.

    time_shift: farthest shift to either side, as a fraction of the window.
    noise_probability: share of clips that get background noise.
    snr_db, gain_db: ranges (lowest, highest), drawn uniformly in dB.
    """

    time_shift: float
    noise_probability: float
    snr_db: tuple[float, float]
    gain_db: tuple[float, float]

    def __post_init__(self) -> None:
        if not 0 <= self.time_shift < 1 or not 0 <= self.noise_probability <= 1:
            raise DatasetError(
                "augmentation.time_shift is in [0, 1) and noise_probability in [0, 1]. "
                f"Received: {self.time_shift} and {self.noise_probability}. Correct them."
            )
        for key, (lowest, highest) in (("snr_db", self.snr_db), ("gain_db", self.gain_db)):
            if not (math.isfinite(lowest) and math.isfinite(highest) and lowest <= highest):
                raise DatasetError(
                    f"augmentation.{key} is a range, lowest first. "
                    f"Received: {lowest}, {highest}. Correct it."
                )


def augment(
    samples: Samples, noise: Samples, config: AugmentationConfig, rng: np.random.Generator
) -> Samples:
    """Return a varied copy of clips, int16 [n, window_samples].

    In this order: shift in time with zeros moving in, mix in a stretch of `noise` (1-D int16;
    when empty, none is mixed) at an SNR against the shifted clip, change the gain, round, clip to
    int16. A clip of zeros stays as it is. The result depends on the arguments and the state of
    `rng` only.
    """
    n_clips, window_samples = len(samples), samples.shape[1]
    farthest = round(config.time_shift * window_samples)
    shifts = rng.integers(-farthest, farthest + 1, n_clips)
    noisy = rng.random(n_clips) < config.noise_probability
    snr = rng.uniform(config.snr_db[0], config.snr_db[1], n_clips)
    gain = rng.uniform(config.gain_db[0], config.gain_db[1], n_clips)
    varied = np.empty_like(samples)
    for start in range(0, n_clips, _ROWS):
        rows = slice(start, start + _ROWS)
        signal = _shift(samples[rows], shifts[rows]).astype(np.float32)
        if len(noise):
            added = take_noise(noise, len(signal), window_samples, rng).astype(np.float32)
            added *= (noisy[rows] * _noise_gain(signal, added, snr[rows]))[:, None]
            signal += added
        signal *= (10.0 ** (gain[rows, None] / 20.0)).astype(np.float32)
        varied[rows] = np.clip(np.rint(signal), -32768, 32767)
    return varied


def _shift(samples: Samples, shifts: np.ndarray) -> Samples:
    """Move each row to the right by its shift, to the left if negative; zeros move in."""
    moved = np.zeros_like(samples)
    size = samples.shape[1]
    for row, clip, shift in zip(moved, samples, shifts, strict=True):
        row[max(0, shift) : size + min(0, shift)] = clip[max(0, -shift) : size - max(0, shift)]
    return moved


def _noise_gain(signal: np.ndarray, noise: np.ndarray, snr_db: np.ndarray) -> np.ndarray:
    """Return the factor for each row of `noise` that gives the SNR; 0 for noise of zeros."""
    signal_power = np.mean(signal**2, axis=1, dtype=np.float64)
    noise_power = np.mean(noise**2, axis=1, dtype=np.float64)
    wanted = signal_power / 10.0 ** (snr_db / 10.0)
    ratio = np.divide(wanted, noise_power, out=np.zeros_like(wanted), where=noise_power > 0)
    return np.sqrt(ratio).astype(np.float32)
