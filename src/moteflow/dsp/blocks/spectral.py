"""Filters, statistics and Welch spectrum of each axis of a motion or vibration sensor."""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

import numpy as np
import numpy.typing as npt

from moteflow.dsp import spectral_tables, spectral_tables_s32
from moteflow.dsp.block import Arithmetic, BlockDescription, SampleType, SensorConfig, require
from moteflow.dsp.filters import FilterType, magnitude_response
from moteflow.dsp.registry import block
from moteflow.dsp.samples import MAX_SERIES
from moteflow.dsp.spectral_tables import Average
from moteflow.dsp.spectrum import LOG_FLOOR_MIN, LOG_MAX, N_FFT_MAX, N_FFT_MIN, Log
from moteflow.dsp.window import Window

MAX_ORDER, MAX_DECIMATION = 8, 32
MIN_CUTOFF, MAX_CUTOFF = 0.005, 0.495
SAMPLE_RATE_MIN, SAMPLE_RATE_MAX = 1e-3, 1e9


class Statistic(Enum):
    """What is said of the filtered signal, its mean removed."""

    RMS = "rms"
    SKEWNESS = "skewness"
    KURTOSIS = "kurtosis"


class SpectralMoment(Enum):
    """What is said of the spectrum, taken as a distribution of power over frequency."""

    CENTROID = "centroid"
    SPREAD = "spread"
    SKEWNESS = "skewness"
    KURTOSIS = "kurtosis"


