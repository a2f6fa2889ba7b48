"""An epoch's features, made anew from the recordings while the epoch before it trains."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moteflow import dsp
from moteflow.data import Subset, augment
from moteflow.training.config import TrainConfig
from moteflow.training.spec_augment import spec_augment
from moteflow.training.speed import change_speed

_CHUNK = 1024


@dataclass(frozen=True)
class Epoch:
    """Shuffled features float32 [n, frames, values, 1] and targets float32 [n, n_labels]."""

    features: npt.NDArray[np.float32]
    targets: npt.NDArray[np.float32]


def prepare_epoch(
    train: Subset,
    noise: npt.NDArray[np.int16],
    frontend: dsp.Frontend,
    n_labels: int,
    config: TrainConfig,
    rng: np.random.Generator,
) -> Epoch:
    """Shuffle, augment and extract the features of one epoch, then mask and mix them."""
    order = rng.permutation(len(train.samples))

    def extract(clips: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        samples = change_speed(train.samples[clips], config.max_speed_change, rng)
        return frontend.extract(augment(samples, noise, config.augmentation, rng))

    chunks = np.split(order, range(_CHUNK, len(order), _CHUNK))
    features = np.concatenate([extract(chunk) for chunk in chunks])
    features = spec_augment(features, config.spec_augment, rng)[..., np.newaxis]
    targets = np.eye(n_labels, dtype=np.float32)[train.targets[order]]
    if config.mixup > 0:
        return _mix(Epoch(features, targets), config.mixup, rng)
    return Epoch(features, targets)


def _mix(epoch: Epoch, alpha: float, rng: np.random.Generator) -> Epoch:
    """Blend every clip with another one, features and targets alike.

    The share of the clip itself is max(b, 1 - b) with b from Beta(alpha, alpha): Zhang et al.,
    "mixup: Beyond Empirical Risk Minimization" (arXiv 1710.09412).
    """
    n = len(epoch.features)
    beta = rng.beta(alpha, alpha, n)
    share = np.maximum(beta, 1 - beta).astype(np.float32)
    other = rng.permutation(n)

    def blend(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        own = share.reshape(n, *[1] * (values.ndim - 1))
        return own * values + (1 - own) * values[other]

    return Epoch(blend(epoch.features), blend(epoch.targets))


def prefetch(prepare: Callable[[int], Epoch], count: int) -> Iterator[Epoch]:
    """Yield `prepare(0)` to `prepare(count - 1)`, each computed while the one before is used."""
    with ThreadPoolExecutor(max_workers=1) as executor:
        upcoming = executor.submit(prepare, 0)
        for index in range(1, count + 1):
            epoch = upcoming.result()
            if index < count:
                upcoming = executor.submit(prepare, index)
            yield epoch
