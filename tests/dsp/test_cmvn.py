"""Normalization of features against NumPy in float64, and its laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.dsp import extract
from moteflow.dsp.blocks.mfcc import MfccConfig
from moteflow.dsp.cmvn import (
    CmvnConfig,
    CmvnMode,
    Statistics,
    describe_cmvn,
    measure_statistics,
    normalize,
)
from moteflow.dsp.native import native
from moteflow.errors import FeatureError

TOLERANCE = 1e-4
SHAPES = st.tuples(st.integers(1, 3), st.integers(1, 12), st.integers(1, 5))


def rows(seed: int, shape: tuple[int, int, int]) -> np.ndarray:
    """float32 features far from 0, of which the first never changes."""
    features = np.random.default_rng(seed).normal(-9, 2, shape).astype(np.float32)
    features[..., 0] = np.float32(-18.420681)
    return features


def normalized(window: np.ndarray, value: np.ndarray, variance: bool) -> np.ndarray:
    """`value` by the statistics of window [..., frames, features], in float64."""
    window = window.astype(np.float64)
    centred = value - window.mean(axis=-2, keepdims=True)
    if not variance:
        return np.asarray(centred)
    deviation = window.std(axis=-2, keepdims=True)
    deviation[..., 0] = np.inf
    return np.asarray(centred / np.where(deviation > 0, deviation, np.inf))


@pytest.mark.parametrize("variance", [False, True])
def test_a_window_of_recordings(recordings: np.ndarray, mfcc: MfccConfig, variance: bool) -> None:
    features = extract(recordings, mfcc)
    actual = normalize(features, CmvnConfig(CmvnMode.WINDOW, variance, 1))
    exact = features.astype(np.float64)
    expected = exact - exact.mean(axis=1, keepdims=True)
    if variance:
        expected /= exact.std(axis=1, keepdims=True)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("variance", [False, True])
@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), SHAPES)
def test_a_window(variance: bool, seed: int, shape: tuple[int, int, int]) -> None:
    features = rows(seed, shape)
    actual = normalize(features, CmvnConfig(CmvnMode.WINDOW, variance, 1))
    expected = normalized(features, features, variance)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=TOLERANCE)
    np.testing.assert_array_equal(actual[..., 0], 0)


@pytest.mark.parametrize("variance", [False, True])
@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), SHAPES, st.integers(1, 15))
def test_a_sliding_window(
    variance: bool, seed: int, shape: tuple[int, int, int], n_frames: int
) -> None:
    features = rows(seed, shape)
    actual = normalize(features, CmvnConfig(CmvnMode.SLIDING, variance, n_frames))
    for t in range(shape[1]):
        window = features[:, max(0, t + 1 - n_frames) : t + 1]
        expected = normalized(window, features[:, t : t + 1], variance)
        np.testing.assert_allclose(actual[:, t : t + 1], expected, rtol=0, atol=TOLERANCE)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(4, 12))
def test_sliding_depends_on_the_rows_it_looks_back_on_alone(
    seed: int, n_frames: int, start: int
) -> None:
    features = rows(seed, (1, 20, 3))
    config = CmvnConfig(CmvnMode.SLIDING, True, n_frames)
    later = normalize(features[:, start:], config)
    whole = normalize(features, config)
    np.testing.assert_array_equal(later[:, n_frames - 1 :], whole[:, start + n_frames - 1 :])


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(1, 19))
def test_how_a_stream_is_cut_into_calls_changes_nothing(seed: int, cut: int) -> None:
    features = rows(seed, (1, 20, 3))
    ffi, lib = native().ffi, native().lib
    cmvn = ffi.new("mote_cmvn_t *", {"n_features": 3, "variance": True, "n_frames": 6})
    buffer = ffi.new("float[]", 18)
    history = ffi.new("mote_cmvn_history_t *", {"rows": buffer})
    actual = features[0].copy()
    for part in (actual[:cut], actual[cut:]):
        lib.mote_cmvn_sliding_f32(cmvn, history, ffi.from_buffer("float[]", part), len(part))
    expected = normalize(features, CmvnConfig(CmvnMode.SLIDING, True, 6))
    np.testing.assert_array_equal(actual, expected[0])


def test_integer_features_become_the_floats_that_extract_gives() -> None:
    integers = np.array([0, 1, -1, 2**24, -(2**24), 12345], np.int32)
    expected = integers * np.float32(0.0390625)
    ffi, lib = native().ffi, native().lib
    lib.mote_cmvn_from_s32(ffi.from_buffer(integers), integers.size, 0.0390625)
    np.testing.assert_array_equal(integers.view(np.float32), expected.astype(np.float32))


@pytest.mark.parametrize("variance", [False, True])
def test_training_statistics(variance: bool) -> None:
    training, test = rows(1, (5, 40, 4)), rows(2, (3, 10, 4))
    config = CmvnConfig(CmvnMode.TRAINING, variance, 1)
    actual = normalize(test, config, measure_statistics(training))
    expected = normalized(training.reshape(1, -1, 4), test, variance)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=TOLERANCE)


def test_no_normalization_changes_nothing() -> None:
    features = rows(3, (2, 5, 3))
    np.testing.assert_array_equal(normalize(features, CmvnConfig(CmvnMode.NONE, True, 1)), features)


@pytest.mark.parametrize("mode", [CmvnMode.WINDOW, CmvnMode.SLIDING])
def test_any_finite_values_stay_finite(mode: CmvnMode) -> None:
    tiny, huge = np.finfo(np.float32).smallest_subnormal, np.float32(2.0**100)
    features = np.array([[[0, 0], [tiny, huge], [0, -huge], [tiny, 1]]], np.float32)
    assert np.isfinite(normalize(features, CmvnConfig(mode, True, 3))).all()


def test_the_members_that_the_device_needs() -> None:
    statistics = Statistics(np.zeros(10, np.float32), np.full(10, 4, np.float32))
    training = CmvnConfig(CmvnMode.TRAINING, True, 1)
    names = [field.name for field in describe_cmvn(training, 10, statistics)]
    assert names == ["n_features", "variance", "n_frames", "mean", "gain"]


def test_unsound_requests_are_refused() -> None:
    training = CmvnConfig(CmvnMode.TRAINING, True, 1)
    with pytest.raises(FeatureError, match=r"n_frames must be at least 1\. Received: 0"):
        CmvnConfig(CmvnMode.SLIDING, True, 0)
    with pytest.raises(FeatureError, match=r"statistics of 10 features.*Received: None"):
        describe_cmvn(training, 10)
    with pytest.raises(FeatureError, match=r"statistics of 3 features.*Received: \(2,\)"):
        normalize(rows(1, (1, 4, 3)), training, measure_statistics(rows(1, (1, 4, 2))))
    with pytest.raises(FeatureError, match=r"float32 \[clips, frames, features\].*float64 \[2\]"):
        normalize(np.zeros(2), training)
    with pytest.raises(FeatureError, match=r"at least one frame.*Received: \(0, 3\)"):
        measure_statistics(np.empty((0, 3), np.float32))
