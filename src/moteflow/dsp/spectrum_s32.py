"""The integer form of the blocks over a frame's spectrum: what fills their C structs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from moteflow.dsp import tables_s32
from moteflow.dsp.block import BlockDescription, Field, Table, require
from moteflow.dsp.spectrum import Spectrum, SpectrumConfig
from moteflow.dsp.tables_s32 import LOG2_BITS, SAMPLE_BITS, Float64
from moteflow.dsp.window import window

if TYPE_CHECKING:
    from moteflow.dsp.blocks.mfcc import MfccConfig
    from moteflow.dsp.blocks.mfe import MfeConfig
    from moteflow.dsp.blocks.spectrogram import SpectrogramConfig

FULL_SCALE = 2.0**15
FEATURE_BITS = 24
"""Features stay within +-2^24, so that float32 holds each exactly."""
SUM_BITS = 30
LOG2_GAIN_MIN = -97
"""Below it log2 of the quietest energy would leave 32 bits."""
LOG2_SPECTRUM_MAX = 60
"""log2 of more power than mote_rfft_s32 can give in all bins."""
OCTAVES_MIN = 16.0
"""Features have room for such logarithms at least, so that their factors fit 32 bits."""


def describe_mfe(config: MfeConfig) -> BlockDescription:
    """The block for `mote_mfe_s32_compute`."""
    bits = _fraction_bits(config, _log2_mel_gains(config), 1.0)
    return config.described(
        "mote_mfe_s32",
        parameters=_mfe_fields(config, int(config.mel_bank().starts[-1]), bits, ""),
        state_size=_state_size(config),
        scratch_size=4 * (config.n_fft + 2),
        features_type="int32_t",
        features_scale=2.0**-bits,
    )


def describe_mfcc(config: MfccConfig) -> BlockDescription:
    """The block for `mote_mfcc_s32_compute`."""
    dct = config.dct()
    log2_gain = _log2_mel_gain(config)
    log2_gains = np.append(_log2_mel_gains(config), log2_gain)
    bits = _fraction_bits(config, log2_gains, max(1.0, float(np.abs(dct).sum(axis=1).max())))
    octaves = dct * (config.log_factor * math.log(2))
    largest = float(np.abs(octaves).max()) * 2.0 ** (bits + 8)
    rows = octaves[1 if config.energy_c0 else 0 :]
    shift = min(SUM_BITS - FEATURE_BITS, math.floor(30.9 - math.log2(largest)))
    n_bins = config.n_bins if config.energy_c0 else int(config.mel_bank().starts[-1])
    return config.described(
        "mote_mfcc_s32",
        parameters=(
            *_mfe_fields(config, n_bins, bits, "mfe."),
            Field("energy_c0", int(config.energy_c0)),
            Field("log2_gain", round(math.ldexp(log2_gain, LOG2_BITS))),
            Field("n_rows", len(rows)),
            Field("shift", shift),
            Field("dct", Table("dct", tables_s32.fixed(rows.ravel(), bits + 8 + shift))),
        ),
        state_size=_state_size(config),
        scratch_size=4 * (config.n_fft + 2 + config.n_mels),
        features_type="int32_t",
        features_scale=2.0**-bits,
    )


def describe_spectrogram(config: SpectrogramConfig) -> BlockDescription:
    """The block for `mote_spectrogram_s32_compute`."""
    exponent = _exponent(config)
    log2_gains = exponent * np.log2(np.abs(config.axis_scale)) + _log2_spectrum_gain(config)
    bits = _fraction_bits(config, log2_gains, 1.0)
    return config.described(
        "mote_spectrogram_s32",
        parameters=(
            *_spectrum_fields(config, config.bins.stop, "spectrum."),
            Field("is_magnitude", int(config.spectrum is Spectrum.MAGNITUDE)),
            Field("first_bin", config.bins.start),
            Field("n_bins", len(config.bins)),
            _log2_gain_field("log2_gains", log2_gains),
            Field("log2_floor", _log2_floor(config)),
            Field("log_factor", _log_factor(config, bits)),
        ),
        state_size=_state_size(config),
        scratch_size=4 * (config.n_fft + 2),
        features_type="int32_t",
        features_scale=2.0**-bits,
    )


def _spectrum_fields(config: SpectrumConfig, n_bins: int, prefix: str) -> tuple[Field, ...]:
    """The members of `mote_spectrum_s32_t`, each name after `prefix`; `n_bins` are computed."""
    fft = tables_s32.rfft(config.n_fft)
    weights = window(config.window, config.frame_length, config.window_periodic)
    preemphasis = min(round(config.preemphasis * 2**31), 2**31 - 1)
    members: tuple[tuple[str, int | Table], ...] = (
        ("n_axes", config.n_axes),
        ("frame_length", config.frame_length),
        ("n_bins", n_bins),
        ("hop_length", config.hop_length),
        ("preemphasis", preemphasis),
        ("window", Table("window", tables_s32.fixed(weights, tables_s32.WINDOW_BITS))),
        ("fft.n_fft", config.n_fft),
        ("fft.order", Table("fft_order", fft.order)),
        ("fft.turn", Table("fft_turn", fft.turn)),
    )
    return tuple(Field(prefix + name, value) for name, value in members)


def _mfe_fields(config: MfeConfig, n_bins: int, bits: int, prefix: str) -> tuple[Field, ...]:
    """The members of `mote_mfe_s32_t`, each name after `prefix`, for `bits` fraction bits."""
    bank = config.mel_bank()
    members: tuple[tuple[str, int | Table], ...] = (
        ("is_magnitude", int(config.spectrum is Spectrum.MAGNITUDE)),
        ("n_mels", config.n_mels),
        ("mel_starts", Table("mel_starts", bank.starts)),
        ("mel_weights", Table("mel_weights", tables_s32.mel_weights(bank.weights))),
        ("log2_floor", _log2_floor(config)),
        ("log_factor", _log_factor(config, bits)),
    )
    return (
        *_spectrum_fields(config, n_bins, f"{prefix}spectrum."),
        *(Field(prefix + name, value) for name, value in members),
        _log2_gain_field(f"{prefix}log2_gains", _log2_mel_gains(config)),
    )


def _log2_gain_field(name: str, log2_gains: Float64) -> Field:
    require(
        bool(np.all(log2_gains > LOG2_GAIN_MIN)),
        f"samples, filters and spectrum_scale must make a factor above 2^{LOG2_GAIN_MIN} with"
        " arithmetic fixed; raise spectrum_scale",
        f"2^{log2_gains.min():.1f}",
    )
    return Field(name, Table("log2_gains", tables_s32.fixed(log2_gains, LOG2_BITS)))


def _exponent(config: SpectrumConfig) -> int:
    """Of the magnitude: 2 for power."""
    return 2 if config.spectrum is Spectrum.POWER else 1


def _log2_spectrum_gain(config: SpectrumConfig) -> float:
    """log2 of what one step of the integer power or magnitude is worth, in squares of samples."""
    emphasis = 1 if config.preemphasis else 0
    halvings = tables_s32.rfft_shift(config.n_fft) + emphasis - SAMPLE_BITS
    return _exponent(config) * halvings + math.log2(config.spectrum_scale)


def _log2_mel_gains(config: MfeConfig) -> Float64:
    return np.asarray(_log2_mel_gain(config) + np.log2(config.mel_bank().gains))


def _log2_mel_gain(config: MfeConfig) -> float:
    """The same, of filters of height 1 over samples of full scale 1."""
    return _log2_spectrum_gain(config) - _exponent(config) * math.log2(FULL_SCALE)


def _log2_floor(config: SpectrumConfig) -> int:
    return round(math.ldexp(math.log2(config.log_floor), LOG2_BITS))


def _log_factor(config: SpectrumConfig, bits: int) -> int:
    return round(math.ldexp(config.log_factor * math.log(2), bits + 8))


def _fraction_bits(config: SpectrumConfig, log2_gains: Float64, gain: float) -> int:
    """Fraction bits of features that are at most `gain` times the largest logarithm."""
    loudest = LOG2_SPECTRUM_MAX + float(log2_gains.max())
    octaves = max(OCTAVES_MIN, abs(loudest), abs(math.log2(config.log_floor)))
    largest = gain * config.log_factor * math.log(2) * octaves
    return math.ceil(FEATURE_BITS - math.log2(largest)) - 1


def _state_size(config: SpectrumConfig) -> int:
    """Bytes kept from frame to frame: with pre-emphasis, the last sample of each axis."""
    return 2 * config.n_axes if config.preemphasis else 0
