"""Reads a `.tflite` into a graph, or says why it cannot be one.

Slots and codes are those of TensorFlow Lite's schema (file identifier TFL3).
"""

import math
import struct
from typing import Any

import numpy as np
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

from moteflow.errors import GraphError, UnsupportedOpError
from moteflow.graph import flatbuffer
from moteflow.graph.flatbuffer import Table
from moteflow.graph.invariants import check_imported
from moteflow.graph.ir import DTYPE_BYTES, Graph, Op, Tensor
from moteflow.graph.operators import LOWERINGS, Operator
from moteflow.graph.states import variable_states

MAX_ITEMS = 65536
MAX_RANK = 8
MAX_ELEMENTS = 2**31 - 1
FULL_INTEGER = (
    "Convert with full-integer int8 quantization: a representative dataset, "
    "int8 as the only supported type, int8 input and output."
)
FLOAT_BORDERS = ("QUANTIZE", "DEQUANTIZE")
REPLACEMENTS = {
    "SHAPE": "Convert with a fixed batch of 1, so that no shape is computed at run time.",
    "STRIDED_SLICE": "Convert with a fixed batch of 1, or slice before the model.",
    "PACK": "Convert with a fixed batch of 1, so that no shape is computed at run time.",
    "DEQUANTIZE": FULL_INTEGER,
    "MUL": "Fold the factor into the weights of the layer before it (batch normalization).",
    "SUB": "Use ADD with negated weights in the layer before it.",
    "CONCATENATION": "Use ADD to join branches.",
    "REDUCE_MAX": "Use MAX_POOL_2D over the whole image.",
    "SUM": "Use MEAN; the next layer's weights can absorb the factor.",
    "TANH": "Use LOGISTIC or RELU.",
    "HARD_SWISH": "Use RELU6.",
    "LEAKY_RELU": "Use RELU.",
    "PRELU": "Use RELU.",
    "CALL_ONCE": "Streaming models with variables have no kernel yet; use a windowed model.",
    "CUSTOM": "Express it with the built-in operators above, or compute it before the model.",
}


def _names(enum: type) -> dict[int, str]:
    return {value: name for name, value in vars(enum).items() if isinstance(value, int)}


NO_OPTIONS = Table(struct.pack("<iHH", -4, 4, 4), 0)
"""A table without fields: every option has its default."""

OPERATOR_NAMES = _names(schema.BuiltinOperator)
DTYPES = {value: name.lower() for value, name in _names(schema.TensorType).items()}


def import_tflite(content: bytes) -> Graph:
    """The graph of a full-integer int8 model.

    Raises GraphError when the file is malformed, UnsupportedOpError when it is sound but has an
    operator, a variant or a type without a kernel.
    """
    model = flatbuffer.root(content, b"TFL3")
    subgraphs = model.tables(2)
    if not subgraphs:
        raise GraphError("A model must have a subgraph. Received: none. Convert it again.")
    subgraph = subgraphs[0]
    buffers = _limited(model.tables(4), "buffers")
    tensors = tuple(_tensor(t, buffers) for t in _limited(subgraph.tables(0), "tensors"))
    inputs = _references(subgraph.array(1, "int32"), len(tensors), "the model's inputs")
    outputs = _references(subgraph.array(2, "int32"), len(tensors), "the model's outputs")
    codes = [_code(table) for table in model.tables(1)]
    ops = tuple(
        _op(index, table, codes, tensors)
        for index, table in enumerate(_limited(subgraph.tables(3), "operators"))
    )
    if len(subgraphs) > 1:
        raise UnsupportedOpError(
            f"A model must have one subgraph. Received: {len(subgraphs)}. "
            "Convert it without control flow and without variables."
        )
    _check_ports([tensors[i] for i in (*inputs, *outputs)])
    graph = Graph(tensors, ops, inputs, outputs, variable_states(tensors, ops))
    check_imported(graph)
    return graph


def _limited(tables: list[Table], what: str) -> list[Table]:
    if len(tables) > MAX_ITEMS:
        raise GraphError(
            f"A model may have {MAX_ITEMS} {what}. Received: {len(tables)}. The file is corrupt."
        )
    return tables


def _references(indices: Any, n_tensors: int, what: str, lowest: int = 0) -> tuple[int, ...]:
    values = tuple(int(index) for index in indices)
    if any(not lowest <= value < n_tensors for value in values):
        raise GraphError(
            f"Tensor numbers of {what} must be below {n_tensors}. "
            f"Received: {values[:16]}. The file is corrupt; convert it again."
        )
    return values


