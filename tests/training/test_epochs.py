import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from moteflow import dsp
from moteflow.data import AugmentationConfig, Subset
from moteflow.training import SpecAugmentConfig, TrainConfig
from moteflow.training.epochs import Epoch, prefetch, prepare_epoch

Tones = Callable[[int, int], Subset]
NO_AUGMENTATION = AugmentationConfig(
    time_shift=0.0, noise_probability=0.0, snr_db=(0.0, 0.0), gain_db=(0.0, 0.0)
)


@pytest.fixture
def prepare(
    tones: Tones, noise: npt.NDArray[np.int16], feature_config: dsp.FeatureConfig
) -> Callable[[TrainConfig, int], Epoch]:
    def make(config: TrainConfig, seed: int) -> Epoch:
        rng = np.random.default_rng(seed)
        return prepare_epoch(tones(30, 0), noise, dsp.Frontend(feature_config), 3, config, rng)

    return make


def test_without_augmentation_an_epoch_is_the_shuffled_clips(
    prepare: Callable[[TrainConfig, int], Epoch],
    tones: Tones,
    feature_config: dsp.FeatureConfig,
    train_config: TrainConfig,
) -> None:
    plain = replace(
        train_config,
        mixup=0.0,
        max_speed_change=0.0,
        augmentation=NO_AUGMENTATION,
        spec_augment=SpecAugmentConfig(0, 0, 0, 0),
    )

    epoch = prepare(plain, 1)

    subset = tones(30, 0)
    clean = dsp.extract(subset.samples, feature_config)
    order = [int(np.flatnonzero((clean == f).all(axis=(1, 2)))[0]) for f in epoch.features[..., 0]]
    assert sorted(order) == list(range(30)) != order
    np.testing.assert_array_equal(epoch.targets.argmax(axis=1), subset.targets[order])


def test_augmented_clips_are_normalized_too(
    tones: Tones,
    noise: npt.NDArray[np.int16],
    feature_config: dsp.FeatureConfig,
    train_config: TrainConfig,
) -> None:
    statistics = dsp.measure_statistics(dsp.extract(tones(30, 0).samples, feature_config))
    cmvn = dsp.CmvnConfig(dsp.CmvnMode.TRAINING, True, 1)
    plain = replace(train_config, mixup=0.0, spec_augment=SpecAugmentConfig(0, 0, 0, 0))

    def features(frontend: dsp.Frontend) -> npt.NDArray[np.float32]:
        rng = np.random.default_rng(1)
        return prepare_epoch(tones(30, 0), noise, frontend, 3, plain, rng).features[..., 0]

    np.testing.assert_array_equal(
        features(dsp.Frontend(feature_config, cmvn, statistics)),
        dsp.normalize(features(dsp.Frontend(feature_config)), cmvn, statistics),
    )


def test_the_generator_decides_the_epoch(
    prepare: Callable[[TrainConfig, int], Epoch], train_config: TrainConfig
) -> None:
    first, again, other = (prepare(train_config, seed) for seed in (1, 1, 2))

    np.testing.assert_array_equal(first.features, again.features)
    np.testing.assert_array_equal(first.targets, again.targets)
    assert not np.array_equal(first.features, other.features)


def test_mixed_targets_stay_probabilities_led_by_the_clip_itself(
    prepare: Callable[[TrainConfig, int], Epoch], train_config: TrainConfig
) -> None:
    mixed = prepare(replace(train_config, mixup=1.0), 1).targets
    plain = prepare(replace(train_config, mixup=0.0), 1).targets

    np.testing.assert_allclose(mixed.sum(axis=1), 1, rtol=1e-6)
    own = mixed[np.arange(30), plain.argmax(axis=1)]
    assert own.min() >= 0.5
    assert 0 < np.count_nonzero(own < 1) < 30


def test_prefetch_keeps_the_order_and_stays_one_ahead() -> None:
    prepared: list[int] = []
    ready = threading.Condition()

    def prepare(index: int) -> Epoch:
        with ready:
            prepared.append(index)
            ready.notify_all()
        return Epoch(np.full(1, index, np.float32), np.zeros(1, np.float32))

    for index, epoch in enumerate(prefetch(prepare, 4)):
        assert epoch.features[0] == index
        upcoming = min(index + 2, 4)
        with ready:
            assert ready.wait_for(lambda count=upcoming: len(prepared) == count, timeout=10)
    assert prepared == [0, 1, 2, 3]


def test_an_error_while_preparing_reaches_the_caller() -> None:
    def prepare(index: int) -> Epoch:
        raise ValueError(f"epoch {index}")

    with pytest.raises(ValueError, match="epoch 0"):
        list(prefetch(prepare, 3))
