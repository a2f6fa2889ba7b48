"""Spectra of frames, bin by bin."""

from dataclasses import dataclass

import numpy as np

from moteflow.dsp import spectrum_s32
from moteflow.dsp.block import Arithmetic, BlockDescription, Field, SensorConfig, Table, require
from moteflow.dsp.registry import block
from moteflow.dsp.spectrum import Spectrum, SpectrumConfig, log_fields, spectrum_fields


@block("spectrogram")
@dataclass(frozen=True)
class SpectrogramConfig(SpectrumConfig, SensorConfig):
    """Power or magnitude of the bins from fmin to fmax, or their logarithms, axis after axis."""

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            len(self.bins) > 0,
            "fmin and fmax must enclose a bin of the FFT, at multiples of"
            f" {self.sample_rate / self.n_fft:g} Hz",
            (self.fmin, self.fmax),
        )

    @property
    def bins(self) -> range:
        """Bins of the FFT that are kept, at multiples of sample_rate / n_fft."""
        per_hz = self.n_fft / self.sample_rate
        return range(int(np.ceil(self.fmin * per_hz)), int(np.floor(self.fmax * per_hz)) + 1)

    @property
    def feature_names(self) -> tuple[str, ...]:
        axes = [f"{axis} " for axis in self.axis_names] if self.n_axes > 1 else [""]
        width = self.sample_rate / self.n_fft
        return tuple(f"{axis}{k * width:g} Hz" for axis in axes for k in self.bins)

    def describe(self) -> BlockDescription:
        """The block for `mote_spectrogram_compute` or, in integers, for its form in s32."""
        if self.arithmetic is Arithmetic.FIXED:
            return spectrum_s32.describe_spectrogram(self)
        exponent = 2 if self.spectrum is Spectrum.POWER else 1
        gains = np.abs(np.array(self.axis_scale)) ** exponent
        return self.described(
            "mote_spectrogram",
            parameters=(
                *spectrum_fields(self, 1.0, self.bins.stop, "spectrum."),
                Field("first_bin", self.bins.start),
                Field("n_bins", len(self.bins)),
                Field("gains", Table("gains", gains.astype(np.float32))),
                *log_fields(self, "log."),
            ),
            state_size=self.state_size,
            scratch_size=4 * (self.n_fft + 1),
            lanes=True,
        )
