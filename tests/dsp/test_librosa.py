"""spectrogram, mfe and mfcc reproduce librosa with center=False.

librosa has no pre-emphasis inside its features, counts its lifter's coefficients from 1 where HTK
counts from 0, and clips decibels by the loudest frame of a clip (top_db), which a stream cannot
know: those are left out here.
"""

from pathlib import Path

import librosa
import numpy as np
import pytest

from moteflow.composition import compose_features
from moteflow.dsp import FeatureConfig, extract
from moteflow.dsp.mel import MelNorm, MelScale
from moteflow.dsp.spectrum import Spectrum, SpectrumConfig

FLOOR = 1e-6
# Of natural logarithms: float32 rounds a spectrum to about 1e-7 of its loudest bin, which shows in
# bands 60 dB quieter, more in single bins than in filters.
LOG_TOLERANCE = 2e-3
DB_TOLERANCE = 10 / np.log(10) * LOG_TOLERANCE
BIN_DB_TOLERANCE = 2e-2


def configure(root: Path, block: str, *overrides: str) -> FeatureConfig:
    """The block over frames of as many samples as the FFT has points, unless overridden."""
    settings = ("frame_length=512", "hop_length=160", "n_fft=512", "fmin=0", "fmax=8000")
    chosen = [f"features.{setting}" for setting in (*settings, f"log_floor={FLOOR}", *overrides)]
    return compose_features(root / "conf", [f"features={block}", *chosen])


def spectra(recordings: np.ndarray, config: SpectrumConfig) -> np.ndarray:
    """Magnitudes float64 [n, bins, frames]; a frame shorter than n_fft lies in its middle."""
    margin = (config.n_fft - config.frame_length) // 2
    padded = np.pad(recordings / 32768, ((0, 0), (margin, margin)))
    return np.abs(
        librosa.stft(
            padded,
            n_fft=config.n_fft,
            hop_length=config.hop_length,
            win_length=config.frame_length,
            window={"rectangular": "boxcar"}.get(config.window.value, config.window.value),
            center=False,
            dtype=np.complex128,
        )
    )


@pytest.mark.parametrize("window", ["rectangular", "hann", "hamming"])
@pytest.mark.parametrize(("spectrum", "power"), [(Spectrum.POWER, 2), (Spectrum.MAGNITUDE, 1)])
@pytest.mark.parametrize("frame_length", [400, 512])
def test_spectrogram(
    root: Path,
    recordings: np.ndarray,
    window: str,
    spectrum: Spectrum,
    power: int,
    frame_length: int,
) -> None:
    config = configure(
        root,
        "spectrogram",
        f"frame_length={frame_length}",
        f"window={window}",
        f"spectrum={spectrum.value}",
        "log=none",
    )
    assert isinstance(config, SpectrumConfig)
    expected = spectra(recordings, config).transpose(0, 2, 1) ** power
    actual = extract(recordings, config)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-6 * expected.max())


@pytest.mark.parametrize("log", ["power_to_db", "amplitude_to_db"])
def test_decibels(root: Path, recordings: np.ndarray, log: str) -> None:
    is_power = log == "power_to_db"
    spectrum = "power" if is_power else "magnitude"
    floor = FLOOR if is_power else np.sqrt(FLOOR)
    config = configure(root, "spectrogram", "log=db", f"spectrum={spectrum}", f"log_floor={floor}")
    assert isinstance(config, SpectrumConfig)
    linear = spectra(recordings, config).transpose(0, 2, 1) ** (2 if is_power else 1)
    expected = getattr(librosa, log)(linear, amin=floor, top_db=None)
    np.testing.assert_allclose(extract(recordings, config), expected, rtol=0, atol=BIN_DB_TOLERANCE)


@pytest.mark.parametrize("scale", MelScale)
@pytest.mark.parametrize("norm", MelNorm)
@pytest.mark.parametrize("power", [1, 2])
def test_melspectrogram(
    root: Path, recordings: np.ndarray, scale: MelScale, norm: MelNorm, power: int
) -> None:
    config = configure(
        root,
        "mfe",
        "mel_triangles=hz",
        f"mel_scale={scale.value}",
        f"mel_norm={norm.value}",
        f"spectrum={'power' if power == 2 else 'magnitude'}",
    )
    energies = librosa.feature.melspectrogram(
        y=recordings / 32768,
        sr=16000,
        n_fft=512,
        hop_length=160,
        center=False,
        power=power,
        n_mels=40,
        fmin=0,
        fmax=8000,
        htk=scale is MelScale.HTK,
        norm="slaney" if norm is MelNorm.SLANEY else None,
        dtype=np.float64,
    )
    expected = np.log(np.maximum(energies, FLOOR)).transpose(0, 2, 1)
    np.testing.assert_allclose(extract(recordings, config), expected, rtol=0, atol=LOG_TOLERANCE)


@pytest.mark.parametrize("dct_type", [2, 3])
@pytest.mark.parametrize("norm", ["ortho", None])
def test_mfcc(root: Path, recordings: np.ndarray, dct_type: int, norm: str | None) -> None:
    config = configure(
        root,
        "mfcc",
        "mel_triangles=hz",
        "mel_scale=slaney",
        "mel_norm=slaney",
        "log=db",
        "n_mfcc=20",
        f"dct_type={dct_type}",
        f"dct_norm={norm or 'none'}",
    )
    energies = librosa.feature.melspectrogram(
        y=recordings / 32768, sr=16000, n_fft=512, hop_length=160, center=False, n_mels=40
    )
    decibels = librosa.power_to_db(energies, amin=FLOOR, top_db=None)
    expected = librosa.feature.mfcc(S=decibels, n_mfcc=20, dct_type=dct_type, norm=norm)
    actual = extract(recordings, config)
    gain = 1.0 if norm else 2 * np.sqrt(40)
    np.testing.assert_allclose(
        actual, expected.transpose(0, 2, 1), rtol=0, atol=gain * DB_TOLERANCE
    )


def test_preemphasis(root: Path, recordings: np.ndarray) -> None:
    config = configure(root, "spectrogram", "log=none", "preemphasis=0.97")
    plain = configure(root, "spectrogram", "log=none")
    assert isinstance(plain, SpectrumConfig)
    emphasised = np.stack(
        [
            librosa.effects.preemphasis(clip.astype(float), coef=0.97, zi=[0.0])
            for clip in recordings
        ]
    )
    expected = spectra(emphasised, plain).transpose(0, 2, 1) ** 2
    actual = extract(recordings, config)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-6 * expected.max())
