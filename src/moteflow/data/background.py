"""Background noise, and the silence made of it."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from moteflow.data.audio import SUFFIXES, UnusableAudioError, decode
from moteflow.data.dataset import SUBSETS, Rejection, Samples
from moteflow.errors import DatasetError

_DIGITAL_SILENCE_SHARE = 0.1
_QUIETEST_DB = -40.0


def load_background(folder: Path, sample_rate: int) -> tuple[list[Samples], list[Rejection]]:
    """Decode the noise recordings that lie directly in `folder`, sorted by name.

    Raises DatasetError when the folder is absent or no recording in it can be used.
    """
    if not folder.is_dir():
        raise DatasetError(
            f"dataset.background is a folder of recordings. Received: {folder}. "
            "Correct the path, or set it to null."
        )
    recordings: list[Samples] = []
    rejections: list[Rejection] = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES or path.name.startswith("."):
            continue
        try:
            recordings.append(decode(path, sample_rate))
        except UnusableAudioError as error:
            rejections.append(Rejection(f"{folder.name}/{path.name}", str(error)))
    if not recordings:
        reasons = "; ".join(f"{r.name}: {r.reason}" for r in rejections) or "no recordings in it"
        raise DatasetError(
            f"dataset.background holds at least one usable WAV, FLAC or OGG file. "
            f"Received: {folder} ({reasons}). Correct the path, or set it to null."
        )
    return recordings, rejections


def split_background(
    recordings: Sequence[Samples], validation_fraction: float, test_fraction: float
) -> dict[str, Samples]:
    """Cut every recording in time into its train, validation and test part, and join the parts."""
    parts: dict[str, list[Samples]] = {subset: [] for subset in SUBSETS}
    for recording in recordings:
        first = round(len(recording) * (1 - validation_fraction - test_fraction))
        second = round(len(recording) * (1 - test_fraction))
        for subset, part in zip(SUBSETS, np.split(recording, [first, second]), strict=True):
            parts[subset].append(part)
    return {s: np.concatenate([np.zeros(0, np.int16), *parts[s]]) for s in SUBSETS}


def take_noise(
    noise: Samples, n_clips: int, window_samples: int, rng: np.random.Generator
) -> Samples:
    """Take `n_clips` windows from random places of `noise`, int16 [n_clips, window_samples].

    Noise shorter than a window is repeated. `noise` must not be empty.
    """
    if len(noise) < window_samples:
        noise = np.tile(noise, math.ceil(window_samples / len(noise)))
    starts = rng.integers(0, len(noise) - window_samples + 1, n_clips)
    return np.lib.stride_tricks.sliding_window_view(noise, window_samples)[starts]


def draw_silence(
    noise: Samples, n_clips: int, window_samples: int, rng: np.random.Generator
) -> Samples:
    """Make `n_clips` windows without a word, int16 [n_clips, window_samples].

    Nine in ten are background at a gain of -40 to 0 dB, the rest the last bit or two of a
    converter: a device hears both.
    """
    windows = take_noise(noise, n_clips, window_samples, rng)
    gains = 10.0 ** (rng.uniform(_QUIETEST_DB, 0.0, n_clips) / 20.0)
    quiet = rng.random(n_clips) < _DIGITAL_SILENCE_SHARE
    silence = np.rint(windows * gains[:, None]).astype(np.int16)
    silence[quiet] = rng.integers(-2, 3, (int(quiet.sum()), window_samples))
    return silence


def check_heard(noise: Mapping[str, Samples]) -> None:
    """Raise DatasetError unless every subset has noise to draw `_silence_` from."""
    if not all(len(noise[subset]) for subset in SUBSETS):
        raise DatasetError(
            "_silence_ needs a folder of that name or background noise to draw it from. "
            f"Received: { ({s: len(noise[s]) for s in SUBSETS}) } samples of noise. "
            "Set dataset.background to a folder of noise recordings, "
            "or take _silence_ out of dataset.labels."
        )
