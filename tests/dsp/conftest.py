"""Signals and configurations that the tests of features share."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from moteflow.composition import compose_features
from moteflow.dsp.blocks.mfcc import MfccConfig
from moteflow.dsp.blocks.mfe import MfeConfig
from moteflow.dsp.blocks.wavelet import WaveletConfig

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
def wavelet(root: Path) -> WaveletConfig:
    """Three levels of db4 on three axes."""
    config = compose_features(root / "conf", ["features=wavelet"])
    assert isinstance(config, WaveletConfig)
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


@pytest.fixture(scope="session")
def movements(shared_data: Path) -> np.ndarray:
    """Real windows, float32 [200, 125, 3]: people (m/s^2, some 100 Hz) and a fan (g, 200 Hz)."""
    people = sorted((shared_data / "motion" / "geotec_har").glob("s*/*.csv"))[:90]
    fans = sorted((shared_data / "vibration" / "ceiling_fan").glob("*/*.csv"))[::10][:110]
    windows = [
        np.loadtxt(path, np.float32, delimiter=",", skiprows=1, usecols=(0, 1, 2))[-125:]
        for path in people + fans
    ]
    return np.stack(windows)


@pytest.fixture(scope="session")
def movements_int16(shared_data: Path) -> np.ndarray:
    """Real windows, int16 [195, 125, 3]: people running, standing and walking (mg, 26 Hz)."""
    paths = sorted((shared_data / "motion" / "st_har").glob("*/*.csv"))
    records = [np.loadtxt(path, np.int16, delimiter=",")[:375] for path in paths]
    return np.concatenate(records).reshape(-1, 125, 3)


@pytest.fixture(scope="session")
def sensor_extremes() -> np.ndarray:
    """float32 [9, 125, 3]: nothing, constants, the largest and the smallest signals accepted."""
    largest, smallest = np.float32(2.0**24), np.float32(2.0**-149)
    square = np.where(np.arange(125) // 8 % 2, 1, -1).astype(np.float32)[:, None]
    noise = np.random.default_rng(3).integers(-3, 4, (125, 3)).astype(np.float32)
    signals = np.zeros((9, 125, 3), np.float32)
    signals[1] = 0.1
    signals[2] = largest
    signals[3] = largest * square
    signals[4, 0] = largest
    signals[5, -1] = (-largest, smallest, -smallest)
    signals[6] = smallest * square
    signals[7] = noise * smallest
    signals[8] = largest - 3 + noise
    return signals
