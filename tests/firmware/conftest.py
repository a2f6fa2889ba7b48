"""Small images for an emulated board, and a fake device that runs as a program."""

import importlib.util
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from moteflow.firmware.vectors import Vectors

FOLDER = Path(__file__).parent / "emulation"
WINDOW_SAMPLES, N_FRAMES, N_CLIPS = 400, 10, 7


@pytest.fixture(scope="session")
def firmware_dir(root: Path) -> Path:
    return root / "firmware"


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Links one of emulation/*.c for a Cortex-M4 with its memory at mps2_an386's addresses."""
    built: dict[str, Path] = {}
    script = FOLDER / "image.ld"
    flags = "-std=c11 -Wall -Wextra -Wconversion -Werror -Os -mcpu=cortex-m4 -mthumb"
    flags += " -nostdlib -ffreestanding"

    def link(name: str) -> Path:
        if name not in built:
            source = FOLDER / f"{name}.c"
            built[name] = tmp_path_factory.mktemp("image") / f"{name}.elf"
            subprocess.run(
                ["arm-none-eabi-gcc", *flags.split(), "-T", script, "-o", built[name], source],
                check=True,
            )
        return built[name]

    return link


@pytest.fixture
def fake_device(tmp_path: Path) -> Callable[..., Path]:
    """Makes a program out of emulation/fake_device.py that misbehaves as asked."""

    def make(fault: str = "none", clip: int = 0) -> Path:
        words = [sys.executable, FOLDER / "fake_device.py", WINDOW_SAMPLES, N_FRAMES, fault, clip]
        program = tmp_path / "firmware.elf"
        program.write_text(f"#!/bin/sh\nexec {shlex.join(map(str, words))}\n")
        program.chmod(0o755)
        return program

    return make


@pytest.fixture(scope="session")
def vectors() -> Vectors:
    """Random clips, with what the fake device answers to them."""
    spec = importlib.util.spec_from_file_location("fake_device", FOLDER / "fake_device.py")
    assert spec is not None and spec.loader is not None
    fake = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fake)
    samples = np.random.default_rng(3).integers(-32768, 32768, (N_CLIPS, WINDOW_SAMPLES), np.int16)
    features = np.stack([fake.features_of(clip, N_FRAMES) for clip in samples])
    inputs = np.stack([fake.inputs_of(clip) for clip in features])
    logits = np.stack([fake.logits_of(clip) for clip in inputs])
    targets = np.argmax(logits, axis=1).astype(np.int64)
    targets[0] = (targets[0] + 1) % 3  # the model is wrong once
    return Vectors(samples, features, inputs, logits, targets)
