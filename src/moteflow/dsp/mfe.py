"""Log-mel energies (MFE)."""

from dataclasses import dataclass

import numpy as np

from moteflow.dsp import tables
from moteflow.dsp.block import BlockDescription, Field, Table
from moteflow.errors import FeatureError

N_FFT_MIN, N_FFT_MAX = 16, 4096
LOG_FLOOR_MIN = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True)
class MfeConfig:
    """Window, spectrum, mel filterbank and log of energies; unsound ones are a FeatureError."""

    sample_rate: int
    """Samples per second."""
    frame_length: int
    """Samples under one (periodic Hann) window."""
    hop_length: int
    """Samples from one frame's start to the next."""
    n_fft: int
    """Points of the FFT, a power of two; frames are padded with zeros up to it."""
    n_mels: int
    """Triangular filters, equally spaced on the HTK mel scale, not normalised."""
    fmin: float
    """Lower edge of the first filter in Hz."""
    fmax: float
    """Upper edge of the last filter in Hz, at most half the sample rate."""
    log_floor: float
    """Mel energies below it count as this much; full scale is 1.0."""

    def __post_init__(self) -> None:
        for name in ("sample_rate", "frame_length", "hop_length", "n_mels"):
            _require(getattr(self, name) >= 1, f"{name} must be at least 1", getattr(self, name))
        _require(
            N_FFT_MIN <= self.n_fft <= N_FFT_MAX and self.n_fft & (self.n_fft - 1) == 0,
            f"n_fft must be a power of two from {N_FFT_MIN} to {N_FFT_MAX}",
            self.n_fft,
        )
        _require(
            self.frame_length <= self.n_fft,
            f"frame_length must be at most n_fft ({self.n_fft}); raise n_fft or shorten the frame",
            self.frame_length,
        )
        _require(
            0 <= self.fmin < self.fmax <= self.sample_rate / 2,
            "fmin and fmax must satisfy 0 <= fmin < fmax <= sample_rate / 2"
            f" ({self.sample_rate / 2:g} Hz)",
            (self.fmin, self.fmax),
        )
        _require(
            LOG_FLOOR_MIN <= self.log_floor < np.inf,
            f"log_floor must be finite and at least {LOG_FLOOR_MIN:.3g}",
            self.log_floor,
        )
        empty = tables.empty_filters(self.mel_bank())
        _require(
            not empty,
            "every mel filter must cover a bin of the FFT; lower n_mels, raise n_fft or raise fmin",
            f"n_mels={self.n_mels}, n_fft={self.n_fft}, empty filters {empty}",
        )

    def mel_bank(self) -> tables.MelBank:
        """The filterbank in the packed form of `mote_mfe_t`."""
        return tables.mel_bank(self.sample_rate, self.n_fft, self.n_mels, self.fmin, self.fmax)

    @property
    def n_features(self) -> int:
        """Features of one frame."""
        return self.n_mels


def mfe_fields(config: MfeConfig, prefix: str = "") -> tuple[Field, ...]:
    """The members of `mote_mfe_t`, each name after `prefix`."""
    bank = config.mel_bank()
    fft = tables.rfft(config.n_fft)
    window = tables.hann(config.frame_length) * np.float32(2.0**-16)
    members: tuple[tuple[str, int | np.float32 | Table], ...] = (
        ("frame_length", config.frame_length),
        ("n_mels", config.n_mels),
        ("log_floor", np.float32(config.log_floor)),
        ("window", Table("window", "float", window)),
        ("mel_starts", Table("mel_starts", "uint16_t", bank.starts)),
        ("mel_weights", Table("mel_weights", "float", bank.weights)),
        ("fft.n_fft", config.n_fft),
        ("fft.n_bins", int(bank.starts[-1])),
        ("fft.order", Table("fft_order", "uint16_t", fft.order)),
        ("fft.twiddles", Table("fft_twiddles", "float", fft.twiddles)),
    )
    return tuple(Field(prefix + name, value) for name, value in members)


def describe_mfe(config: MfeConfig) -> BlockDescription:
    """The block for `mote_mfe_compute`."""
    return BlockDescription(
        block="mfe",
        header="mote_mfe.h",
        compute="mote_mfe_compute",
        parameters_type="mote_mfe_t",
        parameters=mfe_fields(config),
        frame_length=config.frame_length,
        hop_length=config.hop_length,
        n_features=config.n_features,
        scratch_length=config.n_fft + 1,
    )


def _require(condition: bool, rule: str, received: object) -> None:
    if not condition:
        raise FeatureError(f"{rule}. Received: {received}")
