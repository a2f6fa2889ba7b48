"""What conf/features leaves out of the wavelet block is bit-equal on emulated cores too."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moteflow.dsp.blocks.wavelet import WaveletConfig, WaveletMode
from moteflow.dsp.statistics import Statistic
from moteflow.firmware.features_bench import bench_features


@pytest.mark.parametrize("target", ["microbit", "mps2_an385", "mps2_an386"])
@pytest.mark.parametrize("mode", WaveletMode)
def test_all_statistics_in_every_mode(
    mode: WaveletMode,
    target: str,
    movements: np.ndarray,
    sensor_extremes: np.ndarray,
    wavelet: WaveletConfig,
    root: Path,
) -> None:
    config = replace(wavelet, mode=mode, statistics=tuple(Statistic))
    windows = np.concatenate([movements[::8], sensor_extremes])
    assert bench_features(config, windows, target, root / "firmware").mismatches == 0
