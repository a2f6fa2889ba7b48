from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from moteflow import dsp
from moteflow.composition import compose_features
from moteflow.errors import QuantizationError
from moteflow.models import predict
from moteflow.quantization import Quantization, input_quantization, run_reference

Network = Callable[[str], tuple[Any, bytes]]


@pytest.mark.parametrize("name", ["ds_cnn", "tiny_conv", "fully_connected"])
def test_int8_stays_near_the_float_network(
    network: Network, features: npt.NDArray[np.float32], root: Path, name: str
) -> None:
    model, tflite = network(name)
    quantization = input_quantization(tflite)
    config = compose_features(root / "conf")
    inputs = dsp.quantize(features, config, quantization.scale, quantization.zero_point)

    logits = run_reference(tflite, inputs)

    assert (logits.dtype, logits.shape) == (np.int8, (60, 4))
    probabilities = (logits.astype(np.float64) + 128) / 256
    assert np.abs(probabilities - predict(model, features)).mean() < 0.02


def test_golden_outputs_of_a_published_network(shared_data: Path) -> None:
    folder = shared_data / "models" / "mlperf"
    tflite = (folder / "kws_ref_model.tflite").read_bytes()
    golden = np.load(folder / "kws_ref_model.golden.npz")
    cases = sorted(key for key in golden.files if key.startswith("in"))
    inputs = np.concatenate([golden[key] for key in cases])
    expected = np.concatenate([golden[key.replace("in", "out", 1)] for key in cases])

    np.testing.assert_array_equal(run_reference(tflite, inputs), expected)


def test_scale_and_zero_point_are_read_from_the_file(shared_data: Path) -> None:
    tflite = (shared_data / "models" / "mlperf" / "kws_ref_model.tflite").read_bytes()

    quantization = input_quantization(tflite)

    assert quantization == Quantization(pytest.approx(0.584703, abs=1e-6), 83)


def test_a_float_input_is_refused(shared_data: Path) -> None:
    tflite = (shared_data / "models" / "mltk" / "tflite_micro_magic_wand.tflite").read_bytes()

    with pytest.raises(QuantizationError, match="Received: float32"):
        input_quantization(tflite)


def test_inputs_of_another_shape_are_refused(network: Network) -> None:
    with pytest.raises(QuantizationError, match=r"\[n, 49, 10, 1\]"):
        run_reference(network("tiny_conv")[1], np.zeros((2, 49, 12), dtype=np.int8))
    with pytest.raises(QuantizationError, match="Received: float32"):
        run_reference(network("tiny_conv")[1], np.zeros((2, 49, 10), dtype=np.float32))


def test_a_network_the_interpreter_refuses_is_an_error(shared_data: Path) -> None:
    tflite = (shared_data / "models" / "mlperf" / "kws_ref_model_float32.tflite").read_bytes()

    with pytest.raises(QuantizationError, match="reference interpreter must accept"):
        run_reference(tflite, np.zeros((1, 49, 10), dtype=np.int8))
