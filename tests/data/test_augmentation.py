from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.data import AugmentationConfig, augment
from moteflow.errors import DatasetError

STILL = AugmentationConfig(
    time_shift=0.0, noise_probability=0.0, snr_db=(10.0, 10.0), gain_db=(0.0, 0.0)
)
CLIPS = np.random.default_rng(0).integers(-3000, 3000, (600, 400)).astype(np.int16)
NOISE = np.random.default_rng(1).integers(-500, 500, 5000).astype(np.int16)


def test_nothing_asked_nothing_done() -> None:
    assert np.array_equal(augment(CLIPS, NOISE, STILL, np.random.default_rng(2)), CLIPS)


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_shift_moves_zeros_in(seed: int) -> None:
    config = replace(STILL, time_shift=0.5)
    clips = np.arange(1, 9, dtype=np.int16)[None].repeat(20, axis=0)
    shifts = set()
    for row in augment(clips, NOISE, config, np.random.default_rng(seed)):
        shift = int(np.flatnonzero(row)[0]) - int(row[row > 0][0] - 1)
        expected = [0] * 8
        for i in range(8):
            if 0 <= i + shift < 8:
                expected[i + shift] = i + 1
        assert row.tolist() == expected
        shifts.add(shift)
    assert max(map(abs, shifts)) <= 4 and len(shifts) > 1


def test_noise_is_mixed_at_the_snr_asked() -> None:
    config = replace(STILL, noise_probability=1.0)
    added = augment(CLIPS, NOISE, config, np.random.default_rng(3)).astype(np.float64) - CLIPS
    snr = 10 * np.log10((CLIPS.astype(np.float64) ** 2).mean(axis=1) / (added**2).mean(axis=1))
    assert np.abs(snr - 10.0).max() < 0.05


def test_only_the_asked_share_gets_noise() -> None:
    config = replace(STILL, noise_probability=0.3)
    changed = (augment(CLIPS, NOISE, config, np.random.default_rng(4)) != CLIPS).any(axis=1)
    assert 0.2 < changed.mean() < 0.4


def test_gain_scales_and_clips() -> None:
    louder = augment(CLIPS, NOISE, replace(STILL, gain_db=(40.0, 40.0)), np.random.default_rng(5))
    assert np.array_equal(louder, np.clip(CLIPS.astype(np.int64) * 100, -32768, 32767))


def test_zeros_stay_zeros_and_noise_may_be_absent_short_or_mute() -> None:
    config = AugmentationConfig(0.2, 1.0, (0.0, 20.0), (-6.0, 6.0))
    zeros = np.zeros((3, 400), np.int16)
    empty = np.zeros(0, np.int16)
    assert not augment(zeros, NOISE, config, np.random.default_rng(6)).any()
    assert augment(CLIPS, empty, config, np.random.default_rng(6)).shape == CLIPS.shape
    assert augment(CLIPS, NOISE[:7], config, np.random.default_rng(6)).shape == CLIPS.shape
    quiet = replace(config, time_shift=0.0, gain_db=(0.0, 0.0))
    mute = np.zeros(9, np.int16)
    assert np.array_equal(augment(CLIPS, mute, quiet, np.random.default_rng(6)), CLIPS)
    assert augment(CLIPS[:0], NOISE, config, np.random.default_rng(6)).shape == (0, 400)


def test_equal_generators_give_equal_clips() -> None:
    config = AugmentationConfig(0.2, 0.8, (0.0, 20.0), (-6.0, 6.0))
    first = augment(CLIPS, NOISE, config, np.random.default_rng(7))
    assert np.array_equal(first, augment(CLIPS, NOISE, config, np.random.default_rng(7)))
    assert not np.array_equal(first, augment(CLIPS, NOISE, config, np.random.default_rng(8)))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("time_shift", 1.0),
        ("noise_probability", 1.5),
        ("snr_db", (9.0, 1.0)),
        ("gain_db", (0.0, float("nan"))),
    ],
)
def test_impossible_settings_are_refused(key: str, value: object) -> None:
    with pytest.raises(DatasetError, match=key):
        replace(STILL, **{key: value})
