import librosa
import numpy as np
import pytest
from python_speech_features import base

from moteflow.dsp.mel import MelBank, MelNorm, MelScale, MelTriangles, mel_bank
from moteflow.models.backend import tf

CASES = [(16000, 1024, 40, 20, 7600), (8000, 256, 20, 0, 4000), (44100, 2048, 64, 50.5, 22050)]
FREQUENCIES = np.array([0, 1, 440, 999.9, 1000, 1000.1, 8000, 22050])


def bank(
    case: tuple[float, int, int, float, float],
    scale: MelScale = MelScale.HTK,
    triangles: MelTriangles = MelTriangles.MEL,
    norm: MelNorm = MelNorm.NONE,
) -> MelBank:
    sample_rate, n_fft, n_mels, fmin, fmax = case
    return mel_bank(
        sample_rate=sample_rate,
        n_fft=n_fft,
        n_mels=n_mels,
        fmin=fmin,
        fmax=fmax,
        mel_scale=scale,
        mel_triangles=triangles,
        mel_norm=norm,
    )


@pytest.mark.parametrize("scale", MelScale)
def test_a_scale_is_librosas_and_goes_back(scale: MelScale) -> None:
    mel = scale.from_hz(FREQUENCIES)
    expected = librosa.hz_to_mel(FREQUENCIES, htk=scale is MelScale.HTK)
    np.testing.assert_allclose(mel, expected, rtol=1e-5)  # 2595 log10 is about 1127 ln
    np.testing.assert_allclose(scale.to_hz(mel), FREQUENCIES, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_filters_over_mel_are_tensorflows(case: tuple[float, int, int, float, float]) -> None:
    sample_rate, n_fft, n_mels, fmin, fmax = case
    expected = tf.signal.linear_to_mel_weight_matrix(
        n_mels, n_fft // 2 + 1, sample_rate, fmin, fmax, dtype=tf.float64
    ).numpy()
    actual = bank(case).matrix(n_fft // 2 + 1)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("scale", MelScale)
@pytest.mark.parametrize("norm", MelNorm)
@pytest.mark.parametrize("case", CASES)
def test_filters_over_hz_are_librosas(
    case: tuple[float, int, int, float, float], scale: MelScale, norm: MelNorm
) -> None:
    sample_rate, n_fft, n_mels, fmin, fmax = case
    expected = librosa.filters.mel(
        sr=sample_rate,
        n_fft=n_fft,
        n_mels=n_mels,
        fmin=fmin,
        fmax=fmax,
        htk=scale is MelScale.HTK,
        norm="slaney" if norm is MelNorm.SLANEY else None,
        dtype=np.float64,
    ).T
    actual = bank(case, scale, MelTriangles.HZ, norm).matrix(n_fft // 2 + 1)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-5 * expected.max())


@pytest.mark.parametrize("case", [*CASES, (16000, 512, 26, 0, 8000), (16000, 512, 40, 0, 8000)])
def test_filters_over_bins_are_python_speech_features(
    case: tuple[float, int, int, float, float],
) -> None:
    sample_rate, n_fft, n_mels, fmin, fmax = case
    expected = base.get_filterbanks(n_mels, n_fft, sample_rate, fmin, fmax).T
    actual = bank(case, triangles=MelTriangles.BINS).matrix(n_fft // 2 + 1)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-12)


def test_neighbouring_filters_add_up_to_one_between_the_outer_peaks() -> None:
    for triangles in MelTriangles:
        covered = bank(CASES[0], triangles=triangles)
        total = covered.matrix(512).sum(axis=1)
        np.testing.assert_allclose(total[covered.starts[1] : covered.starts[-2]], 1, rtol=1e-12)


def test_a_filter_between_two_bins_is_found() -> None:
    assert bank((16000, 256, 60, 0, 8000)).empty_filters() == [0]
    assert bank(CASES[0]).empty_filters() == []
