"""TFLM's integer audio front end ("microfrontend"), with outputs equal to the bit.

The published wake-word models, micro_speech and microWakeWord, were trained on its outputs. Noise
reduction and gain control follow Y. Wang et al., "Trainable Frontend For Robust and Far-Field
Keyword Spotting" (ICASSP 2017), with fixed parameters.

Their firmwares turn an output q into the model's int8 as (256 q + 333) / 666 - 128. Quantizing
q * output_scale with the model's own scale and zero point, as here, gives the same or a neighbour.
"""

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from moteflow.dsp import microfrontend_tables as tables
from moteflow.dsp.block import (
    BlockDescription,
    FeatureConfig,
    Field,
    SampleType,
    Table,
    require,
)
from moteflow.dsp.registry import block

FRAME_LENGTH_MIN, FRAME_LENGTH_MAX = 33, 2048
SMOOTHING_BITS_MAX = 16
GAIN_BITS_MAX = 30
LOG_SHIFT_MAX = 11
OUTPUT_SCALE_MIN, OUTPUT_SCALE_BITS = 2.0**-24, 8
_Q14_ONE = np.float32(1 << 14)
_WEIGHT_BITS = 12
_SNR_BITS = 12
_INT16_MAX = 32767


@block("microfrontend")
@dataclass(frozen=True)
class MicrofrontendConfig(FeatureConfig):
    """Hann window, FFT, mel filterbank of magnitudes, noise reduction, gain control, logarithm."""

    n_channels: Annotated[int, "Mel channels."]
    fmin: Annotated[float, "Start of the first channel in Hz."]
    fmax: Annotated[float, "End of the last channel in Hz, below sample_rate / 2."]
    smoothing_bits: Annotated[int, "Fraction bits of the noise estimates."]
    even_smoothing: Annotated[float, "Weight of a new frame in even channels' noise estimate."]
    odd_smoothing: Annotated[float, "Weight of a new frame in odd channels' noise estimate."]
    min_signal_remaining: Annotated[float, "Part of a magnitude that noise reduction leaves."]
    pcan: Annotated[bool, "Divide by a power of the noise estimate (automatic gain control)."]
    pcan_strength: Annotated[float, "That power, from 0 (changes nothing) to 1."]
    pcan_offset: Annotated[float, "Added to the noise estimate before the power."]
    gain_bits: Annotated[int, "Fraction bits of the gain."]
    log: Annotated[bool, "Give the natural logarithm of each channel."]
    log_shift: Annotated[int, "Fraction bits of the logarithm."]
    output_scale: Annotated[float, "What one step of the integer output is worth."]

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            self.sample_type is SampleType.INT16,
            "sample_type must be int16 for this block",
            self.sample_type.value,
        )
        require(
            FRAME_LENGTH_MIN <= self.frame_length <= FRAME_LENGTH_MAX,
            f"frame_length must be from {FRAME_LENGTH_MIN} to {FRAME_LENGTH_MAX}",
            self.frame_length,
        )
        require(
            0 <= self.log_shift <= LOG_SHIFT_MAX,
            f"log_shift must be from 0 to {LOG_SHIFT_MAX}",
            self.log_shift,
        )
        require(
            OUTPUT_SCALE_MIN <= self.output_scale <= 1 / OUTPUT_SCALE_MIN
            and (math.frexp(self.output_scale)[0] * 2**OUTPUT_SCALE_BITS).is_integer(),
            f"output_scale must be from 2^-24 to 2^24 and a number of {OUTPUT_SCALE_BITS} bits, so"
            " that float32 holds its products with outputs; 0.0390625 is such a one, 5 / 128",
            self.output_scale,
        )
        self._require_channels()
        self._require_noise_reduction()
        if self.pcan:
            self._require_gain()

    def _require_channels(self) -> None:
        require(self.n_channels >= 1, "n_channels must be at least 1", self.n_channels)
        require(
            0 <= self.fmin < self.fmax <= self.sample_rate / 2,
            "fmin and fmax must satisfy 0 <= fmin < fmax <= sample_rate / 2"
            f" ({self.sample_rate / 2:g} Hz)",
            (self.fmin, self.fmax),
        )
        bank = self.filterbank()
        require(
            bank.starts[-1] <= self.n_fft // 2,
            "fmax must leave out the spectrum's last bin, at sample_rate / 2; lower it",
            self.fmax,
        )
        empty = bank.empty_channels()
        require(
            not empty,
            "every channel must cover a bin of the FFT; lower n_channels, raise fmax or lengthen"
            " the frame",
            f"n_channels={self.n_channels}, n_fft={self.n_fft}, empty channels {empty}",
        )

    def _require_noise_reduction(self) -> None:
        require(
            0 <= self.smoothing_bits <= SMOOTHING_BITS_MAX,
            f"smoothing_bits must be from 0 to {SMOOTHING_BITS_MAX}",
            self.smoothing_bits,
        )
        for name in ("even_smoothing", "odd_smoothing", "min_signal_remaining"):
            require(
                0 <= getattr(self, name) <= 1, f"{name} must be from 0 to 1", getattr(self, name)
            )

    def _require_gain(self) -> None:
        require(
            self.smoothing_bits >= self.spectrum_bits,
            f"smoothing_bits must be at least {self.spectrum_bits} for gain control of this"
            " frame_length",
            self.smoothing_bits,
        )
        require(
            0 <= self.pcan_strength <= 1, "pcan_strength must be from 0 to 1", self.pcan_strength
        )
        require(0 < self.pcan_offset < np.inf, "pcan_offset must be above 0", self.pcan_offset)
        least = self.spectrum_bits + _SNR_BITS
        require(
            least <= self.gain_bits <= GAIN_BITS_MAX,
            f"gain_bits must be from {least} to {GAIN_BITS_MAX} for this frame_length",
            self.gain_bits,
        )
        largest = 2.0**self.gain_bits * self.pcan_offset**-self.pcan_strength
        require(
            largest <= _INT16_MAX,
            "the largest gain, 2^gain_bits * pcan_offset^-pcan_strength, must be at most"
            f" {_INT16_MAX}; lower gain_bits or raise pcan_offset",
            f"{largest:.6g}",
        )

    @property
    def n_fft(self) -> int:
        """Points of the FFT: the power of two that holds a frame."""
        return 1 << (self.frame_length - 1).bit_length()

    @property
    def spectrum_bits(self) -> int:
        """log2 of the factor that the FFT and the filters' weights leave to be made up for."""
        return self.n_fft.bit_length() - 1 - _WEIGHT_BITS // 2

    def filterbank(self) -> tables.Filterbank:
        """The filters in the packed form of `mote_microfrontend_filterbank_t`."""
        return tables.filterbank(
            self.sample_rate, self.n_fft, self.n_channels, self.fmin, self.fmax
        )

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(f"channel {c}" for c in range(self.n_channels))

    def describe(self) -> BlockDescription:
        """The block for `mote_microfrontend_compute`."""
        return self.described(
            "mote_microfrontend",
            parameters=tuple(Field(name, value) for name, value in self._members()),
            state_size=4 * self.n_channels,
            scratch_size=2 * self.n_fft,
            features_type="int32_t",
            features_scale=self.output_scale,
        )

    def _members(self) -> tuple[tuple[str, int | Table], ...]:
        fft = tables.fft(self.n_fft)
        bank = self.filterbank()
        members: tuple[tuple[str, int | Table], ...] = (
            ("frame_length", self.frame_length),
            ("window", Table("window", tables.window(self.frame_length))),
            ("fft.n_fft", self.n_fft),
            ("fft.order", Table("fft_order", fft.order)),
            ("fft.twiddles", Table("fft_twiddles", fft.twiddles)),
            ("fft.split", Table("fft_split", fft.split)),
            ("filterbank.n_channels", self.n_channels),
            ("filterbank.channel_starts", Table("channel_starts", bank.starts)),
            ("filterbank.weights", Table("weights", bank.weights.ravel())),
            ("noise.smoothing_bits", self.smoothing_bits),
            ("noise.even_smoothing", _q14(self.even_smoothing)),
            ("noise.odd_smoothing", _q14(self.odd_smoothing)),
            ("noise.min_signal_remaining", _q14(self.min_signal_remaining)),
        )
        if self.pcan:
            input_bits = self.smoothing_bits - self.spectrum_bits
            gains = tables.gains(self.pcan_strength, self.pcan_offset, self.gain_bits, input_bits)
            members += (
                ("gain.gains", Table("gains", gains)),
                ("gain.snr_shift", self.gain_bits - self.spectrum_bits - _SNR_BITS),
            )
        if self.log:
            members += (
                ("log.corrections", Table("log_corrections", tables.log_corrections())),
                ("log.input_shift", self.spectrum_bits),
                ("log.output_shift", self.log_shift),
            )
        return members


def _q14(part: float) -> int:
    """Rounded down, from float32, as in the original."""
    return int(np.float32(part) * _Q14_ONE)
