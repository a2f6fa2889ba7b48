"""SOFTMAX of int8 and int16 over random rows, against TFLM's reference kernels."""

from typing import Any

import numpy as np
import pytest

from moteflow.errors import GraphError
from moteflow.graph import import_tflite

OUTPUTS = {
    ("int8", "int8"): (2.0**-8, -128),
    ("int8", "int16"): (2.0**-16, -32768),
    ("int16", "int16"): (2.0**-15, 0),
}
SHAPES = [(1,), (2, 3), (1, 12), (3, 1, 40), (1, 300)]


def add(
    model: Any, dtypes: tuple[str, str], shape: tuple[int, ...], scale: float, beta: float
) -> tuple[int, int]:
    zero_point = -3 if dtypes[0] == "int8" else 0
    source = model.tensor(shape, dtypes[0], scale, zero_point)
    output = model.tensor(shape, dtypes[1], *OUTPUTS[dtypes])
    model.op("SOFTMAX", [source], output, beta=beta)
    return source, output


def build(builder: Any, dtypes: tuple[str, str]) -> bytes:
    model = builder()
    scales = [1e-6, 0.001, 0.1, 3.0] if dtypes[0] == "int8" else [1e-8, 1e-5, 0.001, 0.1]
    layers = [
        add(model, dtypes, shape, scale, beta)
        for shape in SHAPES
        for scale in scales
        for beta in ((1.0, 0.3) if scale != 3.0 else (1.0,))
    ]
    return model.build([layer[0] for layer in layers], [layer[1] for layer in layers])


@pytest.mark.parametrize("dtypes", OUTPUTS, ids="-".join)
def test_host(builder: Any, equals_reference: Any, dtypes: tuple[str, str]) -> None:
    equals_reference(build(builder, dtypes), n_cases=8, sanitize=True)


@pytest.mark.parametrize("dtypes", OUTPUTS, ids="-".join)
def test_close_values(
    builder: Any, run_generated: Any, run_reference: Any, dtypes: tuple[str, str]
) -> None:
    """Rows whose elements compete, which uniformly random rows of int16 rarely do."""
    model = builder()
    source, output = add(model, dtypes, (50, 20), 0.05 if dtypes[0] == "int8" else 2e-4, 1.0)
    tflite = model.build([source], [output])
    rng = np.random.default_rng(0)
    spread = 20 if dtypes[0] == "int8" else 8000
    cases = [[rng.normal(0, spread, (50, 20)).astype(dtypes[0])] for _ in range(10)]
    actual, expected = run_generated(tflite, cases), run_reference(tflite, cases)
    np.testing.assert_array_equal(np.ravel(actual), np.ravel(expected))


@pytest.mark.parametrize("target", ["mps2_an386", "microbit"])
def test_target(builder: Any, equals_reference: Any, target: str) -> None:
    model = builder()
    layers = [
        add(model, dtypes, (2, 10), 0.1 if dtypes[0] == "int8" else 1e-3, 1.0) for dtypes in OUTPUTS
    ]
    tflite = model.build([layer[0] for layer in layers], [layer[1] for layer in layers])
    equals_reference(tflite, target=target)


@pytest.mark.parametrize("dtypes", OUTPUTS, ids="-".join)
def test_in_place(builder: Any, equals_reference: Any, dtypes: tuple[str, str]) -> None:
    """Its input dies with it, and the output may take its place."""
    model = builder()
    source = model.tensor((4, 9), dtypes[0], 0.1)
    middle = model.tensor((4, 9), dtypes[0], 0.09)
    model.op("LEAKY_RELU", [source], middle, alpha=0.5)
    output = model.tensor((4, 9), dtypes[1], *OUTPUTS[dtypes])
    model.op("SOFTMAX", [middle], output, beta=0.01)
    equals_reference(model.build([source], [output]), sanitize=True)


@pytest.mark.parametrize(
    ("shape", "scale", "zero_point", "message"),
    [
        ((1, 4), 1 / 128, -128, "must have the scale"),
        ((1, 4), 1 / 256, 0, "must have the scale"),
        ((1, 4096), 1 / 256, -128, "4095"),
        ((), 1 / 256, -128, "shape"),
    ],
)
def test_refusals(
    builder: Any, shape: tuple[int, ...], scale: float, zero_point: int, message: str
) -> None:
    model = builder()
    source, output = model.tensor(shape), model.tensor(shape, scale=scale, zero_point=zero_point)
    model.op("SOFTMAX", [source], output, beta=1.0)
    with pytest.raises(GraphError, match=message):
        import_tflite(model.build([source], [output]))
