"""Clips side by side in vector lanes give the bytes of one clip after the other."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moteflow.composition import compose_features
from moteflow.dsp import BlockDescription, FeatureConfig, SampleType, extract
from moteflow.dsp.blocks.mfcc import MfccConfig
from moteflow.dsp.blocks.mfe import MfeConfig
from moteflow.dsp.native import native_lanes
from moteflow.errors import FeatureError

BLOCKS = [
    "features=mfcc",
    "features=mfcc features.frame_length=480 features.n_fft=512 features.preemphasis=0.97",
    "features=mfcc features.frame_length=641 features.hop_length=700 features.n_fft=2048",
    "features=mfcc features.spectrum=magnitude features.lifter=22 features.mel_norm=slaney",
    "features=mfcc features.energy_c0=true features.sample_type=float32",
    "features=mfe features.frame_length=100 features.hop_length=7 features.n_fft=128"
    " features.n_mels=10 features.fmin=0",
    "features=mfe features.log=none",
    "features=spectrogram features.axis_scale=[0.5]",
    "features=spectrogram features.sample_type=float32 features.axis_scale=[1.0,2.0]"
    " features.preemphasis=0.5",
]


def one_by_one(config: FeatureConfig) -> FeatureConfig:
    """The same block by the library that devices run."""

    class OneByOne(type(config)):
        def describe(self) -> BlockDescription:
            return replace(super().describe(), lanes=False)

    return OneByOne(**vars(config))


def bits(features: np.ndarray) -> np.ndarray:
    return features.view(np.uint32)


def clips_for(config: FeatureConfig, recordings: np.ndarray) -> np.ndarray:
    """The recordings as the block's samples, each axis another part of them."""
    clips = np.ascontiguousarray(recordings[:, : 4000 * config.n_axes])
    scale = 1 if config.sample_type is SampleType.INT16 else 2**-15
    return (scale * clips.reshape(len(clips), 4000, -1)).astype(config.sample_type.value)


@pytest.mark.parametrize("overrides", BLOCKS)
def test_each_block_of_recordings(root: Path, recordings: np.ndarray, overrides: str) -> None:
    config = compose_features(root / "conf", overrides.split())
    clips = clips_for(config, recordings)
    assert config.describe().lanes
    expected = extract(clips, one_by_one(config), n_threads=1)
    np.testing.assert_array_equal(bits(extract(clips, config)), bits(expected))


def test_log_mel_of_extremes(extremes: np.ndarray, mfe: MfeConfig) -> None:
    config = replace(mfe, log_floor=float(np.finfo(np.float32).tiny))
    expected = extract(extremes, one_by_one(config), n_threads=1)
    np.testing.assert_array_equal(bits(extract(extremes, config)), bits(expected))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 2.0**24 + 2])
@pytest.mark.parametrize("clip", [0, 18, 39])
def test_the_clip_with_a_refused_sample_is_named(mfe: MfeConfig, value: float, clip: int) -> None:
    config = replace(mfe, sample_type=SampleType.FLOAT32)
    clips = np.full((40, 1000), 2.0**24, np.float32)
    assert np.isfinite(extract(clips, config)).all()
    clips[clip, 300] = value
    with pytest.raises(FeatureError, match=f"Received: clip {clip} with values"):
        extract(clips, config, n_threads=2)


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
