"""Elementwise layers of a real int16 network: the C equals TFLM on the inputs that came with it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moteflow.graph import import_tflite

FOLDERS = ("add", "sub", "leaky_relu", "quantize")


def cases_of(path: Path) -> list[list[np.ndarray]]:
    """One case: the CSV files of the model's inputs."""
    graph = import_tflite(path.read_bytes())
    case = []
    for position, i in enumerate(graph.inputs):
        tensor = graph.tensors[i]
        file = path.with_name(f"{path.stem}_input{position}_{tensor.dtype}.csv")
        case.append(np.loadtxt(file, tensor.dtype, delimiter=",").reshape(tensor.shape))
    return [case]


@pytest.mark.parametrize("folder", FOLDERS)
def test_host(folder: str, shared_data: Path, run_generated: Any, run_reference: Any) -> None:
    for path in sorted((shared_data / "models/seanet" / folder).glob("*.tflite")):
        cases = cases_of(path)
        actual = run_generated(path.read_bytes(), cases)
        expected = run_reference(path.read_bytes(), cases)
        np.testing.assert_array_equal(actual[0][0], expected[0][0].ravel(), path.stem)


@pytest.mark.parametrize("name", ["add/add8", "sub/sub0", "leaky_relu/leaky_relu8"])
def test_target(name: str, shared_data: Path, run_generated: Any, run_reference: Any) -> None:
    path = shared_data / "models/seanet" / f"{name}.tflite"
    cases = cases_of(path)
    actual = run_generated(path.read_bytes(), cases, target="mps2_an386")
    expected = run_reference(path.read_bytes(), cases)
    np.testing.assert_array_equal(actual[0][0], expected[0][0].ravel())
