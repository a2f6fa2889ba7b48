"""What the C structs of the spectral block in integers hold."""

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.signal

from moteflow.dsp import tables_s32
from moteflow.dsp.block import Field, Table
from moteflow.dsp.filters import Sections
from moteflow.dsp.spectral_tables import (
    LOG_FACTORS,
    decimation_sections,
    filter_sections,
    outputs_fields,
    power_unit,
    sections_fields,
    welch_fields,
)
from moteflow.dsp.tables_s32 import LOG2_BITS, fixed
from moteflow.dsp.window import window

if TYPE_CHECKING:
    from moteflow.dsp.blocks.spectral import SpectralConfig

FEATURE_BITS, MAX_FRACTION_BITS = 24, 20
SECTION_BITS, SCALE_BITS, WINDOW_BITS, LOG_MULTIPLIER_BITS = 30, 30, 31, 28
SUMMED_SEGMENTS = 16
"""Spectra of so many segments add up without a shift."""
LOG2_MAX = 128.0


def fields(config: "SpectralConfig") -> tuple[Field, ...]:
    """The members of `mote_spectral_s32_t`."""
    fft = tables_s32.rfft(config.n_fft)
    mantissa, exponent = np.frexp(config.bin_width)
    weights = window(config.window, config.n_fft, periodic=True)
    return (
        Field("n_axes", config.n_axes),
        Field("length", config.frame_length),
        Field("filter_bits", _filter_bits(config)),
        Field("decimation", config.decimation),
        *sections_fields("decimation", fixed_sections(decimation_sections(config))),
        *sections_fields("filter", fixed_sections(filter_sections(config))),
        *welch_fields(config),
        Field("welch.segment_shift", _segment_shift(config)),
        Field("welch.window", Table("window", fixed(weights * (1 - 2.0**-31), WINDOW_BITS))),
        Field("welch.fft.order", Table("fft_order", fft.order)),
        Field("welch.fft.turn", Table("fft_turn", fft.turn)),
        *outputs_fields(config),
        Field("axis_scale", Table("axis_scale", _axis_scale(config))),
        Field("power_log2", Table("power_log2", _power_log2(config))),
        Field("bin_width.mantissa", min(round(float(mantissa) * 2**32), 2**32 - 1)),
        Field("bin_width.exponent", int(exponent) - 32),
        Field("bin_width_log2", _log2(config.bin_width)),
        Field("floor_log2", _log2(config.log_floor)),
        Field("peak_threshold_log2", _log2(max(config.peak_threshold, 2.0**-127))),
        Field("log_multiplier", _log_multiplier(config)),
        Field("fraction_bits", fraction_bits(config)),
    )


def scratch_size(config: "SpectralConfig") -> int:
    """Bytes of scratch memory."""
    return 8 * (config.n_fft // 2 + 1) + 4 * (config.n_fft + 2 + config.frame_length)


def fraction_bits(config: "SpectralConfig") -> int:
    """The bits after the point of all features: as many as the largest feature leaves.

    RMS is counted as that of a full-scale square wave. A line in white noise, as wide as a Hann
    window makes it, has a spectral kurtosis up to n_fft^2 / 13.
    """
    nyquist = config.filtered_rate / 2
    limits = {
        "rms": 2**16 * max(map(abs, config.axis_scale)),
        "skewness": config.filtered_length**0.5,
        "kurtosis": config.filtered_length,
        "spectral centroid": nyquist,
        "spectral spread": nyquist,
        "spectral skewness": config.n_fft / 2,
        "spectral kurtosis": config.n_fft**2 / 8,
    }
    shown = [statistic.value for statistic in config.statistics]
    shown += [f"spectral {moment.value}" for moment in config.spectral_moments]
    largest = [float(limits[name]) for name in shown]
    if config.n_peaks:
        largest.append(nyquist)
    largest.append(LOG2_MAX * math.log(2) * LOG_FACTORS[config.log])
    bits = FEATURE_BITS - int(np.ceil(np.log2(max(largest))))
    return min(max(bits, 0), MAX_FRACTION_BITS)


def fixed_sections(sections: Sections) -> npt.NDArray[np.int32]:
    """The sections as in mote_biquad_s32.h."""
    ratios = np.round(sections[:, 1:3] / sections[:, :1]).astype(np.int32)
    coefficients = fixed(sections[:, [0, 3, 4]], SECTION_BITS)
    return np.hstack([coefficients[:, :1], ratios, coefficients[:, 1:]])


def _filter_bits(config: "SpectralConfig") -> int:
    """log2 of what the sections can enlarge a frame's largest value by, rounded up."""
    decimation = largest_gain(decimation_sections(config), config.frame_length)
    following = largest_gain(filter_sections(config), config.filtered_length)
    return int(np.ceil(np.log2(1.001 * decimation * following)))


def largest_gain(sections: Sections, length: int) -> float:
    """The largest sum of an impulse response's magnitudes over the outputs of all sections."""
    signal = np.zeros(length)
    signal[0] = 1
    largest = 1.0
    for b0, b1, b2, a1, a2 in sections:
        signal = scipy.signal.lfilter([b0, b1, b2], [1, a1, a2], signal)
        largest = max(largest, float(np.sum(np.abs(signal))))
    return largest


def _segment_shift(config: "SpectralConfig") -> int:
    return max(0, int(np.ceil(np.log2(config.n_segments / SUMMED_SEGMENTS))))


def _axis_scale(config: "SpectralConfig") -> npt.NDArray[np.int32]:
    """Mantissa and exponent of each axis, one after the other."""
    mantissas, exponents = np.frexp(np.array(config.axis_scale))
    pairs = np.stack([fixed(mantissas, SCALE_BITS), exponents - SCALE_BITS], axis=1)
    return pairs.astype(np.int32).ravel()


def _power_log2(config: "SpectralConfig") -> npt.NDArray[np.int32]:
    """Of each axis; the window halves the signal and the FFT halves it rfft_shift times."""
    halvings = 1 + tables_s32.rfft_shift(config.n_fft)
    unit = np.log2(power_unit(config)) + 2 * halvings + _segment_shift(config)
    return fixed(unit + 2 * np.log2(np.abs(config.axis_scale)), LOG2_BITS)


def _log2(value: float) -> int:
    return round(float(np.log2(value)) * 2.0**LOG2_BITS)


def _log_multiplier(config: "SpectralConfig") -> int:
    """From log2 to the logarithm that is asked for."""
    return round(LOG_FACTORS[config.log] * math.log(2) * 2.0**LOG_MULTIPLIER_BITS)
