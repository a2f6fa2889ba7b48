"""What the blocks over a frame's spectrum share: parameters, and the C structs these fill."""

import math
from dataclasses import dataclass
from enum import Enum
from typing import Annotated

import numpy as np
import numpy.typing as npt

from moteflow.dsp import tables
from moteflow.dsp.block import Arithmetic, FeatureConfig, Field, SampleType, Table, require
from moteflow.dsp.window import Window, window

N_FFT_MIN, N_FFT_MAX = 16, 4096
SPECTRUM_SCALE_MIN, SPECTRUM_SCALE_MAX = 1e-9, 1e6
LOG_FLOOR_MIN = float(np.finfo(np.float32).tiny)
LOG_MAX = 1e30


class Spectrum(Enum):
    """What is kept of a bin's complex value."""

    POWER = "power"
    MAGNITUDE = "magnitude"


class Log(Enum):
    """How values are compressed."""

    NONE = "none"
    NATURAL = "natural"
    LOG10 = "log10"
    DB = "db"
    """10 log10 of a power, 20 log10 of a magnitude."""


@dataclass(frozen=True)
class SpectrumConfig(FeatureConfig):
    """Pre-emphasis, window, spectrum and logarithm.

    Zeros follow a frame that is shorter than the FFT. librosa has the frame in their middle: the
    phases differ, powers and magnitudes do not. Nothing is padded before the first frame, as with
    librosa's center=False.
    """

    n_fft: Annotated[int, "Points of the FFT: a power of two, at least frame_length."]
    window: Annotated[Window, "Window: rectangular, hann, hamming or povey."]
    window_periodic: Annotated[bool, "Periodic window, for spectra; false is the symmetric one."]
    preemphasis: Annotated[float, "Share of the sample before that is taken off, 0 (off) to 1."]
    spectrum: Annotated[Spectrum, "Of each bin: power or magnitude."]
    spectrum_scale: Annotated[float, "Factor of the power or magnitude, such as 1 / n_fft."]
    fmin: Annotated[float, "Lowest frequency in Hz."]
    fmax: Annotated[float, "Highest frequency in Hz, at most sample_rate / 2."]
    log: Annotated[Log, "Logarithm: none, natural, log10 or db (10 log10 of a power)."]
    log_offset: Annotated[float, "Added before the logarithm; full scale is 1."]
    log_floor: Annotated[float, "Before the logarithm, values below it count as this much."]
    arithmetic: Annotated[Arithmetic, "float (float32) or fixed: integers, for cores without FPU."]

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            N_FFT_MIN <= self.n_fft <= N_FFT_MAX and self.n_fft & (self.n_fft - 1) == 0,
            f"n_fft must be a power of two from {N_FFT_MIN} to {N_FFT_MAX}",
            self.n_fft,
        )
        require(
            self.frame_length <= self.n_fft,
            f"frame_length must be at most n_fft ({self.n_fft}); raise n_fft or shorten the frame",
            self.frame_length,
        )
        require(
            0 <= self.preemphasis <= 1,
            "preemphasis must be from 0 (off) to 1",
            self.preemphasis,
        )
        require(
            self.preemphasis == 0 or self.hop_length <= self.frame_length,
            f"hop_length must be at most frame_length ({self.frame_length}) with preemphasis, which"
            " needs the sample before each frame; shorten the hop or set preemphasis to 0",
            self.hop_length,
        )
        require(
            SPECTRUM_SCALE_MIN <= self.spectrum_scale <= SPECTRUM_SCALE_MAX,
            f"spectrum_scale must be from {SPECTRUM_SCALE_MIN:g} to {SPECTRUM_SCALE_MAX:g}",
            self.spectrum_scale,
        )
        require(
            0 <= self.fmin < self.fmax <= self.sample_rate / 2,
            "fmin and fmax must satisfy 0 <= fmin < fmax <= sample_rate / 2"
            f" ({self.sample_rate / 2:g} Hz)",
            (self.fmin, self.fmax),
        )
        require(
            0 <= self.log_offset <= LOG_MAX,
            f"log_offset must be from 0 to {LOG_MAX:g}",
            self.log_offset,
        )
        require(
            LOG_FLOOR_MIN <= self.log_floor <= LOG_MAX,
            f"log_floor must be from {LOG_FLOOR_MIN:.3g} to {LOG_MAX:g}",
            self.log_floor,
        )
        if self.arithmetic is Arithmetic.FIXED:
            self._require_fixed()

    def _require_fixed(self) -> None:
        require(
            self.sample_type is SampleType.INT16,
            "sample_type must be int16 with arithmetic fixed; convert the samples or take float",
            self.sample_type.value,
        )
        require(
            self.log is not Log.NONE,
            "log must be natural, log10 or db with arithmetic fixed: energies span more than the 24"
            " bits of a feature; take a logarithm or arithmetic float",
            self.log.value,
        )
        require(
            self.log_offset == 0,
            "log_offset must be 0 with arithmetic fixed; take log_floor or arithmetic float",
            self.log_offset,
        )

    @property
    def n_bins(self) -> int:
        """Bins of the spectrum, of which the last is half the sample rate."""
        return self.n_fft // 2 + 1

    @property
    def state_size(self) -> int:
        """Bytes kept from frame to frame: with pre-emphasis, the last sample of each axis."""
        return 4 * self.n_axes if self.preemphasis else 0

    @property
    def log_factor(self) -> float:
        """What a natural logarithm is multiplied by; 0 stands for none at all."""
        decibels = 10 if self.spectrum is Spectrum.POWER else 20
        return {
            Log.NONE: 0.0,
            Log.NATURAL: 1.0,
            Log.LOG10: 1 / math.log(10),
            Log.DB: decibels / math.log(10),
        }[self.log]

    def scaled_window(self, sample_scale: float) -> npt.NDArray[np.float64]:
        """float64 [frame_length]: the window, `sample_scale` and spectrum_scale in one."""
        power = self.spectrum is Spectrum.POWER
        factor = math.sqrt(self.spectrum_scale) if power else self.spectrum_scale
        return window(self.window, self.frame_length, self.window_periodic) * (
            sample_scale * factor
        )


