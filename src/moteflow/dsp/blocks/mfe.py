"""Log-mel energies (MFE)."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from moteflow.dsp import tables
from moteflow.dsp.block import (
    BlockDescription,
    FeatureConfig,
    Field,
    SampleType,
    Table,
    require,
)
from moteflow.dsp.registry import block

N_FFT_MIN, N_FFT_MAX = 64, 4096
LOG_FLOOR_MIN = float(np.finfo(np.float32).tiny)


@block("mfe")
@dataclass(frozen=True)
class MfeConfig(FeatureConfig):
    """Periodic Hann window, power spectrum, mel filterbank and log of energies."""

    n_fft: Annotated[int, "Points of the FFT, a power of two; frames are padded with zeros."]
    n_mels: Annotated[int, "Triangular filters, equally spaced on the HTK mel scale."]
    fmin: Annotated[float, "Lower edge of the first filter in Hz."]
    fmax: Annotated[float, "Upper edge of the last filter in Hz, at most sample_rate / 2."]
    log_floor: Annotated[float, "Mel energies below it count as this much; full scale is 1.0."]

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            self.sample_type is SampleType.INT16,
            "sample_type must be int16 for this block",
            self.sample_type.value,
        )
        require(self.n_mels >= 1, "n_mels must be at least 1", self.n_mels)
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
            0 <= self.fmin < self.fmax <= self.sample_rate / 2,
            "fmin and fmax must satisfy 0 <= fmin < fmax <= sample_rate / 2"
            f" ({self.sample_rate / 2:g} Hz)",
            (self.fmin, self.fmax),
        )
        require(
            LOG_FLOOR_MIN <= self.log_floor < np.inf,
            f"log_floor must be finite and at least {LOG_FLOOR_MIN:.3g}",
            self.log_floor,
        )
        empty = tables.empty_filters(self.mel_bank())
        require(
            not empty,
            "every mel filter must cover a bin of the FFT; lower n_mels, raise n_fft or raise fmin",
            f"n_mels={self.n_mels}, n_fft={self.n_fft}, empty filters {empty}",
        )

    def mel_bank(self) -> tables.MelBank:
        """The filterbank in the packed form of `mote_mfe_t`."""
        return tables.mel_bank(self.sample_rate, self.n_fft, self.n_mels, self.fmin, self.fmax)

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(f"mel {m}" for m in range(self.n_mels))

    def describe(self) -> BlockDescription:
        """The block for `mote_mfe_compute`."""
        return BlockDescription(
            block=self.block,
            header="mote_mfe.h",
            compute="mote_mfe_compute",
            parameters_type="mote_mfe_t",
            parameters=mfe_fields(self),
            sample_type=self.sample_type,
            n_axes=self.n_axes,
            frame_length=self.frame_length,
            hop_length=self.hop_length,
            n_features=self.n_features,
            state_size=0,
            scratch_size=4 * self.n_fft,
        )


def mfe_fields(config: MfeConfig, prefix: str = "") -> tuple[Field, ...]:
    """The members of `mote_mfe_t`, each name after `prefix`."""
    bank = config.mel_bank()
    fft = tables.rfft(config.n_fft)
    window = tables.hann(config.frame_length) * np.float32(2.0**-16)
    members: tuple[tuple[str, int | np.float32 | Table], ...] = (
        ("frame_length", config.frame_length),
        ("n_mels", config.n_mels),
        ("log_floor", np.float32(config.log_floor)),
        ("window", Table("window", window)),
        ("mel_starts", Table("mel_starts", bank.starts)),
        ("mel_weights", Table("mel_weights", bank.weights)),
        ("fft.n_fft", config.n_fft),
        ("fft.order", Table("fft_order", fft.order)),
        ("fft.twiddles", Table("fft_twiddles", fft.twiddles)),
        ("fft.split", Table("fft_split", fft.split)),
    )
    return tuple(Field(prefix + name, value) for name, value in members)
