"""Every group of spectral features, after decimation: the same bytes on emulated cores."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moteflow.composition import compose_features
from moteflow.dsp import Arithmetic, SampleType
from moteflow.dsp.blocks.spectral import SpectralConfig, SpectralMoment
from moteflow.dsp.spectral_tables import Average
from moteflow.firmware.features_bench import count_mismatches, expected_values
from moteflow.firmware.features_image import build_features_image

CORES = ("microbit", "mps2_an385", "mps2_an386")


@pytest.fixture(scope="module")
def spectral(root: Path) -> SpectralConfig:
    """Three axes at 50 Hz after decimation."""
    config = compose_features(root / "conf", ["features=spectral"])
    assert isinstance(config, SpectralConfig)
    return replace(
        config,
        decimation=2,
        filter_cutoff=10.0,
        n_fft=32,
        overlap=24,
        average=Average.MAX,
        spectral_moments=tuple(SpectralMoment),
        bands=((0.0, 5.0), (5.0, 25.0)),
        n_peaks=3,
        axis_scale=(0.5, -2.0, 0.001),
        log_floor=float(np.finfo(np.float32).tiny),
    )


def mismatches(
    config: SpectralConfig, windows: np.ndarray, target: str, root: Path, to: Path
) -> int:
    """Bytes that differ from this machine's."""
    image = build_features_image(
        config.describe(), windows.shape[1], target, root / "firmware", to / "image"
    )
    return count_mismatches(image.run(windows), expected_values(config, windows))


@pytest.mark.parametrize("target", CORES)
def test_a_core_computes_the_hosts_float_features(
    target: str,
    movements: np.ndarray,
    sensor_extremes: np.ndarray,
    spectral: SpectralConfig,
    root: Path,
    tmp_path: Path,
) -> None:
    windows = np.concatenate([movements[::8], sensor_extremes])
    assert mismatches(spectral, windows, target, root, tmp_path) == 0


@pytest.mark.parametrize("target", CORES)
def test_a_core_computes_the_hosts_fixed_features(
    target: str,
    movements_int16: np.ndarray,
    spectral: SpectralConfig,
    root: Path,
    tmp_path: Path,
) -> None:
    n = np.arange(125)
    square, step = np.where(n // 3 % 2, -32768, 32767), np.where(n == 60, 32767, -32768)
    extremes = np.stack([square, step, -(n % 2)], axis=1).astype(np.int16)
    windows = np.concatenate([movements_int16[::8], extremes[None], 0 * extremes[None]])
    config = replace(spectral, sample_type=SampleType.INT16, arithmetic=Arithmetic.FIXED)
    assert mismatches(config, windows, target, root, tmp_path) == 0
