"""spectrogram, mfe and mfcc under all their parameters: a float64 computation, and laws."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import scipy.fft
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.composition import compose_features
from moteflow.dsp import SampleType, extract
from moteflow.dsp.blocks.mfcc import MfccConfig
from moteflow.dsp.blocks.mfe import MfeConfig
from moteflow.dsp.blocks.spectrogram import SpectrogramConfig
from moteflow.dsp.cepstrum import DctNorm
from moteflow.dsp.mel import MelNorm, MelScale, MelTriangles
from moteflow.dsp.spectrum import Log, Spectrum, SpectrumConfig
from moteflow.dsp.window import Window, window
from moteflow.errors import FeatureError

CONF = Path(__file__).resolve().parents[2] / "conf"
FRAMES = ["features.frame_length=200", "features.hop_length=80", "features.n_fft=256"]
MFCC = compose_features(
    CONF, ["features=mfcc", *FRAMES, "features.n_mels=20", "features.log_floor=1e-4"]
)
SPECTROGRAM = compose_features(
    CONF, ["features=spectrogram", *FRAMES, "features.fmax=8000", "features.log_floor=1e-4"]
)
assert isinstance(MFCC, MfccConfig)
assert isinstance(SPECTROGRAM, SpectrogramConfig)
MFE = MfeConfig(**{field.name: getattr(MFCC, field.name) for field in fields(MfeConfig)})

SHARED = {
    "window": st.sampled_from(Window),
    "window_periodic": st.booleans(),
    "preemphasis": st.sampled_from([0.0, 0.5, 0.97, 1.0]),
    "spectrum": st.sampled_from(Spectrum),
    "spectrum_scale": st.sampled_from([1.0, 1 / 256, 100.0]),
    "log_offset": st.sampled_from([0.0, 1e-3]),
    "sample_type": st.sampled_from(SampleType),
    "hop_length": st.integers(1, 200),
    "frame_length": st.integers(200, 256),
}
MEL = {
    "mel_scale": st.sampled_from(MelScale),
    "mel_triangles": st.sampled_from(MelTriangles),
    "mel_norm": st.sampled_from(MelNorm),
    "fmin": st.sampled_from([0.0, 100.0]),
    "fmax": st.sampled_from([4000.0, 8000.0]),
}


def noise(seed: int, n_clips: int = 2) -> np.ndarray:
    """Noise of changing loudness, int16 [n_clips, 800]."""
    rng = np.random.default_rng(seed)
    loudness = 10 ** rng.uniform(2, 4, (n_clips, 1))
    return (np.clip(rng.normal(size=(n_clips, 800)), -3, 3) * loudness).astype(np.int16)


def take(samples: np.ndarray, config: SpectrumConfig) -> np.ndarray:
    """The samples in the type that the block takes; full scale of a float is 1."""
    if config.sample_type is SampleType.INT16:
        return samples
    return (samples / np.float32(32768)).astype(np.float32)


def spectra(samples: np.ndarray, config: SpectrumConfig) -> np.ndarray:
    """float64 [n, frames, n_fft / 2 + 1] of samples with full scale 1."""
    before = np.pad(samples, ((0, 0), (1, 0)))[:, :-1]
    signal = (samples - config.preemphasis * before) / 32768
    frames = np.lib.stride_tricks.sliding_window_view(signal, config.frame_length, axis=1)
    weights = window(config.window, config.frame_length, config.window_periodic)
    bins = np.fft.rfft(frames[:, :: config.hop_length] * weights, config.n_fft)
    exponent = 2 if config.spectrum is Spectrum.POWER else 1
    return np.asarray(config.spectrum_scale * np.abs(bins) ** exponent)


def logarithm(values: np.ndarray, config: SpectrumConfig) -> np.ndarray:
    if config.log is Log.NONE:
        return values
    clamped = np.maximum(values + config.log_offset, config.log_floor)
    decibels = 10 if config.spectrum is Spectrum.POWER else 20
    return {
        Log.NATURAL: np.log(clamped),
        Log.LOG10: np.log10(clamped),
        Log.DB: decibels * np.log10(clamped),
    }[config.log]


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**32 - 1),
    st.fixed_dictionaries({**SHARED, "log": st.sampled_from(Log)}),
    st.sampled_from([(0.0, 8000.0), (100.0, 130.0), (500.0, 4000.0)]),
)
def test_spectrogram(seed: int, change: dict[str, object], band: tuple[float, float]) -> None:
    is_int16 = change["sample_type"] is SampleType.INT16
    axis_scale = (2.0**-15,) if is_int16 else (1.0,)
    config = replace(SPECTROGRAM, **change, fmin=band[0], fmax=band[1], axis_scale=axis_scale)
    samples = noise(seed)
    frequencies = np.arange(129) * 16000 / 256
    kept = (frequencies >= band[0]) & (frequencies <= band[1])
    linear = spectra(samples, config)
    expected = logarithm(linear, config)[..., kept]
    tolerance = 1e-6 * linear.max() if config.log is Log.NONE else 0.05
    np.testing.assert_allclose(
        extract(take(samples, config), config), expected, rtol=0, atol=tolerance
    )


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**32 - 1),
    st.fixed_dictionaries({**SHARED, **MEL, "log": st.sampled_from(Log)}),
)
def test_mfe(seed: int, change: dict[str, object]) -> None:
    config = replace(MFE, **change)
    samples = noise(seed)
    energies = spectra(samples, config) @ config.mel_bank().matrix(129)
    expected = logarithm(energies, config)
    tolerance = 1e-6 * energies.max() if config.log is Log.NONE else 5e-3
    np.testing.assert_allclose(
        extract(take(samples, config), config), expected, rtol=0, atol=tolerance
    )


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**32 - 1),
    st.fixed_dictionaries(
        {
            **SHARED,
            **MEL,
            "spectrum": st.just(Spectrum.POWER),
            "log": st.sampled_from([Log.NATURAL, Log.LOG10, Log.DB]),
            "n_mfcc": st.integers(1, 20),
            "dct_type": st.sampled_from([2, 3]),
            "dct_norm": st.sampled_from([DctNorm.ORTHO, DctNorm.NONE]),
            "lifter": st.sampled_from([0.0, 22.0]),
            "energy_c0": st.booleans(),
        }
    ),
)
def test_mfcc(seed: int, change: dict[str, object]) -> None:
    config = replace(MFCC, **change)
    samples = noise(seed)
    power = spectra(samples, config)
    log_mel = logarithm(power @ config.mel_bank().matrix(129), config)
    norm = "ortho" if config.dct_norm is DctNorm.ORTHO else None
    expected = scipy.fft.dct(log_mel, config.dct_type, norm=norm)[..., : config.n_mfcc]
    if config.lifter:
        n = np.arange(config.n_mfcc)
        expected = expected * (1 + config.lifter / 2 * np.sin(np.pi * n / config.lifter))
    if config.energy_c0:
        expected[..., 0] = logarithm(power.sum(axis=-1), config)
    gain = (1 + config.lifter / 2) * (1 if norm else 2 * np.sqrt(20))
    np.testing.assert_allclose(
        extract(take(samples, config), config), expected, rtol=0, atol=gain * 5e-3
    )


@pytest.mark.parametrize("spectrum", Spectrum)
@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.fixed_dictionaries(MEL))
def test_mel_energies_are_linear_in_the_spectrum(
    spectrum: Spectrum, seed: int, change: dict[str, object]
) -> None:
    samples = noise(seed)
    mfe = replace(MFE, **change, spectrum=spectrum, log=Log.NONE)
    bins = extract(samples, replace(SPECTROGRAM, spectrum=spectrum, log=Log.NONE))
    energies = extract(samples, mfe)
    expected = bins.astype(np.float64) @ mfe.mel_bank().matrix(129)
    np.testing.assert_allclose(energies, expected, rtol=2e-5)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(-10, 10))
def test_a_signal_twice_as_loud_has_four_times_the_energy(seed: int, exponent: int) -> None:
    config = replace(MFE, sample_type=SampleType.FLOAT32, log=Log.NONE)
    samples = take(noise(seed), config)
    louder = extract(samples * np.float32(2.0**exponent), config)
    np.testing.assert_array_equal(louder, extract(samples, config) * np.float32(4.0**exponent))


@pytest.mark.parametrize("preemphasis", [0.0, 0.97])
@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(1, 200), st.integers(1, 3))
def test_a_stream_shifted_by_whole_hops_has_its_frames_shifted(
    preemphasis: float, seed: int, hop_length: int, hops: int
) -> None:
    # The periodic Hann window is 0 where the sample before the stream would count.
    config = replace(MFCC, hop_length=hop_length, preemphasis=preemphasis)
    samples = noise(seed)
    expected = extract(samples, config)[:, hops:]
    np.testing.assert_array_equal(extract(samples[:, hops * hop_length :], config), expected)


@pytest.mark.parametrize("preemphasis", [0.0, 0.97])
def test_int16_and_float_samples_of_the_same_size_give_the_same_bytes(preemphasis: float) -> None:
    config = replace(MFCC, preemphasis=preemphasis, window=Window.HAMMING)
    as_float = replace(config, sample_type=SampleType.FLOAT32)
    samples = noise(1)
    np.testing.assert_array_equal(
        extract(take(samples, as_float), as_float), extract(samples, config)
    )


@pytest.mark.parametrize("sample_type", SampleType)
@pytest.mark.parametrize("preemphasis", [0.0, 0.97])
def test_axes_do_not_mix(sample_type: SampleType, preemphasis: float) -> None:
    scale = (0.25, -2.0, 1e-3)
    config = replace(
        SPECTROGRAM, sample_type=sample_type, preemphasis=preemphasis, axis_scale=scale
    )
    samples = take(noise(2, n_clips=3), config)
    together = extract(samples.T[None].copy(), config)[0]
    apart = [
        extract(clip[None], replace(config, axis_scale=(factor,)))[0]
        for clip, factor in zip(samples, scale, strict=True)
    ]
    np.testing.assert_array_equal(together, np.concatenate(apart, axis=1))
    assert config.feature_names[129] == "y 0 Hz"


def test_a_band_without_a_bin_is_refused() -> None:
    with pytest.raises(FeatureError, match=r"enclose a bin.*multiples of 62.5 Hz"):
        replace(SPECTROGRAM, fmin=70.0, fmax=120.0)


@pytest.mark.parametrize("spectrum", Spectrum)
def test_the_loudest_and_the_smallest_samples_stay_finite(spectrum: Spectrum) -> None:
    largest = replace(
        SPECTROGRAM,
        sample_type=SampleType.FLOAT32,
        spectrum=spectrum,
        spectrum_scale=1e6,
        axis_scale=(64.0,),
        log=Log.NONE,
        window=Window.RECTANGULAR,
        frame_length=256,
    )
    square = np.where(np.arange(800) // 4 % 2, 2.0**24, -(2.0**24)).astype(np.float32)
    tiny = np.full(800, np.finfo(np.float32).smallest_subnormal, np.float32)
    assert np.isfinite(extract(np.stack([square, tiny]), largest)).all()
