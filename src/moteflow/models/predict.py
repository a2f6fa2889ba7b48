"""Class probabilities of a float network."""

from typing import Any

import numpy as np
import numpy.typing as npt

_BATCH = 512


def predict(model: Any, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the probabilities float32 [n, n_labels] for features float32 [n, frames, values]."""
    batches = [
        np.asarray(model.predict_on_batch(features[start : start + _BATCH, ..., np.newaxis]))
        for start in range(0, len(features), _BATCH)
    ]
    return np.concatenate(batches)
