"""What a training run did, epoch by epoch."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class EpochRecord:
    """One epoch, counted from 1; losses are in nats, accuracies in 0..1.

    `loss` and `accuracy` are means over the epoch's augmented batches, with label smoothing and
    mixup; the validation values are those of clean clips.
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float


@dataclass(frozen=True)
class History:
    """All epochs in order, and the one whose weights were kept."""

    records: tuple[EpochRecord, ...]
    best_epoch: int

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One row per epoch, its keys the fields of `EpochRecord`."""
        return [asdict(record) for record in self.records]

    def report(self) -> dict[str, Any]:
        """What the best epoch reached, and how many epochs were trained."""
        best = self.records[self.best_epoch - 1]
        return {
            "best_epoch": self.best_epoch,
            "epochs": len(self.records),
            "val_accuracy": best.val_accuracy,
            "val_loss": best.val_loss,
        }