def _check_ports(ports: list[Tensor]) -> None:
    for tensor in ports:
        if tensor.dtype not in DTYPE_BYTES or tensor.dtype == "float16":
            raise UnsupportedOpError(
                "A model's inputs and outputs must have a type that C has too. "
                f"Received: {tensor.dtype} ({tensor.name!r}). {FULL_INTEGER}"
            )


def _code(table: Table) -> str:
    number = max(table.number(0, "b", 0), table.number(3, "i", 0))
    name = OPERATOR_NAMES.get(number, f"OPERATOR_{number}")
    return f"CUSTOM {table.string(1)!r}" if name == "CUSTOM" else name


def _op(index: int, table: Table, codes: list[str], tensors: tuple[Tensor, ...]) -> Op:
    number = table.number(0, "I", 0)
    if number >= len(codes):
        raise GraphError(
            f"op {index} must name one of {len(codes)} operator codes. Received: {number}. "
            "The file is corrupt; convert it again."
        )
    kind = codes[number]
    what = f"op {index} {kind}"
    inputs = _references(table.array(1, "int32"), len(tensors), what, lowest=-1)
    outputs = _references(table.array(2, "int32"), len(tensors), what)
    if kind not in FLOAT_BORDERS:
        _refuse_float(what, [tensors[i] for i in (*inputs, *outputs) if i >= 0])
    if kind not in LOWERINGS:
        advice = REPLACEMENTS.get(kind.split()[0], "Replace it with one of these.")
        raise UnsupportedOpError(
            f"{what} has no kernel. Received: {kind}. {advice} "
            f"Supported: {', '.join(sorted(LOWERINGS))}."
        )
    options = table.table(4) or NO_OPTIONS
    return LOWERINGS[kind](Operator(kind, index, inputs, outputs, tensors, options))


def _refuse_float(what: str, tensors: list[Tensor]) -> None:
    floats = [t.name for t in tensors if t.dtype in ("float32", "float16", "float64")]
    if floats:
        raise UnsupportedOpError(
            f"{what} must compute in int8. Received: float tensor {floats[0]!r}. {FULL_INTEGER}"
        )


def _tensor(table: Table, buffers: list[Table]) -> Tensor:
    name = table.string(3)
    shape = tuple(int(size) for size in table.array(0, "int32")[: MAX_RANK + 1])
    dtype = DTYPES.get(table.number(1, "b", 0), "unknown")
    if len(shape) > MAX_RANK or any(size < 1 for size in shape) or math.prod(shape) > MAX_ELEMENTS:
        raise GraphError(
            f"Tensor {name!r} must have a fixed, non-empty shape of at most {MAX_RANK} dimensions. "
            f"Received: {shape}. Convert the model with a fixed batch of 1."
        )
    scales, zero_point, dimension = _quantization(name, dtype, table.table(4))
    data = _data(name, shape, dtype, table.number(2, "I", 0), buffers)
    is_variable = data is None and bool(table.number(5, "b", 0))
    return Tensor(name, shape, dtype, scales, zero_point, dimension, data, is_variable)


def _quantization(name: str, dtype: str, table: Table | None) -> tuple[tuple[float, ...], int, int]:
    if table is None:
        return (), 0, 0
    scales = table.array(2, "float32")
    zero_points = {int(value) for value in table.array(3, "int64")} or {0}
    low, high = (-128, 127) if dtype == "int8" else (-(2**31), 2**31 - 1)
    sound = np.all(np.isfinite(scales)) and np.all(scales > 0)
    if not sound or len(zero_points) > 1 or not low <= min(zero_points) <= high:
        raise GraphError(
            f"Tensor {name!r} must have positive finite scales and one zero point in "
            f"[{low}, {high}]. Received: scales {scales[:4]}, zero points "
            f"{sorted(zero_points)[:4]}. Convert the model again."
        )
    return tuple(float(scale) for scale in scales), zero_points.pop(), table.number(6, "i", 0)


def _data(
    name: str, shape: tuple[int, ...], dtype: str, number: int, buffers: list[Table]
) -> np.ndarray[Any, Any] | None:
    """The constant's value in its shape; None for a tensor without stored bytes."""
    if number >= len(buffers):
        raise GraphError(
            f"Tensor {name!r} must name one of {len(buffers)} buffers. Received: {number}. "
            "The file is corrupt; convert it again."
        )
    content = buffers[number].array(0, "uint8")
    if content.size == 0:
        return None
    if dtype not in DTYPE_BYTES:
        return content
    if content.size != math.prod(shape) * DTYPE_BYTES[dtype]:
        raise GraphError(
            f"Tensor {name!r} must hold {math.prod(shape)} values of {dtype}. "
            f"Received: {content.size} bytes. The file is corrupt; convert it again."
        )
    return np.frombuffer(content.tobytes(), np.dtype(dtype).newbyteorder("<")).reshape(shape)
