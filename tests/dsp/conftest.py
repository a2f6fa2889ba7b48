"""Signals and configurations that the tests of features share."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from moteflow.composition import compose_features
from moteflow.dsp.blocks.mfcc import MfccConfig
from moteflow.dsp.blocks.mfe import MfeConfig

SAMPLE_RATE = 16000


@pytest.fixture(scope="session")
def mfe(root: Path) -> MfeConfig:
    """The keyword task's log-mel energies."""
    config = compose_features(
        root / "conf", ["features=mfe", "features.fmax=7600", "features.log_floor=1e-4"]
    )
    assert isinstance(config, MfeConfig)
    return config


@pytest.fixture(scope="session")
def mfcc(root: Path) -> MfccConfig:
    """The keyword task's coefficients."""
    config = compose_features(
        root / "conf", ["features=mfcc", "features.fmax=7600", "features.log_floor=1e-4"]
    )
    assert isinstance(config, MfccConfig)
    return config


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
