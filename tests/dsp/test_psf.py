"""mfe and mfcc reproduce python_speech_features, samples counting from -1 to 1.

It pads the last frame with zeros where a stream waits for samples, so that it may give one more.
"""

from pathlib import Path

import numpy as np
import pytest
import python_speech_features

from moteflow.composition import compose_features
from moteflow.dsp import FeatureConfig, extract

# Of natural logarithms, as in test_librosa.py, but with no floor to hide the quietest bands.
LOG_TOLERANCE = 5e-3
EPSILON = float(np.finfo(np.float64).eps)
COMMON = {"samplerate": 16000, "winlen": 0.025, "winstep": 0.01, "nfft": 512}


def configure(root: Path, block: str, *overrides: str) -> FeatureConfig:
    settings = (
        "frame_length=400",
        "hop_length=160",
        "n_fft=512",
        "fmin=0",
        "fmax=8000",
        "n_mels=26",
        "preemphasis=0.97",
        "mel_triangles=bins",
        f"spectrum_scale={1 / 512}",
        f"log_floor={EPSILON}",
        *overrides,
    )
    chosen = [f"features.{setting}" for setting in settings]
    return compose_features(root / "conf", [f"features={block}", *chosen])


def test_logfbank(root: Path, recordings: np.ndarray) -> None:
    actual = extract(recordings, configure(root, "mfe", "window=rectangular"))
    for clip, features in zip(recordings / 32768, actual, strict=True):
        expected = python_speech_features.logfbank(clip, **COMMON)
        np.testing.assert_allclose(features, expected[: len(features)], rtol=0, atol=LOG_TOLERANCE)


@pytest.mark.parametrize(
    ("lifter", "energy", "window"),
    [(22, True, "hamming"), (22, True, "rectangular"), (0, False, "hann"), (30, False, "hamming")],
)
def test_mfcc(root: Path, recordings: np.ndarray, lifter: int, energy: bool, window: str) -> None:
    config = configure(
        root,
        "mfcc",
        "n_mfcc=13",
        f"window={window}",
        "window_periodic=false",
        f"lifter={lifter}",
        f"energy_c0={str(energy).lower()}",
    )
    functions = {"hamming": np.hamming, "hann": np.hanning, "rectangular": np.ones}
    actual = extract(recordings, config)
    for clip, features in zip(recordings / 32768, actual, strict=True):
        expected = python_speech_features.mfcc(
            clip,
            **COMMON,
            ceplifter=lifter,
            appendEnergy=energy,
            winfunc=functions[window],
        )
        np.testing.assert_allclose(
            features, expected[: len(features)], rtol=0, atol=(1 + lifter / 2) * LOG_TOLERANCE
        )
