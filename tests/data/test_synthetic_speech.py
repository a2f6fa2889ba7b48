from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moteflow.data import SUBSETS, AudioConfig, Dataset, SyntheticSpeechConfig, ingest
from moteflow.data.espeak import Utterance, list_voices, speak
from moteflow.errors import DatasetError

AUDIO = AudioConfig(16000, 16000)
CONFIG = SyntheticSpeechConfig(
    labels=("yes", "no", "_unknown_", "_silence_"),
    unknown_words=("cat", "go", "tree"),
    accents=("en-us", "en-gb-scotland"),
    excluded_voices=("Demonic",),
    clips_per_label=100,
)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    dataset, rejections = ingest(CONFIG, AUDIO, 3, Path("unused"))
    assert rejections == ()
    return dataset


def test_test_voices_are_heard_nowhere_else(dataset: Dataset) -> None:
    groups = [{c.group for c in dataset.subsets[s].clips} for s in SUBSETS]
    assert not (groups[0] & groups[1] or groups[0] & groups[2] or groups[1] & groups[2])
    voices: dict[str, set[str]] = {}
    for subset in SUBSETS:
        for clip in dataset.subsets[subset].clips:
            if clip.label != "_silence_":
                voices.setdefault(clip.name.split("+")[1].rsplit("_", 1)[0], set()).add(subset)
    assert voices and all(len(subsets) == 1 for subsets in voices.values())
    assert set(voices) <= set(list_voices()) - {"Demonic"}
    klatt = {s for voice, subsets in voices.items() if voice.startswith("klatt") for s in subsets}
    assert len(klatt) == 1


def test_every_subset_has_every_label(dataset: Dataset) -> None:
    total: Counter[str] = Counter()
    for subset in SUBSETS:
        counts = Counter(c.label for c in dataset.subsets[subset].clips)
        assert set(counts) == set(CONFIG.labels)
        total += counts
    assert [total[label] for label in ("yes", "no", "_unknown_")] == [100, 100, 100]
    assert 98 <= total["_silence_"] <= 102


def test_unknown_says_every_other_word(dataset: Dataset) -> None:
    clips = [c for s in SUBSETS for c in dataset.subsets[s].clips if c.label == "_unknown_"]
    assert {c.name.split("/")[1].split("_")[0] for c in clips} == {"cat", "go", "tree"}


def test_words_are_audible_and_noise_differs(dataset: Dataset) -> None:
    for subset in SUBSETS:
        part = dataset.subsets[subset]
        spoken = [c.label != "_silence_" for c in part.clips]
        assert np.abs(part.samples[spoken].astype(np.int32)).max(axis=1).min() > 1500
        noise = dataset.noise[subset]
        assert len(noise) >= 30 * 16000 and noise.std() > 50
    assert not np.array_equal(dataset.noise["validation"], dataset.noise["test"])


def test_two_runs_are_equal(dataset: Dataset) -> None:
    again, _ = ingest(CONFIG, AUDIO, 3, Path("unused"))
    for subset in SUBSETS:
        assert again.subsets[subset].clips == dataset.subsets[subset].clips
        assert np.array_equal(again.subsets[subset].samples, dataset.subsets[subset].samples)
        assert np.array_equal(again.noise[subset], dataset.noise[subset])


def test_own_background_is_used(hum: Path) -> None:
    config = replace(
        CONFIG, background=str(hum), labels=("yes", '"; rm -rf', "_silence_"), clips_per_label=80
    )
    dataset, _ = ingest(config, AudioConfig(8000, 8000), 3, Path("unused"))
    assert sum(len(dataset.noise[s]) for s in SUBSETS) == 48000
    assert dataset.labels[1] == '"; rm -rf'


def _say(*words: str) -> Sequence[np.ndarray]:
    return speak([Utterance(word, "en-us+f3", 150, 50) for word in words])


def test_speed_and_pitch_are_obeyed() -> None:
    slow, fast = speak([Utterance("seven", "en-us+m3", speed, 50) for speed in (100, 250)])
    assert len(slow) > 1.5 * len(fast)
    low, high = speak([Utterance("ah", "en-us+m3", 100, pitch) for pitch in (10, 90)])
    assert _pitch(high) > 1.2 * _pitch(low)


def _pitch(samples: np.ndarray) -> float:
    signal = samples[len(samples) // 4 : len(samples) // 2].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(signal, 1 << 15))
    correlation = np.fft.irfft(spectrum**2)
    shortest, longest = 22050 // 250, 22050 // 50
    return 22050 / (shortest + int(np.argmax(correlation[shortest:longest])))


def test_word_without_sound_and_unknown_accent_are_refused() -> None:
    with pytest.raises(DatasetError, match=r"Received: '\.\.\.'"):
        _say("yes", "...")
    with pytest.raises(DatasetError, match="dothraki"):
        speak([Utterance("yes", "dothraki+f3", 150, 50)])


def test_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> str:
        raise RuntimeError("data path not exists")

    monkeypatch.setattr("espeakng_loader.get_data_path", absent)
    with pytest.raises(DatasetError, match=r"espeakng-loader package.*dataset=folder"):
        list_voices()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("path", "data/raw", "dataset=folder"),
        ("unknown_words", ("yes", "cat"), r"\['yes'\]"),
        ("accents", (), "not empty"),
        ("clips_per_label", 0, "positive"),
        ("speed", (200.0, 100.0), "dataset.speed"),
        ("snr_db", (0.0, float("nan")), "dataset.snr_db"),
        ("test_fraction", 1.0, "less than 1"),
    ],
)
def test_impossible_settings_are_refused(key: str, value: object, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        replace(CONFIG, **{key: value})
