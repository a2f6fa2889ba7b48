"""What the C structs of the spectral block hold, in float32."""

import math
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from moteflow.dsp import tables
from moteflow.dsp.block import Field, Table
from moteflow.dsp.filters import Sections, anti_alias, butterworth
from moteflow.dsp.samples import samples_fields
from moteflow.dsp.spectrum import Log
from moteflow.dsp.window import window

if TYPE_CHECKING:
    from moteflow.dsp.blocks.spectral import SpectralConfig


LOG_FACTORS = {
    Log.NONE: 0.0,
    Log.NATURAL: 1.0,
    Log.LOG10: 1 / math.log(10),
    Log.DB: 10 / math.log(10),
}
"""What the natural logarithm of a power is multiplied by; 0 for no logarithm."""


class Average(Enum):
    """How the spectra of a frame's segments become one."""

    MEAN = "mean"
    MAX = "max"


def fields(config: "SpectralConfig") -> tuple[Field, ...]:
    """The members of `mote_spectral_t`."""
    fft = tables.rfft(config.n_fft)
    weights = window(config.window, config.n_fft, periodic=True) * np.sqrt(power_unit(config))
    return (
        *samples_fields(config),
        Field("decimation", config.decimation),
        *sections_fields("decimation", decimation_sections(config).astype(np.float32)),
        *sections_fields("filter", filter_sections(config).astype(np.float32)),
        *welch_fields(config),
        Field("welch.window", Table("window", (weights / 2).astype(np.float32))),
        Field("welch.fft.n_bins", config.n_fft // 2 + 1),
        Field("welch.fft.order", Table("fft_order", fft.order)),
        Field("welch.fft.twiddles", Table("fft_twiddles", fft.twiddles)),
        *outputs_fields(config),
        Field("bin_width", np.float32(config.bin_width)),
        Field("peak_threshold", np.float32(config.peak_threshold)),
        Field("log_factor", np.float32(LOG_FACTORS[config.log])),
        Field("log_floor", np.float32(config.log_floor)),
    )


def scratch_size(config: "SpectralConfig") -> int:
    """Bytes of scratch memory."""
    return 4 * (config.frame_length + 3 * config.n_fft // 2 + 2)


def decimation_sections(config: "SpectralConfig") -> Sections:
    """The low-pass before decimation."""
    return anti_alias(config.decimation, config.sample_rate)


def filter_sections(config: "SpectralConfig") -> Sections:
    """The filter after decimation."""
    return butterworth(
        config.filter_type, config.filter_order, config.filter_cutoff, config.filtered_rate
    )


def power_unit(config: "SpectralConfig") -> float:
    """What |X|^2 is to be multiplied by, so that the segments' sum (or maximum) is power per Hz.

    Twice, as the spectrum is one-sided.
    """
    weights = window(config.window, config.n_fft, periodic=True)
    n_summed = config.n_segments if config.average is Average.MEAN else 1
    return 2 / (config.filtered_rate * float(np.sum(weights**2)) * n_summed)


def sections_fields(name: str, sections: npt.NDArray[Any]) -> tuple[Field, ...]:
    """The members `n_<name>_sections` and, if there are any, `<name>_sections`."""
    return (Field(f"n_{name}_sections", len(sections)), *_array(f"{name}_sections", sections))


def welch_fields(config: "SpectralConfig") -> tuple[Field, ...]:
    """The members of `welch` that are numbers in both forms."""
    return (
        Field("welch.n_segments", config.n_segments),
        Field("welch.hop_length", config.n_fft - config.overlap),
        Field("welch.hold_max", int(config.average is Average.MAX)),
        Field("welch.fft.n_fft", config.n_fft),
    )


def outputs_fields(config: "SpectralConfig") -> tuple[Field, ...]:
    """The members of `mote_spectral_outputs_t outputs`; pointers to nothing are left out."""
    bins = [config.band_bins(low, high) for low, high in config.bands]
    bands = np.array([[band[0], band[-1] + 1] for band in bins], np.uint16)
    return (
        Field("outputs.n_statistics", len(config.statistics)),
        *_array("outputs.statistics", _codes(config.statistics)),
        Field("outputs.n_moments", len(config.spectral_moments)),
        *_array("outputs.moments", _codes(config.spectral_moments)),
        Field("outputs.n_bands", len(config.bands)),
        *_array("outputs.bands", bands),
        Field("outputs.n_peaks", config.n_peaks),
        Field("outputs.spectrum_bins", int(config.spectrum_bins)),
    )


def _array(member: str, values: npt.NDArray[Any]) -> tuple[Field, ...]:
    if values.size == 0:
        return ()
    return (Field(member, Table(member.replace(".", "_"), values.ravel())),)


def _codes(chosen: tuple[Enum, ...]) -> npt.NDArray[np.uint8]:
    """The place of each member in its enumeration: its value in C."""
    return np.array([list(type(member)).index(member) for member in chosen], np.uint8)
