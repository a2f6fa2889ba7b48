"""Spectrogram, MFE and MFCC in integers against float64 computations by other code."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.fft
import scipy.signal

from moteflow.composition import compose_features
from moteflow.data.audio import decode
from moteflow.dsp import Arithmetic, FeatureConfig, extract
from moteflow.dsp.blocks.mfcc import MfccConfig
from moteflow.dsp.blocks.mfe import MfeConfig
from moteflow.dsp.blocks.spectrogram import SpectrogramConfig
from moteflow.dsp.spectrum import Log, Spectrum, SpectrumConfig
from moteflow.errors import FeatureError
from moteflow.firmware.features_image import build_features_image

SAMPLE_RATE = 16000
# Largest errors on recordings, in nepers; steps of int8 are 0.08 (MFE) and 0.4 (MFCC) wide. They
# are largest where a bin or a filter is 100 dB below the frame's loudest bin.
MFE_TOLERANCE, SPECTROGRAM_TOLERANCE = 0.005, 0.05
MFE_SNR_DB, SPECTROGRAM_SNR_DB = 98, 98


def fixed(root: Path, *overrides: str) -> FeatureConfig:
    return compose_features(root / "conf", [*overrides, "features.arithmetic=fixed"])


@pytest.fixture(scope="module")
def mfcc(root: Path) -> MfccConfig:
    config = fixed(root, "features=mfcc", "features.n_mfcc=13")
    assert isinstance(config, MfccConfig)
    return config


@pytest.fixture(scope="module")
def mfe(root: Path) -> MfeConfig:
    config = fixed(root, "features=mfe")
    assert isinstance(config, MfeConfig)
    return config


@pytest.fixture(scope="module")
def spectrogram(root: Path) -> SpectrogramConfig:
    config = fixed(root, "features=spectrogram")
    assert isinstance(config, SpectrogramConfig)
    return config


@pytest.fixture(scope="module")
def sounds(shared_data: Path) -> np.ndarray:
    """200 seconds: words, digits at twice their rate, noise, very quiet and full-scale ones."""
    folder = shared_data / "audio"
    clips = []
    for name, count in (("speech_commands_v0.02_testset", 96), ("fsdd", 40)):
        paths = sorted((folder / name).rglob("*.wav"))
        clips += [decode(path, SAMPLE_RATE) for path in paths[:: len(paths) // count][:count]]
    for path in sorted((folder / "background_noise").rglob("*.wav"))[:3]:
        noise = decode(path, SAMPLE_RATE)
        clips += [noise[start * SAMPLE_RATE :] for start in range(0, 40, 5)]
    whole = np.stack([np.resize(clip, SAMPLE_RATE) for clip in clips])
    quiet = whole[::8][:20] / np.array([30, 100, 300, 1000] * 5)[:, None]
    loud = whole[1::8][:20].astype(np.float64)
    loud *= np.array([1, 4] * 10)[:, None] * 32767 / np.abs(loud).max(axis=1, keepdims=True)
    made = np.clip(np.concatenate([quiet, loud]), -32768, 32767).astype(np.int16)
    return np.concatenate([whole, made])


def exact_spectrum(samples: np.ndarray, config: SpectrumConfig) -> np.ndarray:
    """Power or magnitude of all bins, int16 full scale 1.0: float64 [n, frames, n_bins]."""
    signal = samples / 32768
    signal[:, 1:] -= config.preemphasis * signal[:, :-1]
    frames = np.lib.stride_tricks.sliding_window_view(signal, config.frame_length, axis=1)
    weights = scipy.signal.get_window(
        {"rectangular": "boxcar"}.get(config.window.value, config.window.value),
        config.frame_length,
        fftbins=config.window_periodic,
    )
    magnitude = np.abs(np.fft.rfft(frames[:, :: config.hop_length] * weights, config.n_fft))
    return magnitude if config.spectrum is Spectrum.MAGNITUDE else magnitude**2


def exact_log(values: np.ndarray, config: SpectrumConfig) -> np.ndarray:
    decibels = 20 if config.spectrum is Spectrum.MAGNITUDE else 10
    floored = np.maximum(values, config.log_floor)
    return np.log(floored) if config.log is Log.NATURAL else decibels * np.log10(floored)


def exact_mfe(samples: np.ndarray, config: MfeConfig) -> np.ndarray:
    """The filters are tested by themselves."""
    filters = config.mel_bank().matrix(config.n_bins)
    return exact_log(exact_spectrum(samples, config) @ filters, config)


def exact_mfcc(samples: np.ndarray, config: MfccConfig) -> np.ndarray:
    cepstra = scipy.fft.dct(exact_mfe(samples, config), norm="ortho")
    return cepstra[..., : config.n_mfcc]


def snr_db(actual: np.ndarray, exact: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(exact**2) / np.mean((actual - exact) ** 2)))


@pytest.mark.parametrize(("fmax", "tolerance", "snr"), [(4000, 0.002, 102), (8000, 0.02, 92)])
def test_mfcc_of_sounds(
    sounds: np.ndarray, mfcc: MfccConfig, fmax: float, tolerance: float, snr: float
) -> None:
    """The digits, recorded at half the rate, leave the filters above 4 kHz all but empty."""
    assert len(sounds) == 200
    config = replace(mfcc, fmax=fmax)
    actual, exact = extract(sounds, config), exact_mfcc(sounds, config)
    np.testing.assert_allclose(actual, exact, rtol=0, atol=tolerance)
    assert snr_db(actual, exact) > snr


def test_log_mel_of_sounds(sounds: np.ndarray, mfe: MfeConfig) -> None:
    actual, exact = extract(sounds, mfe), exact_mfe(sounds, mfe)
    np.testing.assert_allclose(actual, exact, rtol=0, atol=MFE_TOLERANCE)
    assert snr_db(actual, exact) > MFE_SNR_DB


def test_spectrogram_of_sounds(sounds: np.ndarray, spectrogram: SpectrogramConfig) -> None:
    actual = extract(sounds, spectrogram)
    exact = exact_log(exact_spectrum(sounds, spectrogram), spectrogram)[..., spectrogram.bins]
    np.testing.assert_allclose(actual, exact, rtol=0, atol=SPECTROGRAM_TOLERANCE)
    assert snr_db(actual, exact) > SPECTROGRAM_SNR_DB


@pytest.mark.parametrize(
    ("change", "tolerance"),
    [
        (["features.preemphasis=0.97"], 0.03),
        (["features.spectrum=magnitude"], 0.01),
        (["features.log=db"], 0.04),
        (
            ["features.mel_scale=slaney", "features.mel_triangles=hz", "features.mel_norm=slaney"],
            0.02,
        ),
        (["features.window=hamming", "features.window_periodic=false"], 0.01),
        (["features.window=rectangular", "features.frame_length=1024"], 0.01),
        (["features.frame_length=401", "features.hop_length=160", "features.n_fft=512"], 0.02),
        (["features.frame_length=100", "features.n_fft=128", "features.n_mels=8"], 0.02),
        (["features.frame_length=4000", "features.n_fft=4096"], 0.1),
        (["features.log_floor=1e-12"], 0.01),
    ],
)
def test_log_mel_with_other_parameters(
    sounds: np.ndarray, root: Path, change: list[str], tolerance: float
) -> None:
    config = fixed(root, "features=mfe", *change)
    assert isinstance(config, MfeConfig)
    chosen = sounds[::4]
    np.testing.assert_allclose(
        extract(chosen, config), exact_mfe(chosen, config), rtol=0, atol=tolerance
    )


def test_energy_as_c0(sounds: np.ndarray, mfcc: MfccConfig) -> None:
    """Of all bins, those beyond fmax included; the other coefficients stay as they are."""
    with_energy = extract(sounds, replace(mfcc, energy_c0=True))
    exact = exact_log(exact_spectrum(sounds, mfcc).sum(axis=-1), mfcc)
    np.testing.assert_allclose(with_energy[..., 0], exact, rtol=0, atol=0.002)
    np.testing.assert_array_equal(with_energy[..., 1:], extract(sounds, mfcc)[..., 1:])


def test_lifter_and_transform_are_those_of_the_float_form(
    sounds: np.ndarray, mfcc: MfccConfig
) -> None:
    config = replace(mfcc, lifter=22.0, dct_type=3, log=Log.DB)
    reference = extract(sounds[::8], replace(config, arithmetic=Arithmetic.FLOAT))
    np.testing.assert_allclose(extract(sounds[::8], config), reference, rtol=0, atol=0.05)


def test_extremes(extremes: np.ndarray, mfe: MfeConfig) -> None:
    """A filter that a signal leaves empty but for rounding is told apart from it by a floor."""
    config = replace(mfe, log_floor=1e-6)
    actual = extract(extremes, config)
    np.testing.assert_allclose(actual, exact_mfe(extremes, config), rtol=0, atol=0.02)


def test_silence_is_the_floor_exactly(
    mfcc: MfccConfig, mfe: MfeConfig, spectrogram: SpectrogramConfig
) -> None:
    silence = np.zeros((1, SAMPLE_RATE), np.int16)
    for config in (mfe, spectrogram, replace(mfe, log_floor=2e-38), replace(mfe, log=Log.DB)):
        floor = config.log_factor * np.log(config.log_floor)
        step = config.describe().features_scale
        values = extract(silence, config)
        assert values.min() == values.max()
        assert abs(values.max() - floor) <= 1.5 * step
    coefficients = extract(silence, mfcc)[0]
    np.testing.assert_array_equal(
        coefficients, np.broadcast_to(coefficients[0], coefficients.shape)
    )
    np.testing.assert_allclose(coefficients[0, 1:], 0, atol=1e-4)


def test_doubling_a_quiet_sound_adds_two_log_2(sounds: np.ndarray, mfe: MfeConfig) -> None:
    """Frames are normalized: the same bits, but for the step of the output."""
    config = replace(mfe, log_floor=1e-30)
    quiet = sounds[:50] // 64
    loud = quiet.any(axis=1)
    difference = extract(quiet[loud] * 2, config) - extract(quiet[loud], config)
    heard = extract(quiet[loud], config) > np.log(1e-29)
    step = config.describe().features_scale
    assert np.abs(difference[heard] - 2 * np.log(2)).max() <= 2 * step


def test_each_axis_is_as_if_alone(sounds: np.ndarray, root: Path) -> None:
    scales = (2.0**-15, 2.0**-12)
    overrides = ("features=spectrogram", "features.preemphasis=0.9")
    together = fixed(root, *overrides, f"features.axis_scale={list(scales)}")
    pair = extract(np.stack([sounds[0], sounds[1]], axis=-1)[None], together)[0]
    for axis, values in enumerate(np.split(pair, 2, axis=1)):
        alone = fixed(root, *overrides, f"features.axis_scale=[{scales[axis]}]")
        step = together.describe().features_scale
        single = extract(sounds[axis][None], alone)[0]
        np.testing.assert_allclose(values, single, rtol=0, atol=2 * step)


@pytest.mark.parametrize(
    "overrides",
    [
        ("features=mfcc", "features.energy_c0=true", "features.preemphasis=0.97"),
        ("features=mfe", "features.spectrum=magnitude", "features.frame_length=401"),
        ("features=spectrogram", "features.axis_scale=[1,1]", "features.preemphasis=1.0"),
        ("features=spectrogram", "features.n_fft=2048", "features.fmax=8000"),
    ],
)
@pytest.mark.parametrize("target", ["microbit", "mps2_an385", "mps2_an386"])
def test_cores_compute_the_hosts_bytes_with_other_parameters(
    target: str,
    overrides: tuple[str, ...],
    sounds: np.ndarray,
    extremes: np.ndarray,
    root: Path,
    tmp_path: Path,
) -> None:
    config = fixed(root, *overrides)
    block = config.describe()
    windows = np.concatenate([sounds[::20, 6000:10000], extremes])
    windows = np.stack([windows, windows[::-1]][: config.n_axes], axis=-1)
    image = build_features_image(block, 4000, target, root / "firmware", tmp_path / "image")
    on_board = np.stack([answer.values for answer in image.run(windows)])
    on_host = extract(windows, config) / np.float32(block.features_scale)
    np.testing.assert_array_equal(on_board, on_host)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("features.sample_type=float32", "sample_type must be int16.*Received: float32"),
        ("features.log=none", "log must be natural, log10 or db with.*Received: none"),
        ("features.log_offset=1e-6", "log_offset must be 0 with.*Received: 1e-06"),
    ],
)
def test_what_integers_cannot_do_is_refused(root: Path, change: str, message: str) -> None:
    with pytest.raises(FeatureError, match=message):
        fixed(root, "features=mfe", change)
