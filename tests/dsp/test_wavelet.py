"""The discrete wavelet transform and its block against PyWavelets in float64."""

from dataclasses import replace

import numpy as np
import pytest
import pywt
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.dsp import extract
from moteflow.dsp.blocks.wavelet import WaveletConfig, WaveletMode
from moteflow.dsp.native import native
from moteflow.dsp.statistics import Statistic
from moteflow.errors import FeatureError

TOLERANCE = 1e-6
"""Of a coefficient, in parts of the signal's largest value times the filter's sum."""
FAMILIES = [
    "haar",
    *(f"db{order}" for order in range(2, 11)),
    *(f"sym{order}" for order in range(2, 11)),
    *(f"coif{order}" for order in range(1, 6)),
    *(name for name in pywt.wavelist(kind="discrete") if name.startswith(("bior", "rbio"))),
]


def dwt(signal: np.ndarray, name: str, mode: WaveletMode) -> tuple[np.ndarray, np.ndarray]:
    """Approximation and detail by mote_dwt_f32."""
    ffi, lib = native().ffi, native().lib
    wavelet = pywt.Wavelet(name)
    taps = np.array([wavelet.dec_lo, wavelet.dec_hi], np.float32)[:, ::-1].T.ravel()
    config = ffi.new("mote_dwt_t *")
    config.mode = list(WaveletMode).index(mode)
    config.n_taps = wavelet.dec_len
    config.taps = ffi.from_buffer("float[]", taps)
    buffer = np.full(signal.size + 2 * wavelet.dec_len, np.nan, np.float32)
    buffer[wavelet.dec_len :][: signal.size] = signal
    detail = np.full(signal.size + wavelet.dec_len, np.nan, np.float32)
    place = ffi.from_buffer("float[]", buffer) + wavelet.dec_len
    n = lib.mote_dwt_f32(config, place, signal.size, ffi.from_buffer("float[]", detail))
    assert np.isnan(detail[n:]).all()
    return buffer[wavelet.dec_len :][:n], detail[:n]


@pytest.mark.parametrize("mode", WaveletMode)
@pytest.mark.parametrize("name", FAMILIES)
def test_one_level_is_pywavelets(name: str, mode: WaveletMode) -> None:
    n_taps = pywt.Wavelet(name).dec_len
    for length in (n_taps - 1, n_taps, n_taps + 1, 64, 125):
        signal = np.random.default_rng(length).normal(size=length).astype(np.float32)
        for actual, expected in zip(
            dwt(signal, name, mode), pywt.dwt(signal.astype(float), name, mode.value), strict=True
        ):
            gain = np.abs(pywt.Wavelet(name).dec_lo).sum()
            tolerance = TOLERANCE * np.abs(signal).max() * gain
            np.testing.assert_allclose(actual, expected, rtol=0, atol=tolerance)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(5, 40), st.sampled_from(["haar", "db4", "sym5"]))
def test_an_orthogonal_transform_keeps_the_energy(seed: int, half: int, name: str) -> None:
    signal = np.random.default_rng(seed).normal(size=2 * half).astype(np.float32)
    low, high = dwt(signal, name, WaveletMode.PERIODIZATION)
    assert np.sum(low**2) + np.sum(high**2) == pytest.approx(np.sum(signal**2), rel=1e-5)


def test_a_constant_is_in_the_approximation_alone() -> None:
    low, high = dwt(np.full(50, 3, np.float32), "db4", WaveletMode.SYMMETRIC)
    np.testing.assert_allclose(low, 3 * np.sqrt(2), rtol=1e-6)
    np.testing.assert_allclose(high, 0, atol=1e-6)


@pytest.mark.parametrize("mode", WaveletMode)
@pytest.mark.parametrize(
    ("name", "levels"), [("haar", 6), ("db4", 4), ("bior2.2", 3), ("coif1", 1)]
)
def test_bands_of_movements_are_wavedecs(
    movements: np.ndarray, wavelet: WaveletConfig, name: str, levels: int, mode: WaveletMode
) -> None:
    statistics = (Statistic.RMS, Statistic.MAX, Statistic.MEDIAN)
    config = replace(wavelet, wavelet=name, levels=levels, mode=mode, statistics=statistics)
    actual = extract(movements, config).reshape(len(movements), 3, levels + 1, 3)
    bands = pywt.wavedec(movements.astype(np.float64), name, mode.value, levels, axis=1)
    scale = np.abs(movements).max() * 2 ** (levels / 2)
    for k, band in enumerate(bands):
        expected = [np.sqrt(np.mean(band**2, 1)), band.max(1), np.median(band, 1)]
        np.testing.assert_allclose(
            actual[:, :, k], np.stack(expected, -1), rtol=0, atol=2e-6 * scale
        )


def test_names_follow_the_bands(wavelet: WaveletConfig) -> None:
    config = replace(wavelet, statistics=(Statistic.RMS, Statistic.ZERO_CROSSINGS))
    assert config.feature_names[:4] == (
        "x a3 rms",
        "x a3 zero crossings",
        "x d3 rms",
        "x d3 zero crossings",
    )
    assert config.feature_names[-1] == "z d1 zero crossings"


def test_features_of_extremes_are_finite(
    sensor_extremes: np.ndarray, wavelet: WaveletConfig
) -> None:
    config = replace(wavelet, statistics=tuple(Statistic))
    for scale in (2.0**-24, 64.0):
        features = extract(sensor_extremes, replace(config, axis_scale=(scale,) * 3))
        assert np.isfinite(features).all()
    assert not extract(sensor_extremes[:1], config).any()


def test_modes_are_in_the_order_of_the_header() -> None:
    for code, mode in enumerate(WaveletMode):
        assert getattr(native().lib, f"MOTE_DWT_{mode.name}") == code


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wavelet": "morl"}, "wavelet must be haar, or a db.*Received: morl"),
        ({"levels": 0}, "levels must be from 1 to 4, as many as db4 has room for in 125 samples"),
        ({"levels": 5}, r"levels must be from 1 to 4.*Received: 5"),
        ({"frame_length": 2**16 + 1}, "frame_length must be at most 65536"),
        ({"statistics": ()}, "statistics must name at least one"),
    ],
)
def test_unsound_parameters_are_refused(
    wavelet: WaveletConfig, change: dict[str, object], message: str
) -> None:
    with pytest.raises(FeatureError, match=message):
        replace(wavelet, **change)
