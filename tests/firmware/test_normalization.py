"""Normalized features through the firmware: the host's very bytes, in clips and in a long stream.

The network is untrained, which no byte depends on.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from moteflow import dsp
from moteflow.codegen import ApplicationConfig
from moteflow.composition import compose_application
from moteflow.firmware import Images, Mismatches, Vectors, measure, verify
from moteflow.firmware.application_image import build_application
from moteflow.firmware.streaming import compare_streams, simulate, stream
from moteflow.firmware.toolchain import find_board
from moteflow.graph import Rounding
from moteflow.models import TinyConvConfig
from moteflow.models import build as build_network
from moteflow.quantization import convert, input_quantization, run_reference

LABELS = ("yes", "no", "_unknown_")
MODES = ("window", "sliding", "training")
TARGETS = ("host", "microbit")
"""microbit: a core without floating-point hardware."""
OVERRIDES = ["features.log_floor=1e-4", "task.step_samples=4800", "task.smoothing_threshold=0.2"]


def recording() -> np.ndarray:
    """Four seconds that grow louder and louder, in which the model hears something: int16 [n]."""
    rng = np.random.default_rng(5)
    time = np.arange(64000) / 16000
    tone = np.sin(2 * np.pi * (200 + 600 * np.sin(time)) * time)
    return ((rng.normal(0, 0.2, time.size) + tone) * 500 * 2**time).astype(np.int16)


CLIPS = recording()[: 3 * 16000].reshape(3, 16000)


@cache
def application_of(conf: Path, mode: str) -> ApplicationConfig:
    """Keyword spotting, with the clips as the training set."""
    plain = compose_application(conf, LABELS, OVERRIDES)
    statistics = dsp.measure_statistics(dsp.extract(CLIPS, plain.features))
    return compose_application(conf, LABELS, [*OVERRIDES, f"cmvn={mode}"], statistics)


@cache
def model_of(application: ApplicationConfig) -> bytes:
    network = build_network(
        TinyConvConfig(filters=8, dropout=0.0), application.feature_shape, len(LABELS), seed=0
    )
    return convert(network, application.frontend.extract(CLIPS))


@pytest.fixture(scope="module", params=MODES)
def application(request: pytest.FixtureRequest, root: Path) -> ApplicationConfig:
    return application_of(root / "conf", request.param)


@pytest.fixture(scope="module", params=TARGETS)
def target(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def images(
    application: ApplicationConfig,
    target: str,
    root: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Images:
    firmware = root / "firmware"
    return build_application(
        model_of(application),
        "normalized",
        application,
        find_board(target, firmware),
        Rounding.DOUBLE,
        firmware,
        tmp_path_factory.mktemp("normalized"),
    )


def test_clips(application: ApplicationConfig, target: str, images: Images, root: Path) -> None:
    tflite = model_of(application)
    quantization = input_quantization(tflite)
    features = dsp.extract(CLIPS, application.features)
    inputs = application.frontend.quantize(features, quantization.scale, quantization.zero_point)
    vectors = Vectors(CLIPS, features, inputs, run_reference(tflite, inputs), np.arange(3))
    report = verify(images, target, root / "firmware", vectors, n_serial=1, n_counted=1)
    assert report.mismatches == Mismatches()


def test_windows_of_a_stream(
    application: ApplicationConfig, target: str, images: Images, root: Path
) -> None:
    firmware, samples = root / "firmware", recording()
    host = simulate(model_of(application), application, samples, Rounding.DOUBLE)
    device, _ = stream(find_board(target, firmware), images.files, application, samples, firmware)
    assert len(host.outputs) == 11 and host.events
    assert compare_streams(target, 4.0, host, device, None).equal


@pytest.mark.parametrize("target", ["microbit"], indirect=True)
def test_ram_is_what_the_mode_needs(
    application: ApplicationConfig, target: str, images: Images, root: Path, tmp_path: Path
) -> None:
    firmware, board = root / "firmware", find_board(target, root / "firmware")
    plain = compose_application(root / "conf", LABELS, OVERRIDES)
    built = build_application(
        model_of(application), "plain", plain, board, Rounding.DOUBLE, firmware, tmp_path
    )
    n_frames, n_features = application.feature_shape
    floats = {
        dsp.CmvnMode.WINDOW: n_frames * n_features + n_frames,
        dsp.CmvnMode.SLIDING: application.frontend.cmvn.n_frames * n_features + n_features + 3,
        dsp.CmvnMode.TRAINING: n_features,
    }[application.frontend.cmvn.mode]
    added = measure(images.serial).ram_bytes - measure(built.serial).ram_bytes
    assert abs(added - 4 * floats) < 16