def spectrum_fields(
    config: SpectrumConfig, sample_scale: float, n_bins: int, prefix: str
) -> tuple[Field, ...]:
    """The members of `mote_spectrum_t`, each name after `prefix`.

    Samples count `sample_scale` times; the bins from 0 to n_bins - 1 are computed.
    """
    fft = tables.rfft(config.n_fft)
    weights = config.scaled_window(sample_scale / 2).astype(np.float32)
    members: tuple[tuple[str, int | np.float32 | Table], ...] = (
        ("sample_type", int(config.sample_type is SampleType.FLOAT32)),
        ("n_axes", config.n_axes),
        ("frame_length", config.frame_length),
        ("hop_length", config.hop_length),
        ("preemphasis", np.float32(config.preemphasis)),
        ("is_magnitude", int(config.spectrum is Spectrum.MAGNITUDE)),
        ("window", Table("window", weights)),
        ("fft.n_fft", config.n_fft),
        ("fft.n_bins", n_bins),
        ("fft.order", Table("fft_order", fft.order)),
        ("fft.twiddles", Table("fft_twiddles", fft.twiddles)),
    )
    return tuple(Field(prefix + name, value) for name, value in members)


def log_fields(config: SpectrumConfig, prefix: str) -> tuple[Field, ...]:
    """The members of `mote_log_scale_t`, each name after `prefix`."""
    is_log = config.log is not Log.NONE
    return (
        Field(f"{prefix}offset", np.float32(config.log_offset if is_log else 0)),
        Field(f"{prefix}floor", np.float32(config.log_floor if is_log else 0)),
        Field(f"{prefix}factor", np.float32(config.log_factor)),
    )
