"""mfcc reproduces tf.signal: its frames, windows, mel matrix, log with an offset and cepstrum."""

from pathlib import Path

import numpy as np
import pytest

from moteflow.composition import compose_features
from moteflow.dsp import extract
from moteflow.models.backend import tf

OFFSET = 1e-6
# Of natural logarithms: see test_librosa.py.
TOLERANCE = 1e-3


@pytest.mark.parametrize(
    ("window", "periodic", "window_fn"),
    [
        ("hann", True, tf.signal.hann_window),
        ("hamming", False, lambda length, dtype: tf.signal.hamming_window(length, False, dtype)),
    ],
)
def test_mfcc(
    root: Path, recordings: np.ndarray, window: str, periodic: bool, window_fn: object
) -> None:
    settings = (
        f"window={window}",
        f"window_periodic={str(periodic).lower()}",
        "fmin=80",
        "fmax=7600",
        "n_mels=64",
        f"log_offset={OFFSET}",
        "dct_norm=htk",
        "n_mfcc=13",
        "spectrum=magnitude",
    )
    config = compose_features(
        root / "conf", ["features=mfcc", *(f"features.{setting}" for setting in settings)]
    )
    spectrum = tf.abs(
        tf.signal.stft(recordings / 32768, 640, 320, fft_length=1024, window_fn=window_fn)
    )
    bank = tf.signal.linear_to_mel_weight_matrix(64, 513, 16000, 80, 7600, dtype=tf.float64)
    log_mel = tf.math.log(spectrum @ bank + OFFSET)
    expected = tf.signal.mfccs_from_log_mel_spectrograms(log_mel)[..., :13]
    np.testing.assert_allclose(extract(recordings, config), expected, rtol=0, atol=TOLERANCE)
