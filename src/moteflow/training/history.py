"""What a training run did, epoch by epoch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EpochRecord:
    """One epoch, counted from 1; losses are in nats, accuracies in 0..1.

    `loss` and `accuracy` are means over the epoch's augmented batches, with label smoothing and
    mixup; the validation values are those of the averaged weights on clean clips.
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
