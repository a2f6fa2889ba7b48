"""Mel-frequency cepstral coefficients (MFCC)."""

from dataclasses import dataclass, replace
from typing import Annotated

from moteflow.dsp import tables
from moteflow.dsp.block import BlockDescription, Field, Table, require
from moteflow.dsp.blocks.mfe import MfeConfig, mfe_fields
from moteflow.dsp.registry import block


@block("mfcc")
@dataclass(frozen=True)
class MfccConfig(MfeConfig):
    """Log-mel energies and the coefficients kept of their DCT."""

    n_mfcc: Annotated[int, "Coefficients of the orthonormal DCT-II, the first included."]

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            1 <= self.n_mfcc <= self.n_mels,
            f"n_mfcc must be from 1 to n_mels ({self.n_mels}); keep fewer coefficients or"
            " raise n_mels",
            self.n_mfcc,
        )

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(f"mfcc {k}" for k in range(self.n_mfcc))

    def describe(self) -> BlockDescription:
        """The block for `mote_mfcc_compute`."""
        dct = tables.dct(self.n_mfcc, self.n_mels).ravel()
        return replace(
            super().describe(),
            header="mote_mfcc.h",
            compute="mote_mfcc_compute",
            parameters_type="mote_mfcc_t",
            parameters=(
                *mfe_fields(self, "mfe."),
                Field("n_mfcc", self.n_mfcc),
                Field("dct", Table("dct", dct)),
            ),
            scratch_size=4 * (self.n_fft + self.n_mels),
        )
