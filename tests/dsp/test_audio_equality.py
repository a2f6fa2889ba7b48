"""Parameters that conf/features leaves alone are bit-equal on emulated cores too."""

from pathlib import Path

import numpy as np
import pytest

from moteflow.composition import compose_features
from moteflow.dsp import SampleType
from moteflow.firmware.features_bench import bench_features

CASES = [
    "features=mfcc window=povey window_periodic=false preemphasis=0.97 mel_triangles=bins log=db"
    " lifter=22 energy_c0=true n_mfcc=13",
    "features=mfe sample_type=float32 window=hamming spectrum=magnitude spectrum_scale=0.01"
    " log=log10 log_offset=1e-6 mel_scale=slaney mel_triangles=hz mel_norm=slaney",
    "features=spectrogram axis_scale=[1e-3,-0.5,64] preemphasis=0.5 window=rectangular fmin=500",
    "features=spectrogram sample_type=float32 axis_scale=[1.0,2.0] spectrum=magnitude log=none",
]


@pytest.mark.parametrize("target", ["microbit", "mps2_an386"])
@pytest.mark.parametrize("case", CASES)
def test_other_parameters(
    case: str, target: str, recordings: np.ndarray, extremes: np.ndarray, root: Path
) -> None:
    block, *changes = case.split()
    frames = ["frame_length=201", "hop_length=80", "n_fft=256", "fmax=8000"]
    if block != "features=spectrogram":
        frames.append("n_mels=20")
    overrides = [f"features.{change}" for change in (*frames, *changes)]
    config = compose_features(root / "conf", [block, *overrides])
    signals = np.concatenate([recordings[:4, 4000:8000], extremes])
    length = 4000 // config.n_axes
    windows = signals[:, : length * config.n_axes].reshape(-1, length, config.n_axes)
    if config.sample_type is SampleType.FLOAT32:
        windows = np.concatenate([windows / 32768, windows * 512, windows * 1e-38])
    windows = windows.astype(config.sample_type.value)
    assert bench_features(config, windows, target, root / "firmware").mismatches == 0
