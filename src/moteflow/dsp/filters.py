"""Butterworth filters as second-order sections, for mote_biquad.h."""

from enum import Enum

import numpy as np
import numpy.typing as npt
import scipy.signal

Sections = npt.NDArray[np.float64]
"""float64 [sections, 5]: b0, b1, b2, a1, a2 of each (a0 is 1)."""

DECIMATION_ORDER = 8
DECIMATION_CUTOFF = 0.7


class FilterType(Enum):
    """Which frequencies a filter lets pass."""

    NONE = "none"
    LOW = "low"
    HIGH = "high"


def butterworth(filter_type: FilterType, order: int, cutoff: float, sample_rate: float) -> Sections:
    """A digital Butterworth filter, -3 dB at `cutoff` Hz; no sections for FilterType.NONE.

    The poles are those of scipy.signal.butter(output="sos"). All zeros are at z = -1 (low-pass) or
    z = 1 (high-pass), and each section by itself has gain 1 at the opposite end of the band.
    """
    if filter_type is FilterType.NONE:
        return np.empty((0, 5))
    designed = scipy.signal.butter(order, cutoff, filter_type.value, output="sos", fs=sample_rate)
    sign = 1 if filter_type is FilterType.LOW else -1
    a1, a2 = designed[:, 4], designed[:, 5]
    first_order = a2 == 0
    b0 = (1 + sign * a1 + a2) / np.where(first_order, 2, 4)
    b1 = b0 * np.where(first_order, sign, 2 * sign)
    b2 = b0 * np.where(first_order, 0, 1)
    return np.stack([b0, b1, b2, a1, a2], axis=1)


def anti_alias(decimation: int, sample_rate: float) -> Sections:
    """The low-pass before keeping every `decimation`-th sample; no sections if that is every one.

    Of order 8, -3 dB at 0.7 of the new Nyquist frequency: what would fold below that is attenuated
    by at least 43 dB.
    """
    if decimation == 1:
        return np.empty((0, 5))
    cutoff = DECIMATION_CUTOFF * sample_rate / (2 * decimation)
    return butterworth(FilterType.LOW, DECIMATION_ORDER, cutoff, sample_rate)


def magnitude_response(
    sections: Sections, frequencies: npt.NDArray[np.float64], sample_rate: float
) -> npt.NDArray[np.float64]:
    """What a filter multiplies amplitudes by, at each of `frequencies` in Hz; 1 if no sections."""
    b0, b1, b2, a1, a2 = sections.T[:, :, None]
    delay = np.exp(-2j * np.pi * frequencies / sample_rate)
    gains = (b0 + b1 * delay + b2 * delay**2) / (1 + a1 * delay + a2 * delay**2)
    magnitudes: npt.NDArray[np.float64] = np.abs(np.prod(gains, axis=0))
    return magnitudes
