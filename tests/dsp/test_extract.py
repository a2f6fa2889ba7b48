from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.composition import compose_features
from moteflow.dsp import FeatureConfig, extract
from moteflow.dsp.blocks.mfcc import MfccConfig
from moteflow.dsp.native import native, native_block
from moteflow.errors import FeatureError

ROOT = Path(__file__).resolve().parents[2]
SMALL = compose_features(
    ROOT / "conf",
    [
        "features=mfcc",
        "features.sample_rate=8000",
        "features.frame_length=100",
        "features.hop_length=40",
        "features.n_fft=128",
        "features.n_mels=10",
        "features.fmin=0",
        "features.log_floor=1e-4",
        "features.n_mfcc=5",
    ],
)


def stream(samples: np.ndarray, config: FeatureConfig, cuts: list[int]) -> np.ndarray:
    """Features of one stream, pushed in pieces that end at `cuts`."""
    ffi, lib = native().ffi, native().lib
    block = native_block(config.describe())
    state = ffi.new("mote_features_t *")
    frame = ffi.new("int16_t[]", config.frame_length)
    scratch = ffi.new("char[]", block.description.scratch_size)
    lib.mote_features_init(state, block.config, frame, ffi.NULL, scratch)
    row, ready = np.empty(config.n_features, np.float32), ffi.new("bool *")
    n_taken = ffi.new("size_t *")
    frames = []
    for piece in np.split(samples, cuts):
        taken = 0
        while taken < piece.size:
            left = piece[taken:]
            status = lib.mote_features_push(
                state, ffi.from_buffer(left), left.size, n_taken, ffi.from_buffer(row), ready
            )
            assert status == lib.MOTE_FEATURES_OK
            taken += n_taken[0]
            if ready[0]:
                frames.append(row.copy())
    return np.stack(frames)


@settings(deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 1000)).map(sorted),
    st.sampled_from([1, 40, 99, 100, 101, 250]),
)
def test_a_stream_cut_anywhere_gives_the_same_frames(
    seed: int, cuts: list[int], hop_length: int
) -> None:
    config = replace(SMALL, hop_length=hop_length)
    samples = np.random.default_rng(seed).integers(-32768, 32768, 1000).astype(np.int16)
    expected = extract(samples[None], config)[0]
    np.testing.assert_array_equal(stream(samples, config, cuts), expected)


@settings(deadline=None)
@given(st.sampled_from([1, 40, 99, 100, 101, 250]))
def test_each_frame_depends_on_its_own_samples_alone(hop_length: int) -> None:
    config = replace(SMALL, hop_length=hop_length)
    samples = np.random.default_rng(7).integers(-32768, 32768, 1000).astype(np.int16)
    frames = np.lib.stride_tricks.sliding_window_view(samples, 100)[::hop_length]
    np.testing.assert_array_equal(extract(samples[None], config)[0], extract(frames, config)[:, 0])


def test_threads_and_memory_layout_change_nothing(recordings: np.ndarray, mfcc: MfccConfig) -> None:
    expected = extract(recordings, mfcc, n_threads=1)
    np.testing.assert_array_equal(extract(recordings, mfcc, n_threads=5), expected)
    np.testing.assert_array_equal(extract(np.asfortranarray(recordings), mfcc), expected)
    np.testing.assert_array_equal(extract(recordings[::-2], mfcc), expected[::-2])


def test_no_clips_give_no_features() -> None:
    assert extract(np.empty((0, 1000), np.int16), SMALL).shape == (0, 23, 5)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.zeros((1, 1000), np.float32), "int16 array.*Received: float32"),
        (np.zeros(1000, np.int16), r"shape \[clips, samples\].*Received: int16 \[1000\]"),
        (np.zeros((1, 99), np.int16), "at least one frame of 100 samples.*Received: 99"),
    ],
)
def test_other_arrays_are_refused(samples: np.ndarray, message: str) -> None:
    with pytest.raises(FeatureError, match=message):
        extract(samples, SMALL)
