from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moteflow.composition import compose_features
from moteflow.dsp import SampleType, extract
from moteflow.dsp.blocks.raw import RawConfig


@pytest.fixture(scope="session")
def raw(root: Path) -> RawConfig:
    """Three axes in three units."""
    config = compose_features(
        root / "conf",
        ["features=raw", "features.axis_scale=[0.1, 1, -4]", "features.hop_length=60"],
    )
    assert isinstance(config, RawConfig)
    return config


def test_samples_are_scaled_and_keep_their_order(movements: np.ndarray, raw: RawConfig) -> None:
    actual = extract(movements, raw)
    assert actual.shape == (len(movements), 1, 375)
    assert raw.feature_names[:4] == ("x 0", "y 0", "z 0", "x 1")
    expected = movements * np.array([0.1, 1, -4], np.float32)
    np.testing.assert_array_equal(actual.reshape(movements.shape), expected)


def test_integer_samples_of_one_axis(movements_int16: np.ndarray, raw: RawConfig) -> None:
    config = replace(raw, sample_type=SampleType.INT16, axis_scale=(0.001,))
    samples = movements_int16[:, :, 0]
    expected = samples.astype(np.float32) * np.float32(0.001)
    np.testing.assert_array_equal(extract(samples, config)[:, 0], expected)


def test_frames_may_overlap(movements: np.ndarray, raw: RawConfig) -> None:
    samples = movements[:4].reshape(1, 500, 3)
    frames = np.lib.stride_tricks.sliding_window_view(samples[0], 125, axis=0)[::60]
    expected = frames.transpose(0, 2, 1) * np.array([0.1, 1, -4], np.float32)
    np.testing.assert_array_equal(extract(samples, raw)[0].reshape(-1, 125, 3), expected)
