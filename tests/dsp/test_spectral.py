"""The spectral block, float and fixed, against SciPy in float64."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.signal
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.composition import compose_features
from moteflow.dsp import Arithmetic, SampleType, extract
from moteflow.dsp.blocks.spectral import SpectralConfig, SpectralMoment, Statistic
from moteflow.dsp.filters import FilterType
from moteflow.dsp.spectral_tables import Average
from moteflow.dsp.spectrum import Log
from moteflow.dsp.window import Window

ALL_GROUPS = {
    "statistics": tuple(Statistic),
    "spectral_moments": tuple(SpectralMoment),
    "bands": ((0.0, 10.0), (10.0, 20.0)),
    "n_peaks": 2,
}
CHANGES: list[dict[str, object]] = [
    {},
    {"n_fft": 64, "overlap": 48, "window": Window.HAMMING},
    {"filter_type": FilterType.HIGH, "filter_order": 3, "filter_cutoff": 2.0},
    {"filter_type": FilterType.NONE, "average": Average.MAX, "window": Window.RECTANGULAR},
    {"decimation": 2, "filter_order": 1, "filter_cutoff": 10.0, "n_fft": 32, "overlap": 31},
    {"filter_order": 8, "filter_cutoff": 5.0, "axis_scale": (1.0, -2.0, 0.001)},
]


@pytest.fixture(scope="module")
def spectral(root: Path) -> SpectralConfig:
    """Three axes at 100 Hz with every group of features."""
    config = compose_features(root / "conf", ["features=spectral"])
    assert isinstance(config, SpectralConfig)
    return replace(config, **ALL_GROUPS)


def filtered(samples: np.ndarray, config: SpectralConfig) -> np.ndarray:
    """One axis, filtered from the steady state of its first sample, without its mean."""

    def steady(sections: np.ndarray, signal: np.ndarray) -> np.ndarray:
        state = scipy.signal.sosfilt_zi(sections) * signal[0]
        return scipy.signal.sosfilt(sections, signal, zi=state)[0]

    if config.decimation > 1:
        low_pass = scipy.signal.butter(8, 0.7 / config.decimation, output="sos")
        samples = steady(low_pass, samples)[:: config.decimation]
    if config.filter_type is not FilterType.NONE:
        rate = config.sample_rate / config.decimation
        kind, order, cutoff = config.filter_type.value, config.filter_order, config.filter_cutoff
        samples = steady(scipy.signal.butter(order, cutoff, kind, output="sos", fs=rate), samples)
    return samples - samples.mean()


def spectrum(signal: np.ndarray, config: SpectralConfig) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies and power of scipy.signal.welch, or the largest of the segments' powers."""
    window = {"rectangular": "boxcar"}.get(config.window.value, config.window.value)
    rate = config.sample_rate / config.decimation
    frequencies, _, powers = scipy.signal.spectrogram(
        signal, rate, window, config.n_fft, config.overlap, detrend=False, mode="psd"
    )
    if config.average is Average.MAX:
        return frequencies, powers.max(axis=1)
    return scipy.signal.welch(signal, rate, window, config.n_fft, config.overlap, detrend=False)


def levels(power: np.ndarray, config: SpectralConfig) -> np.ndarray:
    """Powers as the configuration shows them."""
    floored = np.maximum(power, config.log_floor)
    return {
        Log.NONE: lambda: power,
        Log.NATURAL: lambda: np.log(floored),
        Log.LOG10: lambda: np.log10(floored),
        Log.DB: lambda: 10 * np.log10(floored),
    }[config.log]()


def expected_axis(samples: np.ndarray, config: SpectralConfig) -> np.ndarray:
    """The features of one axis."""
    signal = filtered(samples, config)
    f, power = spectrum(signal, config)
    weights = power / power.sum()
    centroid = weights @ f
    spread = np.sqrt(weights @ (f - centroid) ** 2)
    standard = (f - centroid) / spread
    bands = [
        power[(low <= f) & ((f < high) | ((f == f[-1]) & (f == high)))].sum() * f[1]
        for low, high in config.bands
    ]
    peaks, _ = scipy.signal.find_peaks(power, height=config.peak_threshold)
    ranked = sorted(peaks, key=lambda k: -power[k])[: config.n_peaks]
    found = [(f[k], levels(power[k], config)) for k in ranked]
    found += [(0.0, levels(np.array(0.0), config))] * (config.n_peaks - len(found))
    return np.concatenate(
        [
            [np.sqrt(np.mean(signal**2)), scipy.stats.skew(signal), scipy.stats.kurtosis(signal)],
            [centroid, spread, weights @ standard**3, weights @ standard**4 - 3],
            levels(np.array(bands), config),
            np.ravel(found),
            levels(power, config),
        ]
    )


