"""Clips side by side in vector lanes give the bytes of one clip after the other."""

from dataclasses import replace

import numpy as np
import pytest

from moteflow.dsp import BlockDescription, FeatureConfig, extract
from moteflow.dsp.blocks.mfcc import MfccConfig
from moteflow.dsp.blocks.mfe import MfeConfig
from moteflow.dsp.native import native_lanes

CHANGES = [
    {},
    {"frame_length": 480, "n_fft": 512},
    {"frame_length": 641, "hop_length": 700, "n_fft": 2048},
    {"frame_length": 100, "hop_length": 7, "n_fft": 128, "n_mels": 10, "fmin": 0},
    {"log_floor": float(np.finfo(np.float32).tiny)},
]


def one_by_one(config: FeatureConfig) -> FeatureConfig:
    """The same block by the library that devices run."""

    class OneByOne(type(config)):
        def describe(self) -> BlockDescription:
            return replace(super().describe(), lanes=False)

    return OneByOne(**vars(config))


def bits(features: np.ndarray) -> np.ndarray:
    return features.view(np.uint32)


@pytest.mark.parametrize("change", CHANGES)
def test_mfcc_of_recordings(
    recordings: np.ndarray, mfcc: MfccConfig, change: dict[str, float]
) -> None:
    config = replace(mfcc, **change)
    expected = extract(recordings, one_by_one(config), n_threads=1)
    np.testing.assert_array_equal(bits(extract(recordings, config)), bits(expected))


def test_log_mel_of_extremes(extremes: np.ndarray, mfe: MfeConfig) -> None:
    config = replace(mfe, log_floor=float(np.finfo(np.float32).tiny))
    expected = extract(extremes, one_by_one(config), n_threads=1)
    np.testing.assert_array_equal(bits(extract(extremes, config)), bits(expected))


@pytest.mark.parametrize("n_clips", range(2 * native_lanes().n_lanes + 2))
def test_any_number_of_clips(recordings: np.ndarray, mfcc: MfccConfig, n_clips: int) -> None:
    clips = np.concatenate([recordings, recordings[:, ::-1]])[:n_clips, :2000]
    expected = extract(clips, one_by_one(mfcc), n_threads=1)
    for n_threads in (1, 2, 3):
        np.testing.assert_array_equal(bits(extract(clips, mfcc, n_threads)), bits(expected))


def test_progress_counts_every_clip_once(recordings: np.ndarray, mfcc: MfccConfig) -> None:
    clips = np.repeat(recordings[:, :1000], 50, axis=0)
    done: list[int] = []
    extract(clips, mfcc, n_threads=2, progress=done.append)
    assert sum(done) == len(clips)
    assert len(done) > 2
