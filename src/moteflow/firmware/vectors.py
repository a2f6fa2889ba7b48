"""Test vectors: raw samples and every byte the host computed from them."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from moteflow.errors import FirmwareError


@dataclass(frozen=True)
class Vectors:
    """Clips of one classified window each, with what the device must answer to them.

    samples   int16   [n, window_samples]
    features  float32 [n, n_frames, n_features]
    inputs    int8    [n, ...]       the quantized features, as the model takes them
    logits    int8    [n, n_labels]  the model's output
    targets   int64   [n]            the true label's index

    Raises FirmwareError for another dtype or different n.
    """

    samples: NDArray[np.int16]
    features: NDArray[np.float32]
    inputs: NDArray[np.int8]
    logits: NDArray[np.int8]
    targets: NDArray[np.int64]

    def __post_init__(self) -> None:
        dtypes = {"samples": "int16", "features": "float32", "targets": "int64"}
        for field in fields(self):
            array = getattr(self, field.name)
            dtype = dtypes.get(field.name, "int8")
            if array.dtype != dtype or len(array) != len(self.samples):
                raise FirmwareError(
                    f"Test vectors' {field.name} must be {dtype} [{len(self.samples)}, ...]. "
                    f"Received: {array.dtype} {list(array.shape)}. Run the quantize stage again."
                )

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, part: slice) -> "Vectors":
        """Return the clips of a slice."""
        return Vectors(*(getattr(self, field.name)[part] for field in fields(self)))

    @property
    def labels(self) -> NDArray[np.int64]:
        """The labels the device must answer: int64 [n], the first maximum of each clip's logits."""
        labels: NDArray[np.int64] = np.argmax(self.logits, axis=1).astype(np.int64)
        return labels