def expected(windows: np.ndarray, config: SpectralConfig) -> np.ndarray:
    """float64 [n, n_features] of windows [n, frame_length, n_axes]."""
    scaled = windows.astype(np.float64) * config.axis_scale
    return np.array(
        [np.concatenate([expected_axis(axis, config) for axis in window.T]) for window in scaled]
    )


def by_group(features: np.ndarray, config: SpectralConfig) -> dict[str, np.ndarray]:
    """Features [n, n_features] of ALL_GROUPS by what they are: each [n, axes, values]."""
    axes = features.reshape(len(features), config.n_axes, -1)
    starts = {"rms": 0, "shape": 1, "hertz": 3, "moments": 5, "bands": 7, "peaks": 9, "bins": 13}
    ends = [*list(starts.values())[1:], axes.shape[2]]
    return {
        name: axes[..., start:end] for (name, start), end in zip(starts.items(), ends, strict=True)
    }


@pytest.mark.parametrize("change", CHANGES)
def test_float_features_of_movements(
    movements: np.ndarray, spectral: SpectralConfig, change: dict[str, object]
) -> None:
    config = replace(spectral, **change, log=Log.NONE)
    actual = by_group(extract(movements[::3], config)[:, 0], config)
    wanted = by_group(expected(movements[::3], config), config)
    np.testing.assert_allclose(actual["rms"], wanted["rms"], rtol=3e-5)
    np.testing.assert_allclose(actual["shape"], wanted["shape"], rtol=0, atol=1e-4)
    np.testing.assert_allclose(actual["hertz"], wanted["hertz"], rtol=0, atol=1e-4)
    np.testing.assert_allclose(actual["moments"], wanted["moments"], rtol=1e-5, atol=1e-4)
    for group in ("bands", "bins"):
        loudest = wanted[group].max(axis=-1, keepdims=True)
        np.testing.assert_allclose(actual[group] / loudest, wanted[group] / loudest, atol=1e-4)
    np.testing.assert_allclose(actual["peaks"], wanted["peaks"], rtol=1e-4)


