"""Clips played faster or slower: the same words by other voices."""

import numpy as np
import numpy.typing as npt


def change_speed(
    samples: npt.NDArray[np.int16], max_change: float, rng: np.random.Generator
) -> npt.NDArray[np.int16]:
    """Play each clip int16 [n, window_samples] at a random speed around its middle.

    The speed is uniform in 1 - max_change to 1 + max_change and moves tempo and pitch alike; at
    0.1 that is some two semitones, what lies between speakers. A faster clip leaves zeros at both
    ends, a slower one loses them. Ko et al., "Audio Augmentation for Speech Recognition"
    (Interspeech 2015). Linear interpolation is enough for a variation.
    """
    n, size = samples.shape
    positions = np.arange(size)
    middle = (size - 1) / 2
    changed = np.empty_like(samples)
    speeds: npt.NDArray[np.float64] = rng.uniform(1 - max_change, 1 + max_change, size=(n,))
    for row, clip, speed in zip(changed, samples, speeds, strict=True):
        heard = (positions - middle) * speed + middle
        row[:] = np.rint(np.interp(heard, positions, clip, left=0.0, right=0.0))
    return changed
