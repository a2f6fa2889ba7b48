"""Words spoken by many synthetic voices in noise: the default dataset, made on the spot."""

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from rich.progress import track

from moteflow.data.assembly import add_silence, assemble
from moteflow.data.audio import to_int16, to_window
from moteflow.data.background import load_background, split_background, take_noise
from moteflow.data.dataset import (
    SUBSETS,
    AudioConfig,
    Dataset,
    Rejection,
    Samples,
    hash_samples,
)
from moteflow.data.espeak import SAMPLE_RATE, Utterance, list_voices, speak
from moteflow.data.labels import SILENCE, UNKNOWN, check_labels
from moteflow.data.recordings import Window, settle_duplicates
from moteflow.data.seeds import generator
from moteflow.data.splits import check_fractions, count_labels, split_groups
from moteflow.data.synthetic_noise import make_noise
from moteflow.errors import DatasetError

_NOISE_SECONDS = {"train": 240, "validation": 60, "test": 60}
_BABBLE_UTTERANCES = 120
_SILENCE_FRACTION = 1.0


@dataclass(frozen=True)
class SyntheticSpeechConfig:
    """What is said, by how many, how clearly.

    path: stays None; the clips are made, not read.
    background: folder of noise; None makes coloured noise and babble.
    unknown_words: spoken for `_unknown_` and in the babble; must not repeat a label.
    accents: espeak-ng languages; every voice speaks with each of them.
    excluded_voices: espeak-ng voices that nobody would take for a person.
    speed: words per minute, pitch: 0 to 99, loudness_db: peak below full scale, snr_db: speech
        over noise; each a range (lowest, highest) from which every clip draws.
    """

    labels: Sequence[str]
    unknown_words: Sequence[str]
    accents: Sequence[str]
    excluded_voices: Sequence[str] = ()
    path: str | None = None
    background: str | None = None
    clips_per_label: int = 1000
    speed: tuple[float, float] = (120.0, 220.0)
    pitch: tuple[float, float] = (20.0, 80.0)
    loudness_db: tuple[float, float] = (-24.0, -3.0)
    snr_db: tuple[float, float] = (5.0, 40.0)
    validation_fraction: float = 0.1
    test_fraction: float = 0.2

    def __post_init__(self) -> None:
        check_fractions(self.validation_fraction, self.test_fraction)
        if self.path is not None:
            raise DatasetError(
                "synthetic_speech makes its clips, so dataset.path stays null. "
                f"Received: {self.path}. Choose dataset=folder to use recordings."
            )
        if repeated := sorted(set(self.labels) & set(self.unknown_words)):
            raise DatasetError(
                "A word is a label or unknown, not both. "
                f"Received in dataset.labels and dataset.unknown_words: {repeated}. Remove one."
            )
        if self.clips_per_label < 1 or not self.unknown_words or not self.accents:
            raise DatasetError(
                "dataset.clips_per_label is positive; unknown_words and accents are not empty. "
                f"Received: {self.clips_per_label}, {list(self.unknown_words)}, "
                f"{list(self.accents)}. Correct them."
            )
        for key in ("speed", "pitch", "loudness_db", "snr_db"):
            lowest, highest = getattr(self, key)
            if not (math.isfinite(lowest) and math.isfinite(highest) and lowest <= highest):
                raise DatasetError(
                    f"dataset.{key} is a range, lowest first. Received: {lowest}, {highest}. "
                    "Correct it."
                )


@dataclass(frozen=True)
class _Speaker:
    """Voices that sound alike, all in one subset."""

    name: str
    voices: tuple[str, ...]
    subset: str


@dataclass(frozen=True)
class _Line:
    """One clip to be spoken."""

    name: str
    label: str
    speaker: str
    subset: str
    utterance: Utterance


