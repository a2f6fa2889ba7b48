"""The operators that the models in ../shared do not have."""

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

IMAGE = (1, 4, 4, 2)
STRIDE = {"strideH": 1, "strideW": 1}
POOL = {"filterHeight": 2, "filterWidth": 2, "strideH": 2, "strideW": 2}
STEPS = [
    ("ADD", [(2, 3)] * 2, [(2, 3)], [], {}),
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
WIDE_STEPS = [
    ("AVERAGE_POOL_2D", [IMAGE], [(1, 2, 2, 2)], [], POOL),
    ("LEAKY_RELU", [(2, 3)], [(2, 3)], [], {"alpha": 0.1}),
    ("MEAN", [IMAGE], [(1, 2)], [[1, 2]], {}),
    ("MUL", [(2, 3)] * 2, [(2, 3)], [], {}),
    ("SOFTMAX", [(2, 3)], [(2, 3)], [], {"beta": 1.0}),
]
"""The same in int16."""
WEIGHTED = [
    ("FULLY_CONNECTED", (1, 6), (4, 6), (1, 4), 0, {}),
    ("DEPTHWISE_CONV_2D", IMAGE, (1, 3, 3, 2), IMAGE, 3, {**STRIDE, "depthMultiplier": 1}),
    ("TRANSPOSE_CONV", IMAGE, (3, 2, 2, 2), (1, 8, 8, 3), 0, {"strideH": 2, "strideW": 2}),
]
"""Kind, shapes of input, weights and output, the channels' axis, options."""


def small_models() -> Iterator[bytes]:
    """One model of each."""
    for add in _additions():
        model = _builder()()
        sources, results = add(model)
        yield model.build(sources, results)


def large_model() -> bytes:
    """All of them side by side in one model."""
    model = _builder()()
    ports = [add(model) for add in _additions()]
    inputs, outputs = ([i for port in ports for i in port[side]] for side in (0, 1))
    return model.build(inputs, outputs)


def _additions() -> list[Callable[[Any], tuple[list[int], list[int]]]]:
    """Each puts an operator into a model: (inputs, outputs)."""
    return [
        *(partial(_step, "int8", *step) for step in STEPS),
        *(partial(_step, "int16", *step) for step in WIDE_STEPS),
        *(partial(_weighted, dtype, *step) for dtype in ("int8", "int16") for step in WEIGHTED),
        *(_prelu, _split, _padv2, _svdf, _quantize),
        *(partial(_lstm, dtype) for dtype in ("int8", "int16")),
    ]


def _step(
    dtype: str, kind: str, inputs: Any, outputs: Any, constants: Any, options: Any, model: Any
) -> tuple[list[int], list[int]]:
    sources = [model.tensor(shape, dtype, 0.1) for shape in inputs]
    dtype = "int32" if kind in ("ARG_MAX", "ARG_MIN", "SHAPE") else dtype
    scale = {"TANH": 2.0**-7, "SOFTMAX": 2.0**-15}.get(kind, 0.1)
    results = [model.tensor(shape, dtype, scale) for shape in outputs]
    operands = [_int32(model, constant) for constant in constants]
    model.op(kind, [*sources, *operands], results, **options)
    return sources, results


def _weighted(
    dtype: str,
    kind: str,
    shape: Any,
    weights: Any,
    results: Any,
    axis: int,
    options: Any,
    model: Any,
) -> tuple[list[int], list[int]]:
    source, output = model.tensor(shape, dtype, 0.1), model.tensor(results, dtype, 0.2)
    values = np.arange(np.prod(weights)).reshape(weights) * 37 % 200 - 100
    channels = results[-1]
    scales = [0.01] if kind == "FULLY_CONNECTED" else [0.01 + 0.001 * i for i in range(channels)]
    filters = model.tensor(weights, scale=scales, axis=axis, data=values)
    bias_dtype = "int32" if dtype == "int8" else "int64"
    bias = model.tensor(
        (channels,), bias_dtype, [0.1 * s for s in scales], data=np.arange(channels)
    )
    operands = [source, filters, bias]
    if kind == "TRANSPOSE_CONV":
        operands = [_int32(model, results), filters, source, bias]
    model.op(kind, operands, output, **options)
    return [source], [output]


def _quantize(model: Any) -> tuple[list[int], list[int]]:
    source, output = model.tensor((2, 3), scale=0.1), model.tensor((2, 3), "int16", 0.01)
    model.op("QUANTIZE", [source], output)
    return [source], [output]


def _prelu(model: Any) -> tuple[list[int], list[int]]:
    source, output = model.tensor(IMAGE, scale=0.1), model.tensor(IMAGE, scale=0.1)
    alpha = model.tensor((1, 1, 2), scale=0.01, data=np.array([[[3, -9]]]))
    model.op("PRELU", [source, alpha], output)
    return [source], [output]


def _split(model: Any) -> tuple[list[int], list[int]]:
    source = model.tensor((4, 6), scale=0.1)
    outputs = [model.tensor((4, 2), scale=0.1) for _ in range(3)]
    model.op("SPLIT", [_int32(model, 1), source], outputs, numSplits=3)
    return [source], outputs


def _padv2(model: Any) -> tuple[list[int], list[int]]:
    source, output = model.tensor((2, 3), scale=0.1), model.tensor((4, 3), scale=0.1)
    value = model.tensor((), scale=0.1, data=np.array(7))
    model.op("PADV2", [source, _int32(model, [[1, 1], [0, 0]]), value], output)
    return [source], [output]


def _svdf(model: Any) -> tuple[list[int], list[int]]:
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
    return [source], [output]


def _lstm(dtype: str, model: Any) -> tuple[list[int], list[int]]:
    inputs, units = 3, 4
    scale, hidden_scale = (0.02, 2.0**-7) if dtype == "int8" else (0.0001, 2.0**-15)
    source = model.tensor((1, 2, inputs), dtype, scale)
    hidden = model.tensor((1, units), dtype, hidden_scale, is_variable=True)
    cell = model.tensor((1, units), "int16", 2.0**-11, is_variable=True)
    output = model.tensor((1, 2, units), dtype, hidden_scale)
    weights = [
        model.tensor((units, n), scale=0.01, data=_weights(units, n))
        for n in [inputs] * 4 + [units] * 4
    ]
    wide = "int32" if dtype == "int8" else "int64"
    bias = [model.tensor((units,), wide, 0.01 * scale, data=np.arange(units)) for _ in range(4)]
    tensors = [source, *weights, -1, -1, -1, *bias, -1, -1, hidden, cell, -1, -1, -1, -1]
    model.op("UNIDIRECTIONAL_SEQUENCE_LSTM", tensors, output, fusedActivationFunction=4)
    return [source], [output]


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
