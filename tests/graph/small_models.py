"""A small model of each operator that the models in ../shared do not have, for the fuzzer."""

import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

IMAGE = (1, 4, 4, 2)
STEPS = [
    ("ARG_MAX", [(2, 3, 4)], [(2, 4)], [1], {}),
    ("ARG_MIN", [(2, 3, 4)], [(2, 4)], [1], {}),
    ("EXPAND_DIMS", [(2, 3)], [(2, 1, 3)], [1], {}),
    ("HARD_SWISH", [(2, 3)], [(2, 3)], [], {}),
    ("MIRROR_PAD", [(4, 3)], [(8, 7)], [[[1, 3], [2, 2]]], {"mode": 0}),
    ("PACK", [(2, 3)] * 3, [(2, 3, 3)], [], {"axis": 1, "valuesCount": 3}),
    ("PAD", [IMAGE], [(1, 6, 7, 2)], [[[0, 0], [1, 1], [3, 0], [0, 0]]], {}),
    ("REDUCE_MAX", [IMAGE], [(1, 2)], [[1, 2]], {}),
    ("SUM", [IMAGE], [(1, 2)], [[1, 2]], {}),
    ("RELU", [(2, 3)], [(2, 3)], [], {}),
    ("RELU6", [(2, 3)], [(2, 3)], [], {}),
    ("TANH", [(2, 3)], [(2, 3)], [], {}),
    ("RESIZE_BILINEAR", [IMAGE], [(1, 8, 6, 2)], [[8, 6]], {"halfPixelCenters": True}),
    ("RESIZE_NEAREST_NEIGHBOR", [IMAGE], [(1, 8, 6, 2)], [[8, 6]], {}),
    ("SHAPE", [IMAGE], [(4,)], [], {"outType": 2}),
    ("SLICE", [(4, 6)], [(2, 3)], [[1, 2], [2, 3]], {}),
    ("SPLIT_V", [(4, 6)], [(4, 2), (4, 4)], [[2, 4], 1], {"numSplits": 2}),
    ("SQUEEZE", [(1, 4, 1)], [(4,)], [], {}),
    ("STRIDED_SLICE", [(5, 6)], [(2, 6)], [[1, 5], [5, -7], [2, -1]], {}),
    ("TRANSPOSE", [(3, 4, 5)], [(5, 3, 4)], [[2, 0, 1]], {}),
    ("UNPACK", [(3, 4)], [(4,)] * 3, [], {"axis": 0, "num": 3}),
]
"""Kind, shapes of inputs and outputs, int32 constants behind the inputs, options."""


def small_models() -> Iterator[bytes]:
    """All of them, int8; PRELU, SPLIT, PADV2, SVDF and LSTM have operands of their own."""
    builder = _builder()
    for kind, inputs, outputs, constants, options in STEPS:
        model = builder()
        sources = [model.tensor(shape, scale=0.1) for shape in inputs]
        dtype = "int32" if kind in ("ARG_MAX", "ARG_MIN", "SHAPE") else "int8"
        low = {"TANH": {"scale": 1 / 128}}.get(kind, {"scale": 0.1})
        results = [model.tensor(shape, dtype, **low) for shape in outputs]
        operands = [_int32(model, constant) for constant in constants]
        model.op(kind, [*sources, *operands], results, **options)
        yield model.build(sources, results)
    for add in (_prelu, _split, _padv2, _svdf, _lstm):
        model = builder()
        source, results = add(model)
        yield model.build([source], results)


def _prelu(model: Any) -> tuple[int, list[int]]:
    source, output = model.tensor(IMAGE, scale=0.1), model.tensor(IMAGE, scale=0.1)
    alpha = model.tensor((1, 1, 2), scale=0.01, data=np.array([[[3, -9]]]))
    model.op("PRELU", [source, alpha], output)
    return source, [output]


def _split(model: Any) -> tuple[int, list[int]]:
    source = model.tensor((4, 6), scale=0.1)
    outputs = [model.tensor((4, 2), scale=0.1) for _ in range(3)]
    model.op("SPLIT", [_int32(model, 1), source], outputs, numSplits=3)
    return source, outputs


def _padv2(model: Any) -> tuple[int, list[int]]:
    source, output = model.tensor((2, 3), scale=0.1), model.tensor((4, 3), scale=0.1)
    value = model.tensor((), scale=0.1, data=np.array(7))
    model.op("PADV2", [source, _int32(model, [[1, 1], [0, 0]]), value], output)
    return source, [output]


def _svdf(model: Any) -> tuple[int, list[int]]:
    filters, inputs, memory, rank = 4, 5, 3, 2
    source = model.tensor((1, inputs), scale=0.1)
    tensors = [
        source,
        model.tensor((filters, inputs), scale=0.01, data=_weights(filters, inputs)),
        model.tensor((filters, memory), "int16", 2.0**-14, data=_weights(filters, memory)),
        model.tensor((2,), "int32", 2.0**-22, data=np.array([5, -6])),
        model.tensor((1, filters * memory), "int16", 2.0**-8, is_variable=True),
    ]
    output = model.tensor((1, filters // rank), scale=0.1)
    model.op("SVDF", tensors, output, rank=rank, fusedActivationFunction=1)
    return source, [output]


def _lstm(model: Any) -> tuple[int, list[int]]:
    inputs, units = 3, 4
    source = model.tensor((1, 2, inputs), scale=0.02)
    hidden = model.tensor((1, units), scale=2.0**-7, is_variable=True)
    cell = model.tensor((1, units), "int16", 2.0**-11, is_variable=True)
    output = model.tensor((1, 2, units), scale=2.0**-7)
    weights = [
        model.tensor((units, n), scale=0.01, data=_weights(units, n))
        for n in [inputs] * 4 + [units] * 4
    ]
    bias = [model.tensor((units,), "int32", 0.0002, data=np.arange(units)) for _ in range(4)]
    tensors = [source, *weights, -1, -1, -1, *bias, -1, -1, hidden, cell, -1, -1, -1, -1]
    model.op("UNIDIRECTIONAL_SEQUENCE_LSTM", tensors, output, fusedActivationFunction=4)
    return source, [output]


def _weights(rows: int, columns: int) -> np.ndarray:
    return np.arange(rows * columns).reshape(rows, columns) * 37 % 200 - 100


def _int32(model: Any, value: int | Sequence[Any]) -> int:
    return model.tensor(np.shape(value), "int32", data=np.array(value))


def _builder() -> Any:
    """ModelBuilder of the tests of generated code."""
    path = Path(__file__).parents[1] / "codegen" / "conftest.py"
    spec = importlib.util.spec_from_file_location("model_builder", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ModelBuilder
