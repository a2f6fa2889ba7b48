"""The integer FFT against NumPy's in float64."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from moteflow.dsp import tables_s32
from moteflow.dsp.native import native

SIZES = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096]
LARGEST = 2**26
# In steps of the result, where full scale is 2^26 and more: 137 dB below noise of full scale.
STEPS, STEPS_RMS = 10, 1.5


def spectrum(samples: np.ndarray, n_bins: int | None = None) -> np.ndarray:
    """The bins from 0 to n_bins - 1 (all unless given) by mote_rfft_s32: complex."""
    ffi, lib = native().ffi, native().lib
    n_fft = samples.size
    table = tables_s32.rfft(n_fft)
    fft = ffi.new("mote_rfft_s32_t *")
    fft.n_fft = n_fft
    fft.order = ffi.from_buffer("uint16_t[]", table.order)
    fft.turn = ffi.from_buffer("int32_t[]", table.turn)
    buffer = np.zeros(n_fft + 2, np.int32)
    buffer[:n_fft].reshape(-1, 2)[table.order] = samples.reshape(-1, 2)
    n_bins = n_bins or n_fft // 2 + 1
    lib.mote_rfft_s32(fft, ffi.from_buffer("int32_t[]", buffer), n_bins)
    return (buffer[0::2] + 1j * buffer[1::2])[:n_bins]


def exact(samples: np.ndarray) -> np.ndarray:
    """The same without rounding."""
    scale = 2.0 ** -tables_s32.rfft_shift(samples.size)
    return np.fft.rfft(samples.astype(np.float64)) * scale


@pytest.mark.parametrize("n_fft", SIZES)
def test_spectrum_of_noise_is_numpys(n_fft: int) -> None:
    noise = np.random.default_rng(n_fft).integers(-LARGEST, LARGEST, n_fft).astype(np.int32)
    error = np.abs(spectrum(noise) - exact(noise))
    assert error.max() < STEPS
    assert np.sqrt(np.mean(error**2)) < STEPS_RMS


@pytest.mark.parametrize("n_fft", SIZES)
def test_the_largest_signals_do_not_overflow(n_fft: int) -> None:
    n = np.arange(n_fft)
    tones = [np.cos(2 * np.pi * k * n / n_fft) for k in range(n_fft // 2 + 1)[:: n_fft // 16]]
    complex_tones = [np.where((n // 2 + n % 2 * j) % 4 < 2, 1, -1) for j in (0, 1, 3)]
    for signal in (*tones, *complex_tones, np.sign(np.sin(n + 0.5)), np.where(n % 4 < 2, 1, -1)):
        for sign in (1, -1):
            samples = np.rint(sign * LARGEST * signal).astype(np.int32)
            assert np.abs(spectrum(samples) - exact(samples)).max() < STEPS


@pytest.mark.parametrize("n_fft", [16, 32, 64])
def test_spectrum_of_each_impulse_is_flat(n_fft: int) -> None:
    for impulse in np.eye(n_fft, dtype=np.int32) * LARGEST:
        assert np.abs(spectrum(impulse) - exact(impulse)).max() < STEPS


@pytest.mark.parametrize("n_fft", SIZES)
def test_bins_do_not_depend_on_how_many_are_asked_for(n_fft: int) -> None:
    noise = np.random.default_rng(n_fft).integers(-LARGEST, LARGEST, n_fft).astype(np.int32)
    every = spectrum(noise)
    for n_bins in (1, 2, n_fft // 4, n_fft // 4 + 1, n_fft // 4 + 2, n_fft // 2):
        np.testing.assert_array_equal(spectrum(noise, n_bins), every[:n_bins])


@given(
    st.sampled_from(SIZES[:7]).flatmap(
        lambda n: arrays.arrays(np.int32, n, elements=st.integers(-LARGEST, LARGEST))
    )
)
def test_energy_is_kept(samples: np.ndarray) -> None:
    """Parseval: the rounding of n values moves the root of their energy by STEPS_RMS sqrt(n)."""
    n_fft, scale = samples.size, 2.0 ** -tables_s32.rfft_shift(samples.size)
    bins = spectrum(samples)
    twice = np.concatenate([bins, bins[1:-1]])
    energy = np.linalg.norm(samples.astype(np.float64)) * scale * np.sqrt(n_fft)
    assert abs(np.linalg.norm(twice) - energy) <= 2 * STEPS_RMS * np.sqrt(n_fft)
