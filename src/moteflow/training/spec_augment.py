"""SpecAugment: bands of the features are blanked.

Park et al., "SpecAugment: A Simple Data Augmentation Method for Automatic Speech Recognition"
(arXiv 1904.08779), without time warping.
"""

import numpy as np
import numpy.typing as npt

from moteflow.training.config import SpecAugmentConfig


def spec_augment(
    features: npt.NDArray[np.float32], config: SpecAugmentConfig, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Mask random bands of frames and of values in features float32 [n, frames, values].

    A masked entry takes its value's mean over all clips and frames, which is what a network
    learns to read as "nothing here". Band widths are uniform from 0 to the maximum, cut to the
    features' size.
    """
    n, n_frames, n_features = features.shape
    blank = np.zeros(features.shape, dtype=bool)
    for _ in range(config.time_masks):
        blank |= _bands(n, n_frames, config.max_masked_frames, rng)[:, :, np.newaxis]
    for _ in range(config.feature_masks):
        blank |= _bands(n, n_features, config.max_masked_features, rng)[:, np.newaxis, :]
    return np.where(blank, features.mean(axis=(0, 1)), features)


def _bands(n: int, size: int, max_width: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Draw one band per clip: bool [n, size]."""
    widths = rng.integers(0, min(max_width, size) + 1, n)[:, np.newaxis]
    starts = rng.integers(0, size - widths + 1)
    positions = np.arange(size)
    return (positions >= starts) & (positions < starts + widths)
