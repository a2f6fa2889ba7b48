"""The host's bytes of normalized features on cores with and without floating-point hardware."""

from pathlib import Path

import numpy as np
import pytest

from moteflow.dsp import CmvnConfig, CmvnMode, normalize
from moteflow.dsp.native import LIBRARY_FOLDER
from moteflow.firmware.bare_image import (
    compile_for,
    compiler,
    include_flags,
    link_flags,
    port_source,
)
from moteflow.firmware.emulator import run_files
from moteflow.firmware.toolchain import find_board

SOURCES = [
    Path(__file__).with_name("target") / "cmvn.c",
    LIBRARY_FOLDER / "mote_cmvn.c",
    LIBRARY_FOLDER / "mote_sqrt.c",
]


def windows() -> np.ndarray:
    """Rows as of MFCC, and rows that are constant, tiny or huge: float32 [6, 30, 13]."""
    features = np.random.default_rng(0).normal(-9, 3, (6, 30, 13)).astype(np.float32)
    features[1, :, :5] = -18.420681
    features[2] *= np.float32(1e-38)
    features[3] *= np.float32(2.0**90)
    return features


@pytest.mark.parametrize("target", ["microbit", "mps2_an385", "mps2_an386", "mps3_an547"])
def test_a_core_normalizes_to_the_hosts_bytes(target: str, root: Path, tmp_path: Path) -> None:
    firmware = root / "firmware"
    board, elf = find_board(target, firmware), tmp_path / "cmvn.elf"
    sources = [*map(str, SOURCES), str(port_source(board, firmware))]
    flags = ["-O2", "-ffp-contract=off", *include_flags(firmware), f"-I{LIBRARY_FOLDER}"]
    command = [*compiler(board), *flags, *link_flags(board, firmware), *sources, "-o", str(elf)]
    compile_for(board, command, "The test")
    features = windows()
    [response] = run_files(board, elf, [[features.astype("<f4").tobytes()]])
    modes = (CmvnMode.WINDOW, CmvnMode.SLIDING)
    expected = np.stack([normalize(features, CmvnConfig(mode, True, 7)) for mode in modes], axis=1)
    assert response == expected.astype("<f4").tobytes()
