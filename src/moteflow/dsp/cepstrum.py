"""The cosine transform and the lifter of cepstra, in float64."""

from enum import Enum

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]


class DctNorm(Enum):
    """How large the rows of the cosine transform are."""

    ORTHO = "ortho"
    """Orthonormal."""
    HTK = "htk"
    """HTK's and TensorFlow's, type 2 only: ortho, but the first coefficient is sqrt(2) as large."""
    NONE = "none"
    """SciPy's and librosa's plain sum, in which each cosine counts twice."""


def dct(n_mfcc: int, n_mels: int, dct_type: int, dct_norm: DctNorm) -> Float64:
    """First rows of the cosine transform of `dct_type` 2 or 3: float64 [n_mfcc, n_mels]."""
    if dct_type == 3:
        rows = dct(n_mels, n_mels, 2, DctNorm.ORTHO).T[:n_mfcc]
        return rows if dct_norm is DctNorm.ORTHO else rows * _type_3_factors(n_mels)
    row, column = np.arange(n_mfcc)[:, None], np.arange(n_mels)[None, :]
    factor = 2.0 if dct_norm is DctNorm.NONE else np.sqrt(2 / n_mels)
    matrix: Float64 = factor * np.cos(np.pi * row * (2 * column + 1) / (2 * n_mels))
    if dct_norm is DctNorm.ORTHO:
        matrix[0] /= np.sqrt(2)
    return matrix


def lifter(n_mfcc: int, length: float) -> Float64:
    """Factor of each coefficient n: 1 + L / 2 sin(pi n / L), or 1 if the length L is 0.

    Young et al., The HTK Book, 5.6: the first coefficient (n = 0) keeps its size.
    """
    if length == 0:
        return np.ones(n_mfcc)
    factors: Float64 = 1 + length / 2 * np.sin(np.pi * np.arange(n_mfcc) / length)
    return factors


def _type_3_factors(n_mels: int) -> Float64:
    """Plain over orthonormal, of each input."""
    factors = np.full(n_mels, np.sqrt(2 * n_mels))
    factors[0] = np.sqrt(n_mels)
    return factors
