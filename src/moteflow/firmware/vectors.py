"""Test vectors: raw samples and every byte the host computed from them."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from moteflow.errors import FirmwareError


@dataclass(frozen=True)
class Vectors:
    """Clips of one classified window each, with what the device must answer to them.

    samples   int16 or float32 [n, window_samples] or [n, window_samples, n_axes]
    features  float32 or int32 [n, n_frames, n_features], as the device computes them
    inputs    int8    [n, ...]       the quantized features, as the model takes them
    logits    int8    [n, n_labels]  the model's output
    targets   int64   [n]            the true label's index

    Raises FirmwareError for another dtype or different n.
    """

    samples: NDArray[np.int16] | NDArray[np.float32]
    features: NDArray[np.float32] | NDArray[np.int32]
    inputs: NDArray[np.int8]
    logits: NDArray[np.int8]
    targets: NDArray[np.int64]

    def __post_init__(self) -> None:
        dtypes = {
            "samples": ("int16", "float32"),
            "features": ("float32", "int32"),
            "targets": ("int64",),
        }
        for field in fields(self):
            array = getattr(self, field.name)
            allowed = dtypes.get(field.name, ("int8",))
            if array.dtype not in allowed or len(array) != len(self.samples):
                raise FirmwareError(
                    f"Test vectors' {field.name} must be {' or '.join(allowed)} "
                    f"[{len(self.samples)}, ...]. "
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
