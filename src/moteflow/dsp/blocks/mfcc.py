"""Mel-frequency cepstral coefficients (MFCC)."""

from dataclasses import dataclass, fields
from typing import Annotated

import numpy as np

from moteflow.dsp import spectrum_s32
from moteflow.dsp.block import Arithmetic, BlockDescription, FeatureConfig, Field, Table, require
from moteflow.dsp.blocks.mfe import MfeConfig, mfe_fields
from moteflow.dsp.cepstrum import DctNorm, dct, lifter
from moteflow.dsp.mel import Float64
from moteflow.dsp.registry import block
from moteflow.dsp.spectrum import Log, Spectrum


@block("mfcc")
@dataclass(frozen=True)
class MfccConfig(MfeConfig):
    """Log-mel energies and the coefficients kept of their cosine transform."""

    n_mfcc: Annotated[int, "Coefficients kept, the first (energy) included."]
    dct_type: Annotated[int, "Type of the discrete cosine transform: 2 or 3."]
    dct_norm: Annotated[DctNorm, "Its norm: ortho, htk (as TensorFlow has it) or none."]
    lifter: Annotated[float, "Length L of the lifter 1 + L / 2 sin(pi n / L); 0 is off."]
    energy_c0: Annotated[bool, "The first coefficient is the logarithm of the frame's energy."]

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            1 <= self.n_mfcc <= self.n_mels,
            f"n_mfcc must be from 1 to n_mels ({self.n_mels}); keep fewer coefficients or"
            " raise n_mels",
            self.n_mfcc,
        )
        require(
            self.log is not Log.NONE,
            "log must be natural, log10 or db: a cepstrum is of a logarithm. For energies without"
            " one take the block mfe",
            self.log.value,
        )
        require(self.dct_type in (2, 3), "dct_type must be 2 or 3", self.dct_type)
        require(
            self.dct_type == 2 or self.dct_norm is not DctNorm.HTK,
            "dct_norm must be ortho or none with dct_type 3; HTK has type 2 only",
            self.dct_norm.value,
        )
        require(
            self.lifter == 0 or 1 <= self.lifter <= 1000,
            "lifter must be 0 (off) or from 1 to 1000",
            self.lifter,
        )
        require(
            not self.energy_c0 or self.spectrum is Spectrum.POWER,
            "spectrum must be power with energy_c0; set energy_c0 to false or spectrum to power",
            self.spectrum.value,
        )
        require(
            not self.energy_c0 or self.n_mfcc >= 2,
            "n_mfcc must be at least 2 with energy_c0, which replaces the first; set energy_c0 to"
            " false or keep more",
            self.n_mfcc,
        )

    def dct(self) -> Float64:
        """The cosine transform and the lifter in one: float64 [n_mfcc, n_mels]."""
        factors = lifter(self.n_mfcc, self.lifter)
        return factors[:, None] * dct(self.n_mfcc, self.n_mels, self.dct_type, self.dct_norm)

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(f"mfcc {k}" for k in range(self.n_mfcc))

    @property
    def share_scale(self) -> bool:
        return False

    @property
    def steps(self) -> tuple[FeatureConfig, ...]:
        shared = {field.name: getattr(self, field.name) for field in fields(MfeConfig)}
        return (MfeConfig(**shared),)

    def describe(self) -> BlockDescription:
        """The block for `mote_mfcc_compute` or, in integers, `mote_mfcc_s32_compute`."""
        if self.arithmetic is Arithmetic.FIXED:
            return spectrum_s32.describe_mfcc(self)
        rows = self.dct()[1 if self.energy_c0 else 0 :].astype(np.float32)
        n_bins = self.n_bins if self.energy_c0 else int(self.mel_bank().starts[-1])
        return self.described(
            "mote_mfcc",
            parameters=(
                *mfe_fields(self, n_bins, "mfe."),
                Field("energy_c0", int(self.energy_c0)),
                Field("n_rows", len(rows)),
                Field("dct", Table("dct", rows.ravel())),
            ),
            state_size=self.state_size,
            scratch_size=4 * (self.n_fft + 1 + self.n_mels),
            lanes=True,
        )
