"""Signals and configurations that the tests of features share."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from moteflow.dsp import MfccConfig, MfeConfig

SAMPLE_RATE = 16000


@pytest.fixture(scope="session")
def mfe() -> MfeConfig:
    """The keyword task's log-mel energies."""
    return MfeConfig(
        sample_rate=SAMPLE_RATE,
        frame_length=640,
        hop_length=320,
        n_fft=1024,
        n_mels=40,
        fmin=20,
        fmax=7600,
        log_floor=1e-4,
    )


@pytest.fixture(scope="session")
def mfcc(mfe: MfeConfig) -> MfccConfig:
    """The keyword task's coefficients."""
    return MfccConfig(**vars(mfe), n_mfcc=10)


@pytest.fixture(scope="session")
def recordings(shared_data: Path) -> np.ndarray:
    """Real words, int16 [24, 16000], of many labels and speakers."""
    folder = shared_data / "audio" / "speech_commands_v0.02_testset"
    paths = [path for path in sorted(folder.rglob("*.wav")) if "_silence_" not in path.parts]
    clips = [soundfile.read(path, dtype="int16")[0] for path in paths[:: len(paths) // 24][:24]]
    return np.stack([np.resize(clip, SAMPLE_RATE) for clip in clips])


@pytest.fixture(scope="session")
def extremes() -> np.ndarray:
    """int16 [6, 4000]: silence, the largest signals, an impulse, the smallest signals."""
    signals = np.zeros((6, 4000), np.int16)
    signals[1] = np.where(np.arange(4000) // 8 % 2, 32767, -32768)
    signals[2] = -32768
    signals[3, 1000] = 32767
    signals[4] = np.where(np.arange(4000) % 2, 1, -1)
    signals[5] = 1
    return signals
