"""Features against float64 computations that share no code with them."""

from dataclasses import replace

import librosa
import numpy as np
import pytest
import scipy.fft

from moteflow.dsp import extract
from moteflow.dsp.blocks.mfcc import MfccConfig
from moteflow.dsp.blocks.mfe import MfeConfig

# float32 rounds a spectrum to about 1e-7 of its loudest bin, which shows in bands 80 dB quieter.
# Steps of int8 are 0.08 (MFE) and 0.4 (MFCC) wide.
MFE_TOLERANCE = 3e-4
MFCC_TOLERANCE = 1e-4


def mel_filterbank(config: MfeConfig) -> np.ndarray:
    """HTK triangles [n_fft / 2 + 1, n_mels], linear in mel."""

    def mel(frequency: np.ndarray | float) -> np.ndarray:
        return 2595 * np.log10(1 + np.asarray(frequency) / 700)

    bins = mel(np.arange(config.n_fft // 2 + 1) * config.sample_rate / config.n_fft)[:, None]
    edges = np.linspace(mel(config.fmin), mel(config.fmax), config.n_mels + 2)
    up = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    down = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(up, down))


def expected_mfe(samples: np.ndarray, config: MfeConfig) -> np.ndarray:
    """float64 [n, frames, n_mels] with librosa's windowed spectrum."""
    margin = (config.n_fft - config.frame_length) // 2
    centred = np.pad(samples / 32768, ((0, 0), (margin, config.n_fft)))
    power = (
        np.abs(
            librosa.stft(
                centred,
                n_fft=config.n_fft,
                hop_length=config.hop_length,
                win_length=config.frame_length,
                window="hann",
                center=False,
                dtype=np.complex128,
            )
        )
        ** 2
    )
    n_frames = 1 + (samples.shape[1] - config.frame_length) // config.hop_length
    energies = power[:, :, :n_frames].transpose(0, 2, 1) @ mel_filterbank(config)
    return np.log(np.maximum(energies, config.log_floor))


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"frame_length": 480, "n_fft": 512},
        {"frame_length": 256, "hop_length": 128, "n_fft": 256, "n_mels": 20},
        {"frame_length": 641, "hop_length": 700},
        {"sample_rate": 8000, "fmax": 4000, "fmin": 0},
        {"frame_length": 4000, "n_fft": 4096, "n_mels": 64},
    ],
)
def test_log_mel_of_recordings(
    recordings: np.ndarray, mfe: MfeConfig, change: dict[str, float]
) -> None:
    config = replace(mfe, **change)
    actual = extract(recordings, config)
    np.testing.assert_allclose(actual, expected_mfe(recordings, config), rtol=0, atol=MFE_TOLERANCE)


def test_mfcc_of_recordings(recordings: np.ndarray, mfcc: MfccConfig) -> None:
    expected = scipy.fft.dct(expected_mfe(recordings, mfcc), norm="ortho")[..., : mfcc.n_mfcc]
    np.testing.assert_allclose(extract(recordings, mfcc), expected, rtol=0, atol=MFCC_TOLERANCE)


def test_log_mel_of_extremes(extremes: np.ndarray, mfe: MfeConfig) -> None:
    actual = extract(extremes, mfe)
    assert np.isfinite(actual).all()
    np.testing.assert_array_equal(actual[0], np.full_like(actual[0], np.log(mfe.log_floor)))
    np.testing.assert_allclose(actual, expected_mfe(extremes, mfe), rtol=0, atol=MFE_TOLERANCE)


def test_a_floor_far_below_the_smallest_signal_stays_finite(
    extremes: np.ndarray, mfe: MfeConfig
) -> None:
    config = replace(mfe, log_floor=float(np.finfo(np.float32).tiny))
    assert np.isfinite(extract(extremes, config)).all()


def test_a_tone_is_loudest_in_the_filter_of_its_frequency(mfe: MfeConfig) -> None:
    tone = (20000 * np.sin(2 * np.pi * 1000 * np.arange(1600) / mfe.sample_rate)).astype(np.int16)
    expected = np.argmax(mel_filterbank(mfe)[round(1000 * mfe.n_fft / mfe.sample_rate)])
    loudest = extract(tone[None], mfe)[0].argmax(axis=1)
    np.testing.assert_array_equal(loudest, np.full(loudest.shape, expected))
