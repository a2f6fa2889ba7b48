"""Mel-frequency cepstral coefficients (MFCC)."""

from dataclasses import dataclass

from moteflow.dsp import tables
from moteflow.dsp.block import BlockDescription, Field, Table
from moteflow.dsp.mfe import MfeConfig, mfe_fields
from moteflow.errors import FeatureError


@dataclass(frozen=True)
class MfccConfig(MfeConfig):
    """Log-mel energies and the coefficients kept of their DCT; unsound ones are a FeatureError."""

    n_mfcc: int
    """Coefficients of the orthonormal DCT-II, the first (energy) included."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.n_mfcc <= self.n_mels:
            raise FeatureError(
                f"n_mfcc must be from 1 to n_mels ({self.n_mels}); keep fewer coefficients or"
                f" raise n_mels. Received: {self.n_mfcc}"
            )

    @property
    def n_features(self) -> int:
        """Features of one frame."""
        return self.n_mfcc


def describe_mfcc(config: MfccConfig) -> BlockDescription:
    """The block for `mote_mfcc_compute`."""
    dct = tables.dct(config.n_mfcc, config.n_mels).ravel()
    return BlockDescription(
        block="mfcc",
        header="mote_mfcc.h",
        compute="mote_mfcc_compute",
        parameters_type="mote_mfcc_t",
        parameters=(
            *mfe_fields(config, "mfe."),
            Field("n_mfcc", config.n_mfcc),
            Field("dct", Table("dct", "float", dct)),
        ),
        frame_length=config.frame_length,
        hop_length=config.hop_length,
        n_features=config.n_features,
        scratch_length=config.n_fft + 1 + config.n_mels,
    )
