"""Log-mel energies (MFE)."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from moteflow.dsp import spectrum_s32
from moteflow.dsp.block import Arithmetic, BlockDescription, Field, SampleType, Table, require
from moteflow.dsp.mel import MelBank, MelNorm, MelScale, MelTriangles, mel_bank
from moteflow.dsp.registry import block
from moteflow.dsp.spectrum import SpectrumConfig, log_fields, spectrum_fields


@block("mfe")
@dataclass(frozen=True)
class MfeConfig(SpectrumConfig):
    """Energies of a mel filterbank, or their logarithms.

    Full scale is 1.0: an int16 sample counts 1 / 32768.
    """

    n_mels: Annotated[int, "Mel filters."]
    mel_scale: Annotated[MelScale, "Formula of the mel scale: htk or slaney."]
    mel_triangles: Annotated[MelTriangles, "Sides of a filter are straight over mel, hz or bins."]
    mel_norm: Annotated[MelNorm, "Filters of height 1 (none) or of area 1 over Hz (slaney)."]

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.n_mels >= 1, "n_mels must be at least 1", self.n_mels)
        empty = self.mel_bank().empty_filters()
        require(
            not empty,
            "every mel filter must cover a bin of the FFT; lower n_mels, raise n_fft or raise fmin",
            f"n_mels={self.n_mels}, n_fft={self.n_fft}, empty filters {empty}",
        )

    def mel_bank(self) -> MelBank:
        """The filterbank in the packed form of `mote_mfe_t`."""
        return mel_bank(
            sample_rate=self.sample_rate,
            n_fft=self.n_fft,
            n_mels=self.n_mels,
            fmin=self.fmin,
            fmax=self.fmax,
            mel_scale=self.mel_scale,
            mel_triangles=self.mel_triangles,
            mel_norm=self.mel_norm,
        )

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(f"mel {m}" for m in range(self.n_mels))

    def describe(self) -> BlockDescription:
        """The block for `mote_mfe_compute` or, in integers, `mote_mfe_s32_compute`."""
        if self.arithmetic is Arithmetic.FIXED:
            return spectrum_s32.describe_mfe(self)
        return self.described(
            "mote_mfe",
            parameters=mfe_fields(self, int(self.mel_bank().starts[-1])),
            state_size=self.state_size,
            scratch_size=4 * (self.n_fft + 1),
            lanes=True,
        )


def mfe_fields(config: MfeConfig, n_bins: int, prefix: str = "") -> tuple[Field, ...]:
    """The members of `mote_mfe_t`, each name after `prefix`; `n_bins` bins are computed."""
    bank = config.mel_bank()
    full_scale = 2.0**-15 if config.sample_type is SampleType.INT16 else 1.0
    gains = Field("mel_gains", Table("mel_gains", bank.gains.astype(np.float32)))
    members = (
        Field("n_mels", config.n_mels),
        Field("mel_starts", Table("mel_starts", bank.starts)),
        Field("mel_weights", Table("mel_weights", bank.weights.astype(np.float32))),
        *([gains] if config.mel_norm is MelNorm.SLANEY else []),
    )
    return (
        *spectrum_fields(config, full_scale, n_bins, f"{prefix}spectrum."),
        *(Field(prefix + member.name, member.value) for member in members),
        *log_fields(config, f"{prefix}log."),
    )
