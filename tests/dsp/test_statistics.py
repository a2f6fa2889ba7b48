"""Flatten, and the statistics it shares with other blocks, against NumPy and SciPy in float64."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from moteflow.composition import compose_features
from moteflow.dsp import SampleType, extract
from moteflow.dsp.blocks.flatten import FlattenConfig
from moteflow.dsp.native import native
from moteflow.dsp.statistics import Statistic
from moteflow.errors import FeatureError

TOLERANCE = 3e-5
"""Of the largest value for what has the samples' unit, of 1 or the value for the rest."""
IN_UNITS = ("mean", "min", "max", "rms", "std", "median")


@pytest.fixture(scope="session")
def flatten(root: Path) -> FlattenConfig:
    """All statistics of three axes."""
    config = compose_features(root / "conf", ["features=flatten"])
    assert isinstance(config, FlattenConfig)
    return replace(config, statistics=tuple(Statistic))


def expected_statistic(statistic: Statistic, x: np.ndarray) -> np.ndarray:
    """A statistic of float64 x [..., samples]."""
    energies = x**2
    above_zero, above_mean = x > 0, x > x.mean(-1, keepdims=True)
    match statistic:
        case Statistic.MEAN:
            return x.mean(-1)
        case Statistic.MIN:
            return x.min(-1)
        case Statistic.MAX:
            return x.max(-1)
        case Statistic.RMS:
            return np.sqrt(energies.mean(-1))
        case Statistic.STD:
            return x.std(-1)
        case Statistic.SKEWNESS:
            return scipy.stats.skew(x, -1)
        case Statistic.KURTOSIS:
            return scipy.stats.kurtosis(x, -1)
        case Statistic.ENERGY:
            return energies.sum(-1)
        case Statistic.ENTROPY:
            return scipy.stats.entropy(energies, axis=-1)
        case Statistic.ZERO_CROSSINGS:
            return np.count_nonzero(np.diff(above_zero), -1)
        case Statistic.MEAN_CROSSINGS:
            return np.count_nonzero(np.diff(above_mean), -1)
        case Statistic.MEDIAN:
            return np.median(x, -1)
        case _:
            return np.percentile(x, float(statistic.value.removeprefix("percentile_")), -1)


def assert_statistics(actual: np.ndarray, series: np.ndarray) -> None:
    """actual [..., statistics] of series [..., samples]."""
    x = series.astype(np.float64)
    level = np.abs(x).max(-1)
    for k, statistic in enumerate(Statistic):
        expected = expected_statistic(statistic, x)
        in_units = statistic.value in IN_UNITS or statistic.value.startswith("percentile")
        scale = level if in_units else np.maximum(1, np.abs(expected))
        error = np.abs(actual[..., k] - expected) / scale
        assert error.max() <= TOLERANCE, (statistic, error.max())


def test_statistics_of_movements(movements: np.ndarray, flatten: FlattenConfig) -> None:
    actual = extract(movements, flatten).reshape(len(movements), 3, -1)
    assert_statistics(actual, movements.transpose(0, 2, 1))


def test_statistics_of_integer_samples_in_other_units(
    movements_int16: np.ndarray, flatten: FlattenConfig
) -> None:
    scales = np.array([0.001, -9.81, 4.0], np.float32)
    config = replace(flatten, sample_type=SampleType.INT16, axis_scale=tuple(scales.tolist()))
    actual = extract(movements_int16, config).reshape(len(movements_int16), 3, -1)
    assert_statistics(actual, (movements_int16 * scales).transpose(0, 2, 1))


def test_statistics_of_extremes_are_finite(
    sensor_extremes: np.ndarray, flatten: FlattenConfig
) -> None:
    for scale in (2.0**-24, 64.0):
        config = replace(flatten, axis_scale=(scale,) * 3)
        assert np.isfinite(extract(sensor_extremes, config)).all()


def test_silence_and_constants_do_not_vary(
    sensor_extremes: np.ndarray, flatten: FlattenConfig
) -> None:
    silence, constant = extract(sensor_extremes[:2], flatten).reshape(2, 3, -1)[:, 0]
    assert not silence.any()
    values = dict(zip(Statistic, constant.tolist(), strict=True))
    for name in ("MEAN", "MIN", "MAX", "MEDIAN", "PERCENTILE_5"):
        assert values[Statistic[name]] == np.float32(0.1)
    for name in ("STD", "SKEWNESS", "KURTOSIS", "ZERO_CROSSINGS", "MEAN_CROSSINGS"):
        assert values[Statistic[name]] == 0
    assert values[Statistic.ENTROPY] == pytest.approx(np.log(125), rel=1e-5)


@settings(deadline=None)
@given(
    arrays(np.float32, st.integers(1, 90), elements=st.floats(-(2.0**24), 2.0**24, width=32)),
    st.permutations(list(Statistic)),
)
def test_percentiles_are_numpys_whatever_else_is_asked_for(
    samples: np.ndarray, statistics: list[Statistic]
) -> None:
    config = FlattenConfig(100.0, SampleType.FLOAT32, samples.size, 1, (1.0,), tuple(statistics))
    features = extract(samples[None], config)[0, 0]
    assert np.isfinite(features).all()
    actual = dict(zip(statistics, features, strict=True))
    crossings = np.count_nonzero(np.diff(samples > 0))
    assert actual[Statistic.ZERO_CROSSINGS] == crossings
    assert actual[Statistic.MIN] == samples.min()
    for percent in (5, 25, 75, 95):
        expected = np.percentile(samples.astype(np.float64), percent)
        error = abs(actual[Statistic(f"percentile_{percent}")] - expected)
        assert error <= 4e-7 * np.abs(samples).max()


def test_the_list_says_which_and_in_what_order(
    movements: np.ndarray, flatten: FlattenConfig
) -> None:
    config = replace(flatten, statistics=(Statistic.MEDIAN, Statistic.STD))
    assert config.feature_names[:3] == ("x median", "x std", "y median")
    every = extract(movements, flatten).reshape(len(movements), 1, 3, -1)
    chosen = [list(Statistic).index(statistic) for statistic in config.statistics]
    expected = every[..., chosen].reshape(len(movements), 1, -1)
    np.testing.assert_array_equal(extract(movements, config), expected)


def test_names_and_codes_are_in_the_order_of_the_header() -> None:
    for code, statistic in enumerate(Statistic):
        assert getattr(native().lib, f"MOTE_{statistic.name}") == code


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"statistics": ()}, r"statistics must name at least one of mean, min.*Received: \[\]"),
        ({"statistics": (Statistic.STD,) * 2}, r"each once\. Received: \['std', 'std'\]"),
        ({"frame_length": 2**16 + 1}, "frame_length must be at most 65536"),
    ],
)
def test_unsound_parameters_are_refused(
    flatten: FlattenConfig, change: dict[str, object], message: str
) -> None:
    with pytest.raises(FeatureError, match=message):
        replace(flatten, **change)