def ingest_synthetic_speech(
    config: SyntheticSpeechConfig, audio: AudioConfig, seed: int
) -> tuple[Dataset, tuple[Rejection, ...]]:
    """Make a dataset of spoken words; the voices of one subset are heard in no other.

    Voices whose names differ only by a number (`klatt2`, `klatt3`) count as one speaker.
    Raises DatasetError when espeak-ng cannot run here or cannot say a word.
    """
    labels = check_labels(config.labels)
    cast = _cast_speakers(config, seed)
    lines = _write_lines(config, labels, cast, seed)
    babble = {subset: _write_babble(config, cast, subset, seed) for subset in SUBSETS}
    script = [line.utterance for line in lines]
    for subset in SUBSETS:
        script += babble[subset]
    spoken = iter([soxr.resample(s, SAMPLE_RATE, audio.sample_rate) for s in speak(script)])
    words = list(itertools.islice(spoken, len(lines)))

    rejections: list[Rejection] = []
    if config.background is None:
        noise = {
            subset: make_noise(
                _NOISE_SECONDS[subset] * audio.sample_rate,
                list(itertools.islice(spoken, len(babble[subset]))),
                generator(seed, f"noise/{subset}"),
            )
            for subset in SUBSETS
        }
    else:
        recordings, rejections = load_background(Path(config.background), audio.sample_rate)
        noise = split_background(recordings, config.validation_fraction, config.test_fraction)

    windows = []
    rng = generator(seed, "mix")
    for line, word in track(list(zip(lines, words, strict=True)), "Mixing"):
        samples = _mix(word, noise[line.subset], config, audio, rng)
        digest = hash_samples(samples)
        windows.append(Window(line.name, line.label, line.speaker, line.subset, samples, digest))
    windows, repeated = settle_duplicates(windows)
    windows = add_silence(windows, labels, noise, _SILENCE_FRACTION, audio, seed)
    return assemble(windows, labels, noise, audio, [*rejections, *repeated])


def _cast_speakers(config: SyntheticSpeechConfig, seed: int) -> list[_Speaker]:
    """Deal the speakers to the subsets; voices that differ by a number only are one speaker."""
    voices: dict[str, list[str]] = {}
    for voice in list_voices():
        if voice not in config.excluded_voices:
            voices.setdefault(re.sub(r"(?<=[A-Za-z]{2})\d+$", "", voice), []).append(voice)
    counts = count_labels((name, "speaker") for name in voices)
    place = split_groups(counts, config.validation_fraction, config.test_fraction, seed)
    return [_Speaker(name, tuple(voices[name]), place[name]) for name in sorted(voices)]


def _write_lines(
    config: SyntheticSpeechConfig,
    labels: Sequence[str],
    cast: Sequence[_Speaker],
    seed: int,
) -> list[_Line]:
    """Plan every clip: all speakers in turn say each label, each time a little differently."""
    lines = []
    for label in labels:
        if label == SILENCE:
            continue
        rng = generator(seed, f"lines/{label}")
        order = rng.permutation(len(cast))
        for k in range(config.clips_per_label):
            speaker = cast[order[k % len(order)]]
            voice = str(rng.choice(speaker.voices))
            word = str(rng.choice(config.unknown_words)) if label == UNKNOWN else label
            utterance = _utter(config, word, voice, rng)
            name = f"{label}/{word}_{utterance.voice}_{k}"
            lines.append(_Line(name, label, speaker.name, speaker.subset, utterance))
    return lines


def _write_babble(
    config: SyntheticSpeechConfig, cast: Sequence[_Speaker], subset: str, seed: int
) -> list[Utterance]:
    rng = generator(seed, f"babble/{subset}")
    voices = [voice for speaker in cast if speaker.subset == subset for voice in speaker.voices]
    return [
        _utter(config, str(rng.choice(config.unknown_words)), str(rng.choice(voices)), rng)
        for _ in range(_BABBLE_UTTERANCES)
    ]


def _utter(
    config: SyntheticSpeechConfig, word: str, voice: str, rng: np.random.Generator
) -> Utterance:
    accent = str(rng.choice(config.accents))
    speed, pitch = rng.uniform(*config.speed), rng.uniform(*config.pitch)
    return Utterance(word, f"{accent}+{voice}", round(speed), round(pitch))


def _mix(
    word: Samples,
    noise: Samples,
    config: SyntheticSpeechConfig,
    audio: AudioConfig,
    rng: np.random.Generator,
) -> Samples:
    """Put the word somewhere in the window, at random loudness, over noise at a random SNR."""
    size = audio.window_samples
    if len(word) > size:
        word = to_window(word, size)
    start = int(rng.integers(0, size - len(word) + 1))
    loudness, snr = rng.uniform(*config.loudness_db), rng.uniform(*config.snr_db)
    voice = word / np.abs(word.astype(np.int32)).max() * 10.0 ** (loudness / 20.0)
    background = take_noise(noise, 1, size, rng)[0] / 32768.0
    power = float(np.mean(background**2))
    wanted = float(np.mean(voice**2)) / 10.0 ** (snr / 10.0)
    mixture = background * math.sqrt(wanted / power) if power else background
    mixture[start : start + len(voice)] += voice
    return to_int16(mixture)
