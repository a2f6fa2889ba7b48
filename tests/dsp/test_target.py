"""The same bytes on emulated Cortex-M cores, with and without floating-point hardware, for
parameters and samples that test_equality.py does not have.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moteflow.dsp import FeatureConfig, extract
from moteflow.dsp.blocks.mfcc import MfccConfig
from moteflow.firmware.features_image import build_features_image
from moteflow.firmware.toolchain import PACKAGED_FIRMWARE

CORES = ("microbit", "mps2_an385", "mps2_an386", "mps2_an500")


def emulate(target: str, samples: np.ndarray, config: FeatureConfig, folder: Path) -> bytes:
    """The feature bytes that an emulated board computes from a stream of samples."""
    block = config.describe()
    image = build_features_image(block, len(samples), target, PACKAGED_FIRMWARE, folder / "image")
    [answer] = image.run(samples[None])
    return answer.values.tobytes()


@pytest.mark.parametrize("machine", sorted(CORES))
def test_a_core_computes_the_hosts_bytes(
    machine: str,
    recordings: np.ndarray,
    extremes: np.ndarray,
    mfcc: MfccConfig,
    tmp_path: Path,
) -> None:
    samples = np.concatenate([*recordings[:2], *extremes])
    config = replace(mfcc, log_floor=float(np.finfo(np.float32).tiny))
    expected = extract(samples[None], config)
    assert emulate(machine, samples, config, tmp_path) == expected.astype("<f4").tobytes()
