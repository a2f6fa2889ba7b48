"""Features of different kinds made comparable."""

import numpy as np
from numpy.typing import NDArray

SMALLEST_SPREAD = 1e-6
"""Of a feature's largest magnitude; what varies less is float32's rounding."""


def standardize(features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Features [n, d] in standard deviations from their means; 0 where one does not vary."""
    values = features.astype(np.float64)
    spread = values.std(axis=0)
    varies = spread > SMALLEST_SPREAD * np.abs(values).max(axis=0)
    return np.where(varies, values - values.mean(axis=0), 0) / np.where(varies, spread, 1)
