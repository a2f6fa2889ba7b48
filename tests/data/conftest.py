"""Small recordings for the tests of the data room."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from moteflow.data import AudioConfig

Writer = Callable[..., Path]


@pytest.fixture
def audio() -> AudioConfig:
    return AudioConfig(sample_rate=8000, window_samples=2000)


@pytest.fixture
def write_word() -> Writer:
    """Write a noise burst that `seed` makes unique; by default 0.2 s of 8 kHz mono PCM16."""

    def write(path: Path, seed: int, sample_rate: int = 8000, **options: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        signal = np.random.default_rng(seed).uniform(-0.5, 0.5, sample_rate // 5)
        soundfile.write(path, signal, sample_rate, **options)
        return path

    return write


@pytest.fixture
def words(tmp_path: Path, write_word: Writer) -> Path:
    """A folder with the labels left, no and yes, each said twice by speakers a to f."""
    seed = 0
    for label in ("left", "no", "yes"):
        for speaker in "abcdef":
            for take in (0, 1):
                seed += 1
                write_word(tmp_path / "words" / label / f"{speaker}_{take}.wav", seed)
    return tmp_path / "words"


@pytest.fixture
def hum(tmp_path: Path, write_word: Writer) -> Path:
    """A folder with two noise recordings of 3 s."""
    for seed in (1001, 1002):
        path = tmp_path / "hum" / f"{seed}.wav"
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, np.random.default_rng(seed).uniform(-0.1, 0.1, 24000), 8000)
    return tmp_path / "hum"
