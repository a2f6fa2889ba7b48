import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from moteflow.training import SpecAugmentConfig
from moteflow.training.spec_augment import spec_augment

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(5, 1, (200, 20, 6)).astype(np.float32)


def masked(config: SpecAugmentConfig, seed: int = 0) -> np.ndarray:
    return spec_augment(FEATURES, config, np.random.default_rng(seed)) != FEATURES


def test_without_masks_nothing_changes() -> None:
    assert not masked(SpecAugmentConfig(0, 5, 0, 5)).any()
    assert not masked(SpecAugmentConfig(3, 0, 3, 0)).any()


@given(width=st.integers(0, 30), seed=st.integers(0, 1000))
def test_a_time_mask_is_one_band_of_whole_frames(width: int, seed: int) -> None:
    changed = masked(SpecAugmentConfig(1, width, 0, 0), seed)

    assert (changed.all(axis=2) == changed.any(axis=2)).all()
    frames = changed.any(axis=2)
    assert frames.sum(axis=1).max() <= width
    edges = np.diff(frames.astype(int), axis=1, prepend=0, append=0)
    assert ((edges == 1).sum(axis=1) <= 1).all()


def test_band_widths_reach_from_nothing_to_the_maximum() -> None:
    values = masked(SpecAugmentConfig(0, 0, 1, 4)).any(axis=1).sum(axis=1)

    assert set(values) == {0, 1, 2, 3, 4}


def test_masked_entries_take_the_mean() -> None:
    result = spec_augment(FEATURES, SpecAugmentConfig(2, 8, 1, 2), np.random.default_rng(3))

    changed = result != FEATURES
    mean = np.broadcast_to(FEATURES.mean(axis=(0, 1)), FEATURES.shape)
    np.testing.assert_array_equal(result[changed], mean[changed])
    assert result.dtype == np.float32
