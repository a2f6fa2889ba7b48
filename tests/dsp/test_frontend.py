"""A block and its normalization as one: what the model gets to see."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow import dsp
from moteflow.composition import compose_features
from moteflow.dsp import CmvnConfig, CmvnMode, Frontend
from moteflow.dsp.blocks.mfcc import MfccConfig
from moteflow.errors import FeatureError

CONF = Path(__file__).resolve().parents[2] / "conf"
MODES = [mode for mode in CmvnMode if mode is not CmvnMode.NONE]
SCALE, ZERO_POINT = 0.02, -3


def rows(seed: int, n: int) -> np.ndarray:
    """Features of a stream, float32 [n, 10]."""
    return np.random.default_rng(seed).normal(-9, 2, (n, 10)).astype(np.float32)


def frontend(block: MfccConfig, mode: CmvnMode) -> Frontend:
    return Frontend(block, CmvnConfig(mode, True, 5), dsp.measure_statistics(rows(1, 50)))


@pytest.mark.parametrize("mode", MODES)
def test_the_model_gets_normalized_features(
    recordings: np.ndarray, mfcc: MfccConfig, mode: CmvnMode
) -> None:
    prepared = frontend(mfcc, mode)
    features = dsp.extract(recordings, mfcc)
    expected = dsp.normalize(features, prepared.cmvn, prepared.statistics)
    assert not np.array_equal(features, expected)
    np.testing.assert_array_equal(prepared.extract(recordings), expected)
    np.testing.assert_array_equal(prepared.normalize(features), expected)
    np.testing.assert_array_equal(
        prepared.quantize(features, SCALE, ZERO_POINT),
        dsp.quantize(expected, mfcc, SCALE, ZERO_POINT),
    )


def test_without_normalization_features_are_not_even_copied(mfcc: MfccConfig) -> None:
    features = rows(0, 4)[None]
    assert Frontend(mfcc).normalize(features) is features


@pytest.mark.parametrize("mode", CmvnMode)
@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(1, 9), st.integers(0, 20))
def test_windows_of_a_stream(
    mode: CmvnMode, seed: int, n_frames: int, step: int, extra: int
) -> None:
    prepared = frontend(compose_features(CONF, ["features=mfcc"]), mode)
    features = rows(seed, n_frames + extra)
    starts = range(0, extra + 1, step)
    if mode is CmvnMode.WINDOW:
        windows = [prepared.normalize(features[None, i : i + n_frames])[0] for i in starts]
    else:
        stream = prepared.normalize(features[None])[0]
        windows = [stream[i : i + n_frames] for i in starts]
    np.testing.assert_array_equal(
        prepared.quantize_stream(features, n_frames, step, SCALE, ZERO_POINT),
        dsp.quantize(np.stack(windows), prepared.block, SCALE, ZERO_POINT),
    )


def test_statistics_are_files_of_the_same_bytes(tmp_path: Path) -> None:
    statistics = dsp.measure_statistics(rows(1, 50))
    for name in ("a.npz", "b.npz"):
        dsp.save_statistics(tmp_path / name, statistics)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    loaded = dsp.load_statistics(tmp_path / "a.npz")
    np.testing.assert_array_equal(loaded.mean, statistics.mean)
    np.testing.assert_array_equal(loaded.deviation, statistics.deviation)


@pytest.mark.parametrize("content", [None, b"", b"nothing", b"PK\x03\x04"])
def test_missing_statistics_are_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "statistics.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FeatureError, match=r"cmvn=training, or give its file"):
        dsp.load_statistics(path)


def test_unsound_frontends_are_refused(mfcc: MfccConfig) -> None:
    with pytest.raises(FeatureError, match=r"statistics of 10 features.*Received: None"):
        Frontend(mfcc, CmvnConfig(CmvnMode.TRAINING, True, 1))
    fixed = compose_features(CONF, ["features=mfcc", "features.arithmetic=fixed"])
    with pytest.raises(FeatureError, match=r"int32_t features of the block mfcc\. Set cmvn=none"):
        Frontend(fixed, CmvnConfig(CmvnMode.WINDOW, True, 1))
    assert Frontend(fixed).cmvn.mode is CmvnMode.NONE
