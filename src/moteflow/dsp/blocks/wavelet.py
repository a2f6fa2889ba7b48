"""Statistics of the sub-bands of a discrete wavelet transform."""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

import numpy as np
import pywt

from moteflow.dsp.block import BlockDescription, Field, SensorConfig, Table, require
from moteflow.dsp.registry import block
from moteflow.dsp.samples import MAX_SERIES, samples_fields
from moteflow.dsp.statistics import (
    Statistic,
    require_statistics,
    statistic_names,
    statistics_fields,
)


class WaveletMode(Enum):
    """What the signal is taken to be beyond its ends; mote_dwt.h has them in the same order."""

    SYMMETRIC = "symmetric"
    ZERO = "zero"
    PERIODIZATION = "periodization"


@block("wavelet")
@dataclass(frozen=True)
class WaveletConfig(SensorConfig):
    """PyWavelets' `wavedec` of each axis, and how the values of each sub-band are distributed."""

    wavelet: Annotated[str, "haar, or a db, sym, coif, bior or rbio with its order: db4, bior2.2."]
    mode: Annotated[WaveletMode, "Beyond the frame's ends: symmetric, zero or periodization."]
    levels: Annotated[int, "How often the approximation is split; sub-bands are one more."]
    statistics: Annotated[
        tuple[Statistic, ...], "Statistics of each sub-band, in this order (as for flatten)."
    ]

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            self.frame_length <= MAX_SERIES,
            f"frame_length must be at most {MAX_SERIES}",
            self.frame_length,
        )
        require(
            self.wavelet in pywt.wavelist(kind="discrete"),
            "wavelet must be haar, or a db, sym, coif, bior or rbio with its order, such as db4",
            self.wavelet,
        )
        most = pywt.dwt_max_level(self.frame_length, self.wavelet)
        require(
            1 <= self.levels <= most,
            f"levels must be from 1 to {most}, as many as {self.wavelet} has room for in"
            f" {self.frame_length} samples; lengthen the frame or take a shorter wavelet",
            self.levels,
        )
        require_statistics(self.statistics)

    @property
    def bands(self) -> tuple[str, ...]:
        """The sub-bands from low to high frequencies: a3, d3, d2, d1."""
        details = (f"d{level}" for level in range(self.levels, 0, -1))
        return (f"a{self.levels}", *details)

    @property
    def feature_names(self) -> tuple[str, ...]:
        series = [f"{axis} {band}" for axis in self.axis_names for band in self.bands]
        return statistic_names(series, self.statistics)

    @property
    def share_scale(self) -> bool:
        return False

    def describe(self) -> BlockDescription:
        """The block for `mote_wavelet_compute`."""
        wavelet = pywt.Wavelet(self.wavelet)
        n_taps = wavelet.dec_len
        taps = np.array([wavelet.dec_lo, wavelet.dec_hi], np.float32)[:, ::-1].T.ravel()
        return self.described(
            "mote_wavelet",
            parameters=(
                *samples_fields(self),
                Field("dwt.mode", list(WaveletMode).index(self.mode)),
                Field("dwt.n_taps", n_taps),
                Field("dwt.taps", Table("taps", taps)),
                Field("n_levels", self.levels),
                *statistics_fields(self.statistics),
            ),
            scratch_size=4
            * (self.frame_length + 2 * n_taps + (self.frame_length + n_taps - 1) // 2),
        )