@block("spectral")
@dataclass(frozen=True)
class SpectralConfig(SensorConfig):
    """Per axis: decimation, Butterworth filter, statistics, Welch spectrum and what it shows.

    The filters start in the steady state of the frame's first sample. The spectrum is one-sided and
    in (unit of a scaled sample)^2 / Hz, as of scipy.signal.welch; segments that would reach past
    the frame are left out.
    """

    arithmetic: Annotated[Arithmetic, "float, or fixed: integers only, from int16 samples."]
    decimation: Annotated[int, "Every so many-th sample is kept, after a low-pass; 1 keeps all."]
    filter_type: Annotated[FilterType, "Butterworth filter after decimation: none, low or high."]
    filter_order: Annotated[int, "Order of the filter, 1 to 8."]
    filter_cutoff: Annotated[float, "Frequency in Hz at which the filter attenuates by 3 dB."]
    statistics: Annotated[
        tuple[Statistic, ...], "Of the filtered signal less its mean: rms, skewness, kurtosis."
    ]
    n_fft: Annotated[int, "Samples of a segment and points of its FFT, a power of two."]
    overlap: Annotated[int, "Samples that a segment shares with the one before it."]
    window: Annotated[Window, "Window of a segment: rectangular, hann, hamming or povey."]
    average: Annotated[Average, "Each bin's mean or max over the segments."]
    spectral_moments: Annotated[
        tuple[SpectralMoment, ...], "Of the spectrum: centroid, spread (Hz), skewness, kurtosis."
    ]
    bands: Annotated[
        tuple[tuple[float, float], ...], "Bands [low, high) in Hz, whose power is summed up."
    ]
    n_peaks: Annotated[int, "Highest peaks of the spectrum: frequency in Hz and height of each."]
    peak_threshold: Annotated[float, "Power per Hz that a peak must reach."]
    spectrum_bins: Annotated[bool, "Whether the spectrum itself is among the features."]
    log: Annotated[Log, "Of band powers, heights and bins: none, natural, log10 or db."]
    log_floor: Annotated[float, "Powers below it count as this much where there is a logarithm."]

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_filters(self)
        _check_spectrum(self)
        _check_arithmetic(self)
        for low, high in self.bands:
            require(
                0 <= low < high <= self.filtered_rate / 2 and self.band_bins(low, high).size > 0,
                "a band must lie within 0 to the filtered Nyquist frequency"
                f" ({self.filtered_rate / 2:g} Hz) and hold a bin, of which there is one each"
                f" {self.bin_width:g} Hz; widen it or raise n_fft",
                (low, high),
            )
        require(self.n_features > 0, "at least one feature must be asked for", "none")
        require(
            len(set(self.feature_names)) == self.n_features,
            "statistics, spectral_moments and bands must name each feature once",
            self.feature_names,
        )

    @property
    def filtered_rate(self) -> float:
        """Samples per second after decimation."""
        return self.sample_rate / self.decimation

    @property
    def filtered_length(self) -> int:
        """Samples of a frame after decimation."""
        return -(-self.frame_length // self.decimation)

    @property
    def n_segments(self) -> int:
        """Segments of a frame that are transformed."""
        return 1 + (self.filtered_length - self.n_fft) // (self.n_fft - self.overlap)

    @property
    def bin_width(self) -> float:
        """Hz from one bin of the spectrum to the next."""
        return self.filtered_rate / self.n_fft

    @property
    def feature_names(self) -> tuple[str, ...]:
        names = [
            *(statistic.value for statistic in self.statistics),
            *(f"spectral {moment.value}" for moment in self.spectral_moments),
            *(f"{low:g}-{high:g} Hz" for low, high in self.bands),
        ]
        for rank in range(1, self.n_peaks + 1):
            names += [f"peak {rank} frequency", f"peak {rank} height"]
        if self.spectrum_bins:
            names += [f"{k * self.bin_width:.6g} Hz" for k in range(self.n_fft // 2 + 1)]
        return tuple(f"{axis} {name}" for axis in self.axis_names for name in names)

    @property
    def share_scale(self) -> bool:
        return False

    def filter_response(
        self, frequencies: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64] | None:
        """Of both filters; after decimation, a frequency above the new Nyquist one shows folded."""
        if self.decimation == 1 and self.filter_type is FilterType.NONE:
            return None
        before = spectral_tables.decimation_sections(self)
        after = spectral_tables.filter_sections(self)
        return magnitude_response(before, frequencies, self.sample_rate) * magnitude_response(
            after, frequencies, self.filtered_rate
        )

    def band_bins(self, low: float, high: float) -> npt.NDArray[np.intp]:
        """The bins at low <= f < high Hz; with the last bin if `high` is its frequency."""
        frequencies = np.arange(self.n_fft // 2 + 1) * self.bin_width
        inside = (low <= frequencies) & (frequencies < high)
        inside[-1] = low <= frequencies[-1] <= high
        return np.flatnonzero(inside)

    def describe(self) -> BlockDescription:
        """The block for `mote_spectral_compute` or `mote_spectral_s32_compute`."""
        is_fixed = self.arithmetic is Arithmetic.FIXED
        name = "mote_spectral_s32" if is_fixed else "mote_spectral"
        form = spectral_tables_s32 if is_fixed else spectral_tables
        return self.described(
            name,
            parameters=form.fields(self),
            scratch_size=form.scratch_size(self),
            features_type="int32_t" if is_fixed else "float",
            features_scale=2.0 ** -spectral_tables_s32.fraction_bits(self) if is_fixed else 1.0,
        )


def _check_filters(config: SpectralConfig) -> None:
    require(
        SAMPLE_RATE_MIN <= config.sample_rate <= SAMPLE_RATE_MAX,
        f"sample_rate must be from {SAMPLE_RATE_MIN:g} to {SAMPLE_RATE_MAX:g}",
        config.sample_rate,
    )
    require(
        config.frame_length <= MAX_SERIES,
        f"frame_length must be at most {MAX_SERIES}",
        config.frame_length,
    )
    require(
        1 <= config.decimation <= MAX_DECIMATION,
        f"decimation must be from 1 to {MAX_DECIMATION}",
        config.decimation,
    )
    require(
        1 <= config.filter_order <= MAX_ORDER,
        f"filter_order must be from 1 to {MAX_ORDER}",
        config.filter_order,
    )
    lowest, highest = config.filtered_rate * MIN_CUTOFF, config.filtered_rate * MAX_CUTOFF
    require(
        config.filter_type is FilterType.NONE or lowest <= config.filter_cutoff <= highest,
        f"filter_cutoff must be from {lowest:g} to {highest:g} Hz, {MIN_CUTOFF:g} to"
        f" {MAX_CUTOFF:g} of the decimated rate",
        config.filter_cutoff,
    )


def _check_spectrum(config: SpectralConfig) -> None:
    require(
        N_FFT_MIN <= config.n_fft <= N_FFT_MAX and config.n_fft & (config.n_fft - 1) == 0,
        f"n_fft must be a power of two from {N_FFT_MIN} to {N_FFT_MAX}",
        config.n_fft,
    )
    require(
        config.n_fft <= config.filtered_length,
        f"n_fft must be at most the {config.filtered_length} samples of a decimated frame; lower"
        " it or lengthen the frame",
        config.n_fft,
    )
    require(
        0 <= config.overlap < config.n_fft,
        f"overlap must be from 0 to n_fft - 1 ({config.n_fft - 1})",
        config.overlap,
    )
    require(
        0 <= config.n_peaks <= config.n_fft // 4,
        f"n_peaks must be from 0 to n_fft / 4 ({config.n_fft // 4})",
        config.n_peaks,
    )
    require(
        0 <= config.peak_threshold < LOG_MAX,
        f"peak_threshold must be from 0 to {LOG_MAX:.3g}",
        config.peak_threshold,
    )
    require(
        LOG_FLOOR_MIN <= config.log_floor < LOG_MAX,
        f"log_floor must be from {LOG_FLOOR_MIN:.3g} to {LOG_MAX:.3g}",
        config.log_floor,
    )


def _check_arithmetic(config: SpectralConfig) -> None:
    if config.arithmetic is Arithmetic.FLOAT:
        return
    require(
        config.sample_type is SampleType.INT16,
        "sample_type must be int16 for fixed arithmetic",
        config.sample_type.value,
    )
    shows_power = config.spectrum_bins or config.n_peaks > 0 or len(config.bands) > 0
    require(
        config.log is not Log.NONE or not shows_power,
        "log must not be none for powers in fixed arithmetic, whose range is too narrow for them",
        config.log.value,
    )
