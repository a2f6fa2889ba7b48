"""The statistics that blocks compute of a series of values."""

from collections.abc import Iterable
from enum import Enum

import numpy as np

from moteflow.dsp.block import Field, Table, require


class Statistic(Enum):
    """A statistic by its name in YAML; mote_statistics.h defines each, in the same order."""

    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    RMS = "rms"
    STD = "std"
    SKEWNESS = "skewness"
    KURTOSIS = "kurtosis"
    ENERGY = "energy"
    ENTROPY = "entropy"
    ZERO_CROSSINGS = "zero_crossings"
    MEAN_CROSSINGS = "mean_crossings"
    PERCENTILE_5 = "percentile_5"
    PERCENTILE_25 = "percentile_25"
    MEDIAN = "median"
    PERCENTILE_75 = "percentile_75"
    PERCENTILE_95 = "percentile_95"


def require_statistics(statistics: tuple[Statistic, ...]) -> None:
    """FeatureError unless there is one at least, and none twice."""
    names = [statistic.value for statistic in statistics]
    require(
        len(names) > 0 and len(set(names)) == len(names),
        "statistics must name at least one of"
        f" {', '.join(statistic.value for statistic in Statistic)}, each once",
        names,
    )


def statistics_fields(statistics: tuple[Statistic, ...]) -> tuple[Field, ...]:
    """The members of `mote_statistics_t statistics`."""
    codes = [list(Statistic).index(statistic) for statistic in statistics]
    return (
        Field("statistics.n_codes", len(codes)),
        Field("statistics.codes", Table("statistics", np.array(codes, np.uint8))),
    )


def statistic_names(series: Iterable[str], statistics: tuple[Statistic, ...]) -> tuple[str, ...]:
    """A name for each statistic of each series: "x zero crossings"."""
    return tuple(
        f"{name} {statistic.value.replace('_', ' ')}" for name in series for statistic in statistics
    )
