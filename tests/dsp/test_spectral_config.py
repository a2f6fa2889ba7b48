"""What the spectral block's configuration declares, takes and refuses."""

from dataclasses import replace
from pathlib import Path

import pytest

from moteflow.composition import compose_features
from moteflow.dsp import Arithmetic, SampleType
from moteflow.dsp.blocks.spectral import SpectralConfig, SpectralMoment, Statistic
from moteflow.dsp.spectrum import Log
from moteflow.errors import FeatureError


@pytest.fixture(scope="module")
def spectral(root: Path) -> SpectralConfig:
    """Three axes at 100 Hz with features of each group."""
    config = compose_features(root / "conf", ["features=spectral"])
    assert isinstance(config, SpectralConfig)
    return replace(config, spectral_moments=tuple(SpectralMoment), n_peaks=2)


def test_names_say_what_features_are(spectral: SpectralConfig) -> None:
    names = replace(spectral, bands=((0.5, 10.0),)).feature_names
    assert names[:3] == ("x rms", "x skewness", "x kurtosis")
    assert names[3:8] == (
        "x spectral centroid",
        "x spectral spread",
        "x spectral skewness",
        "x spectral kurtosis",
        "x 0.5-10 Hz",
    )
    assert names[8:14] == (
        "x peak 1 frequency",
        "x peak 1 height",
        "x peak 2 frequency",
        "x peak 2 height",
        "x 0 Hz",
        "x 6.25 Hz",
    )
    assert len(names) == 63 and names[-1] == "z 50 Hz"


def test_lists_come_from_overrides(root: Path) -> None:
    overrides = ["features=spectral", "features.bands=[[0.5,10],[10,25]]", "features.log=db"]
    config = compose_features(root / "conf", overrides)
    assert isinstance(config, SpectralConfig)
    assert config.bands == ((0.5, 10.0), (10.0, 25.0)) and config.log is Log.DB


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"decimation": 0}, "decimation must be.*Received: 0"),
        ({"filter_order": 9}, "filter_order must be from 1 to 8. Received: 9"),
        ({"filter_cutoff": 50.0}, "filter_cutoff must be from 0.5 to 49.5 Hz.*Received: 50.0"),
        ({"statistics": (Statistic.RMS, Statistic.RMS)}, "must name each feature once"),
        ({"sample_rate": 1e-4}, "sample_rate must be from 0.001 to 1e\\+09"),
        ({"n_fft": 24, "overlap": 0}, "power of two"),
        ({"n_fft": 128}, "n_fft must be at most the 125 samples.*Received: 128"),
        ({"overlap": 16}, "overlap must be from 0 to n_fft - 1"),
        ({"bands": ((7.0, 8.0),)}, "a band must.*hold a bin.*Received: \\(7.0, 8.0\\)"),
        ({"bands": ((10.0, 60.0),)}, "a band must lie within"),
        ({"n_peaks": 5}, "n_peaks must be from 0 to n_fft / 4 \\(4\\)"),
        ({"peak_threshold": -1.0}, "peak_threshold must be"),
        ({"log_floor": 0.0}, "log_floor must be"),
        ({"arithmetic": Arithmetic.FIXED}, "sample_type must be int16 for fixed"),
        (
            {
                "arithmetic": Arithmetic.FIXED,
                "sample_type": SampleType.INT16,
                "log": Log.NONE,
            },
            "log must not be none",
        ),
        (
            {
                "statistics": (),
                "spectral_moments": (),
                "bands": (),
                "n_peaks": 0,
                "spectrum_bins": False,
            },
            "at least one feature",
        ),
    ],
)
def test_unsound_parameters_are_refused(
    spectral: SpectralConfig, change: dict[str, object], message: str
) -> None:
    with pytest.raises(FeatureError, match=message):
        replace(spectral, **change)
