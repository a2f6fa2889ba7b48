"""Fit a network: fresh augmentation each epoch, cosine schedule, early stopping."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from moteflow import dsp
from moteflow.data import Subset
from moteflow.errors import ModelError
from moteflow.models import ModelConfig, build, predict
from moteflow.training.config import TrainConfig
from moteflow.training.early_stopping import clearly_worse
from moteflow.training.epochs import Epoch, prefetch, prepare_epoch
from moteflow.training.history import EpochRecord, History
from moteflow.training.progress import show_progress

_WARMUP_SHARE = 0.05


def fit(
    model_config: ModelConfig,
    frontend: dsp.Frontend,
    labels: tuple[str, ...],
    train: Subset,
    noise: npt.NDArray[np.int16],
    validation_features: npt.NDArray[np.float32],
    validation_targets: npt.NDArray[np.int64],
    config: TrainConfig,
    seed: int,
) -> tuple[Any, History]:
    """Train on augmented clips and return an uncompiled `keras.Model` of averaged weights.

    After each epoch the weights enter a running average, which is what validation sees. The
    average kept is the last one whose validation accuracy is not clearly worse than the highest
    so far: later epochs take the finer steps. Training ends early when `patience` epochs in a row
    are. `validation_features` are those that `frontend` extracts. Equal arguments give
    equal weights on one machine. Raises ModelError if a label has no training clip, if there are
    no validation clips, or if a loss is no longer a number.
    """
    class_weights = _class_weights(labels, train.targets, config.class_weights)
    if len(validation_targets) == 0:
        raise ModelError(
            "Early stopping needs validation clips. Received: 0. "
            "Give the validation subset a larger share, or more speakers."
        )
    input_shape = dsp.feature_shape(frontend.block, train.samples.shape[1])
    model, averaged = (build(model_config, input_shape, len(labels), seed) for _ in range(2))
    batch_size = min(config.batch_size, len(train.targets))
    steps_per_epoch = len(train.targets) // batch_size
    epochs = max(1, min(config.epochs, config.max_steps // steps_per_epoch))
    _compile(model, config, epochs * steps_per_epoch)

    def prepare(epoch: int) -> Epoch:
        rng = np.random.default_rng((seed, epoch))
        return prepare_epoch(train, noise, frontend, len(labels), config, rng)

    records: list[EpochRecord] = []
    highest, best_epoch, best_weights = 0.0, 0, model.get_weights()
    with show_progress(epochs) as show:
        for number, epoch in enumerate(prefetch(prepare, epochs), start=1):
            loss, accuracy = _train_epoch(model, epoch, class_weights, batch_size)
            _average_into(averaged, model, config.averaging, number)
            probabilities = predict(averaged, validation_features)
            record = EpochRecord(
                epoch=number,
                loss=loss,
                accuracy=accuracy,
                val_loss=_cross_entropy(probabilities, validation_targets),
                val_accuracy=float(np.mean(probabilities.argmax(axis=1) == validation_targets)),
                learning_rate=float(model.optimizer.learning_rate),
            )
            _check_finite(record)
            records.append(record)
            show(record)
            highest = max(highest, record.val_accuracy)
            if not clearly_worse(record.val_accuracy, highest, len(validation_targets)):
                best_epoch, best_weights = number, averaged.get_weights()
            if number - best_epoch >= config.patience:
                break

    averaged.set_weights(best_weights)
    return averaged, History(tuple(records), best_epoch)


def _class_weights(
    labels: tuple[str, ...], targets: npt.NDArray[np.int64], balance: bool
) -> npt.NDArray[np.float32]:
    """Return one loss weight per label, inverse to its count and 1 on average over clips."""
    counts = np.bincount(targets, minlength=len(labels))
    missing = [label for label, count in zip(labels, counts, strict=True) if count == 0]
    if missing:
        raise ModelError(
            f"Every label needs training clips. Received none for: {', '.join(missing)}. "
            "Add recordings, or take the label out of dataset.labels."
        )
    if not balance:
        return np.ones(len(labels), dtype=np.float32)
    return (len(targets) / (len(labels) * counts)).astype(np.float32)


def _compile(model: Any, config: TrainConfig, steps: int) -> None:
    """Attach AdamW with a warm-up and a cosine decay to zero over all steps."""
    from moteflow.models.backend import keras

    warmup = round(_WARMUP_SHARE * steps)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0 if warmup else config.learning_rate,
        decay_steps=steps - warmup,
        warmup_target=config.learning_rate if warmup else None,
        warmup_steps=warmup,
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=config.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=config.label_smoothing)
    model.compile(optimizer, loss, weighted_metrics=["accuracy"])


def _train_epoch(
    model: Any, epoch: Epoch, class_weights: npt.NDArray[np.float32], batch_size: int
) -> tuple[float, float]:
    """Take one step per whole batch and return mean loss and accuracy; the rest is left out."""
    sample_weights = epoch.targets @ class_weights
    results = []
    for start in range(0, len(epoch.targets) - batch_size + 1, batch_size):
        batch = slice(start, start + batch_size)
        results.append(
            model.train_on_batch(epoch.features[batch], epoch.targets[batch], sample_weights[batch])
        )
    loss, accuracy = np.mean(results, axis=0)
    return float(loss), float(accuracy)


def _average_into(averaged: Any, model: Any, decay: float, number: int) -> None:
    """Move the averaged weights towards the model's after epoch `number`, counted from 1.

    The average keeps `decay` of itself, less in the first epochs, when there is little to keep.
    """
    keep = min(decay, (number - 1) / (number + 8))
    averaged.set_weights(
        [
            keep * average + (1 - keep) * weight
            for average, weight in zip(averaged.get_weights(), model.get_weights(), strict=True)
        ]
    )


def _cross_entropy(probabilities: npt.NDArray[np.float32], targets: npt.NDArray[np.int64]) -> float:
    """Return the mean negative log-likelihood in nats."""
    chosen = probabilities[np.arange(len(targets)), targets]
    return float(-np.mean(np.log(np.maximum(chosen, np.finfo(np.float32).tiny))))


def _check_finite(record: EpochRecord) -> None:
    """Raise ModelError if a loss is infinite or not a number."""
    if not (math.isfinite(record.loss) and math.isfinite(record.val_loss)):
        raise ModelError(
            f"Losses must stay finite. Received: loss {record.loss} and val_loss "
            f"{record.val_loss} in epoch {record.epoch}. "
            "Lower train.learning_rate, or look for clips whose features are not finite."
        )
