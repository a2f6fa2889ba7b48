import numpy as np
import pytest
import scipy.fft

from moteflow.dsp.cepstrum import DctNorm, dct, lifter
from moteflow.models.backend import tf


@pytest.mark.parametrize("n_mels", [1, 2, 40])
@pytest.mark.parametrize("dct_type", [2, 3])
@pytest.mark.parametrize(("norm", "scipys"), [(DctNorm.ORTHO, "ortho"), (DctNorm.NONE, None)])
def test_the_transform_is_scipys(
    n_mels: int, dct_type: int, norm: DctNorm, scipys: str | None
) -> None:
    n_mfcc = max(1, n_mels // 3)
    expected = scipy.fft.dct(np.eye(n_mels), dct_type, norm=scipys, axis=0)[:n_mfcc]
    np.testing.assert_allclose(dct(n_mfcc, n_mels, dct_type, norm), expected, rtol=0, atol=1e-13)


def test_the_htk_norm_is_tensorflows() -> None:
    log_mel = np.random.default_rng(0).normal(size=(5, 40))
    expected = tf.signal.mfccs_from_log_mel_spectrograms(log_mel).numpy()[:, :13]
    np.testing.assert_allclose(
        log_mel @ dct(13, 40, 2, DctNorm.HTK).T, expected, rtol=0, atol=1e-12
    )


def test_the_lifter_keeps_the_first_and_peaks_at_half_its_length() -> None:
    factors = lifter(23, 22)
    assert factors[0] == 1
    assert np.argmax(factors) == 11
    assert factors[11] == 12
    np.testing.assert_array_equal(lifter(5, 0), np.ones(5))
