"""Mel filterbanks, in float64."""

from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]

HTK_BREAK, HTK_FACTOR = 700.0, 1127.0
"""mel = 1127 ln(1 + f / 700): Young et al., The HTK Book, 5.4."""
SLANEY_BREAK, SLANEY_LINEAR, SLANEY_STEP = 1000.0, 200 / 3, np.log(6.4) / 27
"""Linear to 1 kHz, then logarithmic: Slaney, Auditory Toolbox, report 1998-010."""


@dataclass(frozen=True, eq=False)
class MelBank:
    """Triangular filters as segments between neighbouring edges (see mote_mfe.h)."""

    starts: npt.NDArray[np.uint16]
    """uint16 [n_mels + 2]: first FFT bin of each segment, then the end of the last."""
    weights: Float64
    """float64 [starts[-1] - starts[0]]: rising weight of each bin within its segment, 0 to 1."""
    gains: Float64
    """float64 [n_mels]: what a filter's weights are multiplied by."""

    def empty_filters(self) -> list[int]:
        """Indices of the filters in which no FFT bin has a weight above zero."""
        return [
            m for m, column in enumerate(self.matrix(int(self.starts[-1])).T) if not any(column)
        ]

    def matrix(self, n_bins: int) -> Float64:
        """The filters as columns: float64 [n_bins, n_mels]; n_bins is at least starts[-1]."""
        starts = self.starts.astype(int)
        matrix = np.zeros((n_bins, len(self.gains)))
        for segment, (start, end) in enumerate(pairwise(starts)):
            rising = self.weights[start - starts[0] : end - starts[0]]
            if segment < len(self.gains):
                matrix[start:end, segment] = rising
            if segment > 0:
                matrix[start:end, segment - 1] = 1 - rising
        return matrix * self.gains


class MelScale(Enum):
    """Whose formula of pitch as listeners judge it."""

    HTK = "htk"
    SLANEY = "slaney"

    def from_hz(self, hz: Float64) -> Float64:
        """Mels of frequencies in Hz, of the same shape."""
        if self is MelScale.HTK:
            return HTK_FACTOR * np.log1p(hz / HTK_BREAK)
        above = np.log(np.maximum(hz, SLANEY_BREAK) / SLANEY_BREAK) / SLANEY_STEP
        mel: Float64 = np.minimum(hz, SLANEY_BREAK) / SLANEY_LINEAR + above
        return mel

    def to_hz(self, mel: Float64) -> Float64:
        """Frequencies in Hz of mels, of the same shape."""
        if self is MelScale.HTK:
            return HTK_BREAK * np.expm1(mel / HTK_FACTOR)
        break_mel = SLANEY_BREAK / SLANEY_LINEAR
        above = np.exp((np.maximum(mel, break_mel) - break_mel) * SLANEY_STEP)
        hz: Float64 = np.minimum(mel, break_mel) * SLANEY_LINEAR * above
        return hz


class MelTriangles(Enum):
    """Over what the sides of a filter are straight lines."""

    MEL = "mel"
    """TensorFlow, HTK, Kaldi."""
    HZ = "hz"
    """librosa."""
    BINS = "bins"
    """python_speech_features, which also moves each edge down to a bin."""


class MelNorm(Enum):
    """What all filters have in common."""

    NONE = "none"
    """Height 1."""
    SLANEY = "slaney"
    """Area 1 over Hz."""


def mel_bank(
    *,
    sample_rate: float,
    n_fft: int,
    n_mels: int,
    fmin: float,
    fmax: float,
    mel_scale: MelScale,
    mel_triangles: MelTriangles,
    mel_norm: MelNorm,
) -> MelBank:
    """Filters whose edges are equally spaced on `mel_scale` from `fmin` to `fmax` (Hz).

    Bin n_fft / 2 would have weight 0, as fmax is at most its frequency.
    """
    bins = np.arange(n_fft / 2)
    hz = bins * (sample_rate / n_fft)
    low, high = mel_scale.from_hz(np.array([fmin, fmax], np.float64))
    mel_edges: Float64 = np.linspace(low, high, n_mels + 2)
    hz_edges = mel_scale.to_hz(mel_edges)
    match mel_triangles:
        case MelTriangles.MEL:
            positions, edges = mel_scale.from_hz(hz), mel_edges
        case MelTriangles.HZ:
            positions, edges = hz, hz_edges
        case MelTriangles.BINS:
            positions, edges = bins, np.floor((n_fft + 1) * hz_edges / sample_rate)
    starts = np.searchsorted(positions, edges)
    covered = np.arange(starts[0], starts[-1])
    segment = np.searchsorted(starts, covered, side="right") - 1
    weights = (positions[covered] - edges[segment]) / (edges[segment + 1] - edges[segment])
    is_slaney = mel_norm is MelNorm.SLANEY
    gains = 2 / (hz_edges[2:] - hz_edges[:-2]) if is_slaney else np.ones(n_mels)
    return MelBank(starts.astype(np.uint16), weights, gains)