@pytest.mark.parametrize("log", [Log.NATURAL, Log.LOG10, Log.DB])
def test_float_logarithms_of_movements(
    movements: np.ndarray, spectral: SpectralConfig, log: Log
) -> None:
    config = replace(spectral, log=log, log_floor=1e-8)
    actual, wanted = extract(movements[::3], config)[:, 0], expected(movements[::3], config)
    np.testing.assert_allclose(actual, wanted, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("change", CHANGES)
def test_fixed_features_of_movements(
    movements_int16: np.ndarray, spectral: SpectralConfig, change: dict[str, object]
) -> None:
    """Errors are a few steps of a feature; those of skewness and kurtosis come from the 15 bits
    that count of a sample, those of the logarithm from bins 80 dB below the loudest."""
    config = replace(
        spectral,
        sample_type=SampleType.INT16,
        arithmetic=Arithmetic.FIXED,
        **{"axis_scale": (0.001, -0.001, 0.001), **change},
    )
    actual = by_group(extract(movements_int16[::3], config)[:, 0], config)
    wanted = by_group(expected(movements_int16[::3], config), config)
    step = config.describe().features_scale
    np.testing.assert_allclose(actual["rms"], wanted["rms"], rtol=1e-5, atol=step)
    np.testing.assert_allclose(actual["shape"], wanted["shape"], rtol=1e-3, atol=2e-3 + step)
    np.testing.assert_allclose(actual["hertz"], wanted["hertz"], rtol=0, atol=step)
    np.testing.assert_allclose(actual["moments"], wanted["moments"], rtol=1e-5, atol=2 * step)
    np.testing.assert_allclose(actual["bands"], wanted["bands"], rtol=0, atol=3e-5 + step)
    np.testing.assert_allclose(actual["bins"], wanted["bins"], rtol=0, atol=1e-3 + step)
    heights = actual["peaks"][..., 1::2], wanted["peaks"][..., 1::2]
    np.testing.assert_allclose(*heights, rtol=0, atol=3e-5 + step)


def test_fixed_features_have_a_signal_to_error_ratio_of_100_db(
    movements_int16: np.ndarray, spectral: SpectralConfig
) -> None:
    config = replace(
        spectral,
        sample_type=SampleType.INT16,
        arithmetic=Arithmetic.FIXED,
        axis_scale=(0.001, 0.001, 0.001),
    )
    wanted = expected(movements_int16, config)
    error = extract(movements_int16, config)[:, 0] - wanted
    assert 10 * np.log10(np.sum(wanted**2) / np.sum(error**2)) > 100


@pytest.mark.parametrize("filter_type", FilterType)
def test_extremes_are_finite(
    sensor_extremes: np.ndarray, spectral: SpectralConfig, filter_type: FilterType
) -> None:
    for scale in (2.0**-24, 64.0):
        config = replace(
            spectral, filter_type=filter_type, log=Log.NONE, axis_scale=(scale, -scale, 1.0)
        )
        assert np.isfinite(extract(sensor_extremes, config)).all()


def test_a_constant_has_no_features_but_the_floor(spectral: SpectralConfig) -> None:
    """Whatever its size: the filters begin in the steady state."""
    windows = np.full((1, 125, 3), (0.0, 0.1, 2.0**24), np.float32)
    floor = np.log10(spectral.log_floor)
    none = [0.0] * 7 + [floor] * 2 + [0.0, floor] * 2 + [floor] * 9
    actual = extract(windows, spectral)[0, 0].reshape(3, -1)
    np.testing.assert_allclose(actual, np.tile(none, (3, 1)), rtol=1e-6)


@pytest.mark.parametrize("filter_type", FilterType)
def test_fixed_extremes_are_those_of_float64(
    spectral: SpectralConfig, filter_type: FilterType
) -> None:
    """Full-scale square waves, impulses and steps, as loud as filters can make them."""
    n = np.arange(125)
    periods = [np.where(n // half % 2, 32767, -32768) for half in (1, 2, 3, 5, 8, 13)]
    steps = [np.where(n == 60, 32767, -32768), np.where(n > 3, -32768, 32767), n % 2, -(n % 3 // 2)]
    windows = np.repeat(np.stack(periods + steps)[..., None], 3, axis=2).astype(np.int16)
    config = replace(
        spectral,
        sample_type=SampleType.INT16,
        arithmetic=Arithmetic.FIXED,
        axis_scale=(2.0**-15,) * 3,
        filter_type=filter_type,
        filter_order=8,
        log_floor=1e-8,
        n_peaks=0,
    )
    wanted = expected(windows, config).reshape(len(windows), 3, -1)
    actual = extract(windows, config).reshape(wanted.shape)
    np.testing.assert_allclose(actual[..., 0], wanted[..., 0], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(actual[..., 1:3], wanted[..., 1:3], rtol=1e-3, atol=2e-3)
    np.testing.assert_allclose(actual[..., 7:], wanted[..., 7:], rtol=0, atol=1e-3)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(-8, 6))
def test_a_scale_multiplies_rms_and_power(
    spectral: SpectralConfig, seed: int, exponent: int
) -> None:
    config = replace(spectral, log=Log.NONE, spectral_moments=(), n_peaks=0)
    window = np.random.default_rng(seed).normal(size=(1, 125, 3)).astype(np.float32)
    scale = 2.0**exponent
    plain = extract(window, config).reshape(3, -1)
    scaled = extract(window, replace(config, axis_scale=(scale, -scale, scale))).reshape(3, -1)
    mirrored = np.array([[1], [-1], [1]])
    np.testing.assert_array_equal(scaled[:, 0], plain[:, 0] * np.float32(scale))
    np.testing.assert_array_equal(scaled[:, 1:2], plain[:, 1:2] * mirrored)
    np.testing.assert_array_equal(scaled[:, 2], plain[:, 2])
    np.testing.assert_allclose(scaled[:, 3:], plain[:, 3:] * np.float32(scale**2), rtol=1e-6)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.sampled_from([16, 32, 64]))
def test_the_bins_of_separate_segments_add_up_to_the_power_of_the_signal(
    spectral: SpectralConfig, seed: int, n_fft: int
) -> None:
    config = replace(
        spectral,
        frame_length=128,
        filter_type=FilterType.NONE,
        n_fft=n_fft,
        overlap=0,
        window=Window.RECTANGULAR,
        log=Log.NONE,
        bands=((0.0, 50.0),),
    )
    window = np.random.default_rng(seed).normal(size=(1, 128, 3)).astype(np.float32)
    power = extract(window, config).reshape(3, -1)[:, 7]
    np.testing.assert_allclose(power, window[0].astype(np.float64).var(axis=0), rtol=1e-5)


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_peaks_below_the_threshold_do_not_count(
    movements_int16: np.ndarray, spectral: SpectralConfig, arithmetic: Arithmetic
) -> None:
    config = replace(spectral, sample_type=SampleType.INT16, arithmetic=arithmetic)
    heights = by_group(extract(movements_int16, config)[:, 0], config)["peaks"][..., 1::2]
    threshold = float(np.median(heights[..., 0])) + 1e-3
    strict = replace(config, peak_threshold=10**threshold)
    peaks = by_group(extract(movements_int16, strict)[:, 0], strict)["peaks"]
    kept = heights >= threshold
    np.testing.assert_array_equal(peaks[..., 1::2], np.where(kept, heights, np.log10(1e-10)))
    np.testing.assert_array_equal(peaks[..., ::2] > 0, kept)
