"""Float samples of three axes through the firmware, against the host's simulation."""

from pathlib import Path

import numpy as np
import pytest

from moteflow import dsp
from moteflow.codegen import ApplicationConfig
from moteflow.composition import compose_application
from moteflow.errors import ProtocolError
from moteflow.firmware.application_image import build_application
from moteflow.firmware.emulator import run_files
from moteflow.firmware.streaming import compare_streams, heard, simulate, stream, stream_request
from moteflow.firmware.toolchain import find_board
from moteflow.graph import Rounding
from moteflow.models import FullyConnectedConfig
from moteflow.models import build as build_network
from moteflow.quantization import convert

RATE, LABELS = 100, ("still", "moving", "shaken")
TARGETS = ("host", "mps2_an385", "mps2_an386")


@pytest.fixture(scope="module")
def application(root: Path) -> ApplicationConfig:
    """Four frames of statistics per window, a window per frame; hardly any threshold."""
    overrides = ["features=flatten", f"task.sample_rate={RATE}", "task.window_samples=500"]
    events = ["task.smoothing_threshold=0.2", "task.suppression_samples=250"]
    step = ["task.step_samples=125", "features.frame_length=125", "features.hop_length=125"]
    return compose_application(root / "conf", LABELS, [*overrides, *events, *step])


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    """A minute of three axes, float32 [6000, 3], calm and wild by turns."""
    rng = np.random.default_rng(9)
    scale = np.repeat(rng.uniform(0.01, 10.0, 12), 500)[:, None]
    return (rng.normal(0, 1, (6000, 3)) * scale + [0, 0, 9.81]).astype(np.float32)


@pytest.fixture(scope="module")
def tflite(application: ApplicationConfig, samples: np.ndarray) -> bytes:
    """An untrained network, which no byte depends on."""
    windows = samples[: len(samples) // 500 * 500].reshape(-1, 500, 3)
    shape = application.feature_shape
    network = build_network(
        FullyConnectedConfig(units=8, hidden_layers=1, dropout=0.0), shape, len(LABELS), seed=0
    )
    return convert(network, dsp.extract(windows, application.features))


@pytest.mark.parametrize("target", TARGETS)
def test_float_samples_of_three_axes(
    target: str,
    root: Path,
    application: ApplicationConfig,
    tflite: bytes,
    samples: np.ndarray,
    tmp_path: Path,
) -> None:
    firmware, board = root / "firmware", find_board(target, root / "firmware")
    images = build_application(
        tflite, "sensor", application, board, Rounding.DOUBLE, firmware, tmp_path
    )
    host = simulate(tflite, application, samples, Rounding.DOUBLE)
    device, work = stream(board, images.files, application, samples, firmware)
    assert len(host.outputs) == 45 and len(host.events) > 5
    assert compare_streams(target, 60.0, host, device, work).equal

    for piece in (1, 7, 161):
        [response] = run_files(board, images.files, [stream_request(samples[:1500], piece)])
        assert heard(response)[0].events == tuple(e for e in host.events if e.sample <= 1500)

    spoiled = samples[:1000].copy()
    spoiled[700, 1] = np.nan
    [response] = run_files(board, images.files, [stream_request(spoiled, 800)])
    with pytest.raises(ProtocolError, match=r"e-\[sample\]"):
        heard(response)
    assert response.count(b"m-ready\r\n") == 5  # the rest of the refused samples is no command
