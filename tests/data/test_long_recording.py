"""Long recordings: words where the truth says, as loud as asked."""

from itertools import pairwise

import numpy as np
import pytest

from moteflow.data.long_recording import Scene, compose_recording
from moteflow.errors import DatasetError

SCENE = Scene(noise_db=-40.0, snr_db=(20.0, 20.0), pause=(500, 1500))
TIME = np.arange(1000) / 8000
WORDS = [(f"{hertz} Hz", (8000 * np.sin(TIME * hertz * 2 * np.pi)).astype(np.int16))
         for hertz in (504, 1000, 2000)]  # fmt: skip
NOISE = np.random.default_rng(5).normal(0, 3000, 7000).astype(np.int16)


def rms_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean((samples / 32768.0) ** 2)))


def test_words_are_where_the_truth_says() -> None:
    samples, truth = compose_recording(WORDS, NOISE, 60000, SCENE, seed=1)
    assert samples.dtype == np.int16 and samples.shape == (60000,)
    frequencies = np.fft.rfftfreq(1000, 1 / 8000)
    for occurrence in truth:
        spectrum = np.abs(np.fft.rfft(samples[occurrence.begin : occurrence.end]))
        assert occurrence.label == f"{frequencies[np.argmax(spectrum)]:.0f} Hz"


def test_pauses_and_order() -> None:
    _, truth = compose_recording(WORDS, NOISE, 60000, SCENE, seed=1)
    pauses = [after.begin - before.end for before, after in pairwise(truth)]
    assert min(pauses) >= 500 and max(pauses) <= 1500
    for first in range(0, len(truth) - 2, 3):
        assert {o.label for o in truth[first : first + 3]} == {label for label, _ in WORDS}


def test_levels() -> None:
    samples, truth = compose_recording(WORDS, NOISE, 60000, SCENE, seed=2)
    said = np.zeros(60000, bool)
    for occurrence in truth:
        said[occurrence.begin : occurrence.end] = True
    assert rms_db(samples[~said]) == pytest.approx(-40.0, abs=0.2)
    assert rms_db(samples[said]) == pytest.approx(-20.0, abs=0.2)


def test_equal_seeds_give_equal_recordings() -> None:
    first, _ = compose_recording(WORDS, NOISE, 20000, SCENE, seed=3)
    again, _ = compose_recording(WORDS, NOISE, 20000, SCENE, seed=3)
    other, _ = compose_recording(WORDS, NOISE, 20000, SCENE, seed=4)
    np.testing.assert_array_equal(first, again)
    assert np.any(first != other)


@pytest.mark.parametrize(
    ("words", "noise"),
    [([], NOISE), (WORDS, NOISE[:0]), ([("silence", np.zeros(9, np.int16))], NOISE)],
)
def test_silence_is_refused(words: list, noise: np.ndarray) -> None:
    with pytest.raises(DatasetError, match="not silent"):
        compose_recording(words, noise, 1000, SCENE, seed=0)
