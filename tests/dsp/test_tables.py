import numpy as np
import pytest
import scipy.fft
import scipy.signal

from moteflow.dsp import tables
from moteflow.models.backend import tf

CASES = [(16000, 1024, 40, 20, 7600), (8000, 256, 20, 0, 4000), (44100, 2048, 64, 50.5, 22050)]


def dense(bank: tables.MelBank, n_fft: int) -> np.ndarray:
    """The filterbank as a matrix [n_fft / 2 + 1, n_mels]."""
    starts = bank.starts.astype(int)
    n_mels = len(starts) - 2
    matrix = np.zeros((n_fft // 2 + 1, n_mels))
    for segment in range(n_mels + 1):
        bins = np.arange(starts[segment], starts[segment + 1])
        rising = bank.weights[bins - starts[0]].astype(float)
        if segment < n_mels:
            matrix[bins, segment] = rising
        if segment > 0:
            matrix[bins, segment - 1] = 1 - rising
    return matrix


@pytest.mark.parametrize("case", CASES)
def test_the_mel_filterbank_is_tensorflows(case: tuple[int, int, int, float, float]) -> None:
    sample_rate, n_fft, n_mels, fmin, fmax = case
    expected = tf.signal.linear_to_mel_weight_matrix(
        n_mels, n_fft // 2 + 1, sample_rate, fmin, fmax, dtype=tf.float64
    ).numpy()
    np.testing.assert_allclose(dense(tables.mel_bank(*case), n_fft), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("length", [1, 2, 480, 641])
def test_the_window_is_scipys_periodic_hann(length: int) -> None:
    # SciPy gives a window of one sample as 1; the formula, and a frame of one sample, as 0.
    expected = scipy.signal.get_window("hann", length) if length > 1 else np.zeros(1)
    np.testing.assert_allclose(tables.hann(length), expected, rtol=6e-8, atol=1e-16)


def test_the_dct_is_scipys_orthonormal() -> None:
    expected = scipy.fft.dct(np.eye(40), norm="ortho", axis=0)[:13]
    np.testing.assert_allclose(tables.dct(13, 40), expected, rtol=0, atol=3e-8)


@pytest.mark.parametrize("n_fft", [16, 32, 64, 128, 256, 512, 1024, 2048, 4096])
def test_the_input_order_uses_each_place_once(n_fft: int) -> None:
    order = tables.rfft(n_fft).order
    np.testing.assert_array_equal(np.sort(order), np.arange(n_fft // 2))


def test_tables_are_float32_and_uint16() -> None:
    fft = tables.rfft(256)
    bank = tables.mel_bank(16000, 256, 20, 0, 8000)
    floats = (fft.twiddles, bank.weights, tables.hann(8), tables.dct(3, 4))
    assert {table.dtype for table in floats} == {np.dtype(np.float32)}
    assert {table.dtype for table in (fft.order, bank.starts)} == {np.dtype(np.uint16)}
