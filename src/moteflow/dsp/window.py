"""Window functions, in float64."""

from enum import Enum

import numpy as np
import numpy.typing as npt

POVEY_EXPONENT = 0.85
"""Kaldi's window is a Hann window to this power."""


class Window(Enum):
    """What a frame is weighted by before its spectrum is computed."""

    RECTANGULAR = "rectangular"
    HANN = "hann"
    HAMMING = "hamming"
    POVEY = "povey"


def window(shape: Window, length: int, periodic: bool) -> npt.NDArray[np.float64]:
    """The window of `length` samples: float64 [length], from 0 to 1.

    A periodic window is the first `length` samples of a symmetric one that is a sample longer: what
    SciPy, librosa and TensorFlow take for spectra. NumPy and Kaldi take the symmetric one.
    """
    period = length if periodic else max(length - 1, 1)
    cosine = np.cos(2 * np.pi * np.arange(length) / period)
    match shape:
        case Window.RECTANGULAR:
            return np.ones(length)
        case Window.HANN:
            return 0.5 - 0.5 * cosine
        case Window.HAMMING:
            return 0.54 - 0.46 * cosine
        case Window.POVEY:
            return np.power(0.5 - 0.5 * cosine, POVEY_EXPONENT)
