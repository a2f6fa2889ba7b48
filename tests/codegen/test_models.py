"""Whole models: the generated C, compiled for the host, equals TFLM byte for byte."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from moteflow.codegen import Architecture, plan_model

MODELS = (
    "mlonmcu/aww/aww",
    "mlonmcu/bigsine_quant/bigsine_quant",
    "mlonmcu/cnn_s_quantized/cnn_s_quantized",
    "mlonmcu/micro_speech_custom/micro_speech_custom",
    "mlonmcu/sine_model/hello_world",
    "mlperf/ad01_int8",
    "mlperf/kws_ref_model",
    "mltk/audio_example1",
    "mltk/fingerprint_signature_generator",
    "mltk/image_example1",
    "mltk/keyword_spotting_on_off",
    "mltk/tflite_micro_speech",
    "packt/cifar10_int8",
    "tflm/hello_world_int8",
    "tflm/micro_speech_quantized",
    "tflm/simple_add_model",
)
LAYERS = tuple(f"mlonmcu/layers/aww_layer{i}" for i in range(13)) + tuple(
    f"mlonmcu/layers/toycar_layer{i}" for i in range(10)
)
SANITIZED = ("mlperf/kws_ref_model", "tflm/micro_speech_quantized", "tflm/simple_add_model")


def golden_cases(path: Path) -> tuple[list[list[np.ndarray]], list[np.ndarray]]:
    """Inputs and outputs made with the TFLM reference interpreter: in{j}_{k}, out{j}_{k}."""
    with np.load(path) as arrays:
        n_cases = len([name for name in arrays if name.startswith("out0_")])
        n_inputs = len([name for name in arrays if name.startswith("in") and name.endswith("_0")])
        inputs = [[arrays[f"in{j}_{k}"] for j in range(n_inputs)] for k in range(n_cases)]
        return inputs, [arrays[f"out0_{k}"] for k in range(n_cases)]


@pytest.mark.parametrize("name", MODELS + LAYERS)
def test_generated_c_equals_the_golden_outputs(
    name: str, shared_data: Path, run_generated: Callable
) -> None:
    path = shared_data / "models" / f"{name}.tflite"
    inputs, expected = golden_cases(path.with_suffix(".golden.npz"))

    actual = run_generated(path.read_bytes(), inputs, sanitize=name in SANITIZED)

    for case, values in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(case[0], values.ravel())


@pytest.mark.parametrize("name", ["mlperf/kws_ref_model", "mlperf/ad01_int8"])
def test_generated_c_equals_tflm_on_random_inputs(
    name: str, shared_data: Path, run_generated: Callable, run_reference: Callable
) -> None:
    tflite = (shared_data / "models" / f"{name}.tflite").read_bytes()
    shape = (1, 49, 10, 1) if "kws" in name else (1, 640)
    rng = np.random.default_rng(1)
    cases = [[rng.integers(-128, 128, shape, np.int8)] for _ in range(20)]

    actual, expected = run_generated(tflite, cases), run_reference(tflite, cases)

    for case, values in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(case[0], values[0].ravel())


def test_arena_of_the_keyword_network(shared_data: Path) -> None:
    content = (shared_data / "models/mlperf/kws_ref_model.tflite").read_bytes()
    _, plan = plan_model(content, Architecture.PORTABLE)
    assert (plan.arena_size, plan.lower_bound) == (8576, 8576)
