from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from moteflow.composition import compose_features
from moteflow.data import AugmentationConfig, Subset
from moteflow.dsp import FeatureConfig
from moteflow.training import SpecAugmentConfig, TrainConfig

SAMPLE_RATE = 8000

Tones = Callable[[int, int], Subset]


@pytest.fixture(scope="session")
def labels() -> tuple[str, ...]:
    return ("low", "high", "_silence_")


@pytest.fixture(scope="session")
def tones(labels: tuple[str, ...]) -> Tones:
    """Give `n` half seconds of a low tone, a high tone and faint noise in turn, for a seed."""

    def make(n: int, seed: int) -> Subset:
        rng = np.random.default_rng(seed)
        time = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
        targets = np.arange(n) % len(labels)
        pitches = np.array([300.0, 1500.0, 0.0])[targets] * rng.uniform(0.9, 1.1, n)
        waves = 8000 * np.sin(2 * np.pi * pitches[:, np.newaxis] * time)
        waves += rng.normal(0, 50, waves.shape)
        return Subset(waves.astype(np.int16), targets, clips=())

    return make


@pytest.fixture(scope="session")
def feature_overrides() -> list[str]:
    """Few, short features."""
    values = {"frame_length": 320, "hop_length": 160, "n_fft": 512, "n_mels": 20, "n_mfcc": 8}
    return [
        f"task.sample_rate={SAMPLE_RATE}",
        "features.log_floor=1e-6",
        *(f"features.{name}={value}" for name, value in values.items()),
    ]


@pytest.fixture(scope="session")
def feature_config(root: Path, feature_overrides: list[str]) -> FeatureConfig:
    return compose_features(root / "conf", feature_overrides)


@pytest.fixture(scope="session")
def noise() -> np.ndarray:
    return np.random.default_rng(9).normal(0, 300, 20000).astype(np.int16)


@pytest.fixture(scope="session")
def train_config() -> TrainConfig:
    return TrainConfig(
        epochs=8,
        max_steps=1000,
        batch_size=8,
        learning_rate=0.01,
        weight_decay=0.01,
        label_smoothing=0.05,
        mixup=0.2,
        averaging=0.5,
        class_weights=True,
        patience=8,
        max_speed_change=0.1,
        augmentation=AugmentationConfig(
            time_shift=0.1, noise_probability=0.5, snr_db=(5.0, 20.0), gain_db=(-6.0, 6.0)
        ),
        spec_augment=SpecAugmentConfig(
            time_masks=1, max_masked_frames=4, feature_masks=0, max_masked_features=0
        ),
    )
