"""QUANTIZE and DEQUANTIZE between all formats that TFLM has, and models with float borders."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from moteflow.errors import UnsupportedOpError
from moteflow.graph import import_tflite

PAIRS = [
    ("int8", "int8"),
    ("int8", "uint8"),
    ("uint8", "int8"),
    ("int8", "int16"),
    ("int8", "int32"),
    ("int16", "int8"),
    ("int16", "int16"),
    ("int16", "int32"),
    ("int32", "int8"),
    ("int32", "int16"),
]
ZERO_POINTS = {
    "int8": [-128, 0, 5, 127],
    "uint8": [0, 128, 255, 7],
    "int16": [0, -32768],
    "int32": [0],
}
SCALES = {"int8": 0.05, "uint8": 0.05, "int16": 0.0002, "int32": 1.5e-7}
RATIOS = [0.3, 1.0, 2.0, 77.0]
TARGETS = ["mps2_an386", "microbit", "mps3_an547"]


def values_of(dtype: str) -> np.ndarray:
    if dtype == "float32":
        rng = np.random.default_rng(0)
        ties = np.arange(-300, 300) * 0.5
        return np.concatenate([ties, rng.normal(size=500) * 40, [1e6, -1e6, 0.0]]).astype(dtype)
    limits = np.iinfo(dtype)
    if limits.bits == 8:
        return np.arange(limits.min, limits.max + 1, dtype=dtype)
    rng = np.random.default_rng(0)
    drawn = rng.integers(limits.min, limits.max, 1000, dtype=dtype)
    ends = np.array([limits.min, limits.max, -1, 0, 1], dtype)
    return np.concatenate([drawn, drawn >> (limits.bits // 2), ends])


def check(
    builder: Any,
    run_generated: Any,
    run_reference: Any,
    layers: Sequence[tuple[str, str, str, float, int, float, int]],
    target: str = "host",
) -> None:
    """Layers (kind, dtypes, scale and zero point of input and output) on all their values."""
    model = builder()
    inputs, outputs, case = [], [], []
    for kind, source, destination, scale, zero, out_scale, out_zero in layers:
        case.append(values_of(source))
        inputs.append(model.tensor(case[-1].shape, source, scale, zero))
        outputs.append(model.tensor(case[-1].shape, destination, out_scale, out_zero))
        model.op(kind, inputs[-1:], outputs[-1])
    tflite = model.build(inputs, outputs)
    [actual] = run_generated(tflite, [case], target=target, sanitize=target == "host")
    [expected] = run_reference(tflite, [case], len(outputs))
    for layer, mine, reference in zip(layers, actual, expected, strict=True):
        np.testing.assert_array_equal(mine, reference, str(layer))


def borders(zero_points: int = 4) -> list[tuple[str, str, str, float, int, float, int]]:
    layers: list[tuple[str, str, str, float, int, float, int]] = []
    for dtype in ("int8", "int16"):
        for zero in ZERO_POINTS[dtype][:zero_points]:
            layers.append(("QUANTIZE", "float32", dtype, 1.0, 0, SCALES[dtype] * 10, zero))
            layers.append(("QUANTIZE", "float32", dtype, 1.0, 0, 0.5, zero))
    for dtype in ("int8", "uint8", "int16"):
        for zero in ZERO_POINTS[dtype][:zero_points]:
            layers.append(("DEQUANTIZE", dtype, "float32", 0.0123, zero, 1.0, 0))
    return layers


@pytest.mark.parametrize(("source", "destination"), PAIRS)
def test_integers(
    builder: Any, run_generated: Any, run_reference: Any, source: str, destination: str
) -> None:
    layers = [
        ("QUANTIZE", source, destination, SCALES[source], zero, SCALES[source] * ratio, out_zero)
        for zero, out_zero in itertools.product(ZERO_POINTS[source], ZERO_POINTS[destination])
        for ratio in (*RATIOS, SCALES[destination] / SCALES[source])
    ]
    check(builder, run_generated, run_reference, layers)


@pytest.mark.parametrize("sanitize", [True, False])
def test_float_ports_share_memory(builder: Any, equals_reference: Any, sanitize: bool) -> None:
    """float32 to int8, a layer, int16, back to float32: in place where sizes allow."""
    model = builder()
    shape = (3, 11)
    tensors = [
        model.tensor(shape, "float32"),
        model.tensor(shape, "int8", 0.02, 3),
        model.tensor(shape, "int8", 2.0**-8, -128),
        model.tensor(shape, "int16", 2.0**-12),
        model.tensor(shape, "float32"),
    ]
    for kind, source, output in zip(
        ("QUANTIZE", "LOGISTIC", "QUANTIZE", "DEQUANTIZE"), tensors, tensors[1:], strict=False
    ):
        model.op(kind, [source], output)
    equals_reference(model.build(tensors[:1], tensors[-1:]), sanitize=sanitize)


def test_floats(builder: Any, run_generated: Any, run_reference: Any) -> None:
    check(builder, run_generated, run_reference, borders())


@pytest.mark.parametrize("target", TARGETS)
def test_target(builder: Any, run_generated: Any, run_reference: Any, target: str) -> None:
    layers = [
        ("QUANTIZE", source, destination, 0.1, 0, 0.13, 0)
        for source, destination in (PAIRS if target != "microbit" else PAIRS[1:4])
    ]
    n_borders = 2 if target != "microbit" else 1
    layers += borders(n_borders) if target != "microbit" else borders(1)[3:5]
    check(builder, run_generated, run_reference, layers, target)


def test_float_saturates(builder: Any, run_generated: Any) -> None:
    model = builder()
    values = np.array([np.inf, -np.inf, 3e38, -3e38, np.nan], np.float32)
    source, output = model.tensor(values.shape, "float32"), model.tensor(values.shape, "int8")
    model.op("QUANTIZE", [source], output)
    [[actual]] = run_generated(model.build([source], [output]), [[values]], sanitize=True)
    assert actual.tolist() == [127, -128, 127, -128, -128]


@pytest.mark.parametrize(
    ("kind", "source", "destination", "message"),
    [
        ("QUANTIZE", "float32", "uint8", "int8 or int16"),
        ("QUANTIZE", "uint8", "int16", "must be int8"),
        ("DEQUANTIZE", "int32", "float32", "int8 or uint8 or int16"),
        ("DEQUANTIZE", "int8", "int16", "must be float32"),
        ("RELU", "float32", "float32", "must compute in int8"),
    ],
)
def test_refusals(builder: Any, kind: str, source: str, destination: str, message: str) -> None:
    model = builder()
    tensors = model.tensor((4,), source), model.tensor((4,), destination)
    model.op(kind, tensors[:1], tensors[1])
    with pytest.raises(UnsupportedOpError, match=message):
        import_tflite(model.build(tensors[:1], tensors[1:]))
