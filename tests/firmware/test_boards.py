"""A generated model on every board: the linked firmware must return the host's very bytes.

Expected values come from elsewhere than the firmware: logits from TFLM's reference kernels. The
network is untrained, which no byte depends on.
"""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from moteflow import dsp
from moteflow.codegen import ApplicationConfig, find_architecture, generate
from moteflow.composition import compose_features
from moteflow.errors import ProtocolError
from moteflow.firmware import Images, Mismatches, Vectors, build, measure, verify
from moteflow.firmware.client import connect
from moteflow.firmware.emulator import run_files, serial_port
from moteflow.firmware.toolchain import find_board
from moteflow.firmware.transcript import parse_bulk, samples_command
from moteflow.models import TinyConvConfig
from moteflow.models import build as build_network
from moteflow.quantization import convert, input_quantization, run_reference

SAMPLE_RATE, N_CLIPS = 16000, 6
CONF = Path(__file__).resolve().parents[2] / "conf"
FEATURES = compose_features(CONF, ["features=mfcc", "features.log_floor=1e-4"])
LABELS = ("yes", "no", "_unknown_")
EMULATED = (
    "stm32f405",
    "microbit",
    "mps2_an385",
    "mps2_an386",
    "mps2_an500",
    "mps2_an505",
    "mps3_an547",
)


APPLICATION = ApplicationConfig(
    labels=LABELS,
    sample_rate=SAMPLE_RATE,
    window_samples=SAMPLE_RATE,
    step_samples=SAMPLE_RATE // 2,
    smoothing_windows=3,
    smoothing_threshold=0.7,
    suppression_samples=SAMPLE_RATE,
    background_labels=("_silence_",),
    features=FEATURES,
    params_sha256="0" * 64,
)


def recordings() -> np.ndarray:
    """Chirps in noise, silence, and full-scale noise: int16 [N_CLIPS, SAMPLE_RATE]."""
    rng = np.random.default_rng(11)
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    pitch = rng.uniform(80, 3000, (N_CLIPS, 1)) * (1 + time * rng.uniform(0, 1, (N_CLIPS, 1)))
    clips = 9000 * np.sin(2 * np.pi * pitch * time) + rng.normal(0, 300, (N_CLIPS, SAMPLE_RATE))
    clips[-2] = 0
    clips[-1] = rng.choice([-32768, 32767], SAMPLE_RATE)
    return clips.astype(np.int16)


@pytest.fixture(scope="module")
def tflite() -> bytes:
    shape = dsp.feature_shape(FEATURES, SAMPLE_RATE)
    network = build_network(TinyConvConfig(filters=8, dropout=0.0), shape, len(LABELS), seed=0)
    return convert(network, dsp.extract(recordings(), FEATURES))


@pytest.fixture(scope="module")
def vectors(tflite: bytes) -> Vectors:
    samples = recordings()
    features = dsp.extract(samples, FEATURES)
    quantization = input_quantization(tflite)
    inputs = dsp.quantize(features, FEATURES, quantization.scale, quantization.zero_point)
    logits = run_reference(tflite, inputs)
    return Vectors(samples, features, inputs, logits, np.arange(N_CLIPS) % len(LABELS))


@pytest.fixture(scope="module")
def project(root: Path, tflite: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of firmware/, and beside it the model and its application."""
    project = tmp_path_factory.mktemp("boards") / "firmware"
    skipped = shutil.ignore_patterns(".pio", "model", "test")
    shutil.copytree(root / "firmware", project, ignore=skipped)
    (project.parent / "model.tflite").write_bytes(tflite)
    return project


def images(target: str, project: Path) -> Images:
    """The images of a target, generated and built on first use."""
    folder = project.parent / target
    if not folder.exists():
        tflite = (project.parent / "model.tflite").read_bytes()
        architecture = find_architecture(find_board(target, project).cpu)
        library = project / "lib" / "model"
        generate(tflite, "tiny_conv", APPLICATION, architecture, None, library)
        build(target, project, folder)
    return Images.of(folder)


@pytest.mark.parametrize("target", EMULATED)
def test_board_returns_the_very_bytes(target: str, project: Path, vectors: Vectors) -> None:
    built = images(target, project)
    report = verify(built, target, project, vectors, n_serial=1, n_counted=2)
    assert report.mismatches == Mismatches()
    assert report.labels == tuple(vectors.labels)
    assert report.device_accuracy == np.mean(vectors.labels == vectors.targets)
    assert (report.clips, report.serial_clips, report.counted_clips) == (N_CLIPS, 1, 2)
    sizes = measure(built.serial)
    assert report.stack_bytes is not None and 0 < report.stack_bytes < sizes.stack_limit_bytes
    assert report.profile is not None
    assert list(report.layers) == [layer.name for layer in sizes.layers]
    assert sum(report.layers.values()) <= report.profile.inference.maximum
    assert all(layer.instructions.minimum > 0 for layer in report.profile.layers)


def test_host_returns_the_very_bytes(project: Path, vectors: Vectors) -> None:
    report = verify(images("host", project), "host", project, vectors, n_serial=2, n_counted=2)
    assert report.mismatches == Mismatches()
    assert report.labels == tuple(vectors.labels)


def test_verifying_twice_gives_the_same_report(project: Path, vectors: Vectors) -> None:
    built = images("stm32f405", project)
    first, second = (verify(built, "stm32f405", project, vectors, 0, 2) for _ in range(2))
    assert first == second


def test_one_changed_bit_is_one_mismatch(project: Path, vectors: Vectors) -> None:
    features = vectors.features.copy()
    features.view(np.uint32)[3, 40, 7] ^= 1
    changed = dataclasses.replace(vectors, features=features)
    report = verify(images("host", project), "host", project, changed, 0, 0)
    assert report.mismatches == Mismatches(feature_bytes=1, clips=1, first_clips=(3,))


@pytest.mark.parametrize("target", ["host", "stm32f405"])
def test_spoiled_samples_are_refused(target: str, project: Path, vectors: Vectors) -> None:
    spoiled = bytearray(samples_command(vectors.samples[0]))
    spoiled[100] ^= 4
    board = find_board(target, project)
    (response,) = run_files(board, images(target, project).files, [[bytes(spoiled)]])
    with pytest.raises(ProtocolError, match=r"e-\[crc\]"):
        parse_bulk(response)
    (response,) = run_files(board, images(target, project).files, [[bytes(spoiled[:-2])]])
    with pytest.raises(ProtocolError, match=r"e-\[truncated\]"):
        parse_bulk(response)


def test_board_goes_on_after_a_command_that_it_refuses(project: Path, vectors: Vectors) -> None:
    board = find_board("mps2_an386", project)
    with (
        serial_port(board, images("mps2_an386", project).serial) as url,
        connect(url) as device,
    ):
        assert device.ask(b"sing%") == ("e-[unknown command]",)
        assert device.ask(samples_command(vectors.samples[0][:9])[:-4] + b"1234") == ("e-[crc]",)
        assert device.classify(vectors.samples[0][:800]) == ()
        assert 0 < device.peak_stack() < 16384
