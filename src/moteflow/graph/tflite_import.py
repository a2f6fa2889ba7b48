"""Reads a `.tflite` into a graph, or says why it cannot be one.

Slots and codes are those of TensorFlow Lite's schema (file identifier TFL3).
"""

import math
import struct
from dataclasses import replace
from typing import Any

import numpy as np
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

from moteflow.errors import GraphError, UnsupportedOpError
from moteflow.graph import flatbuffer
from moteflow.graph.fixed_point import dtype_range
from moteflow.graph.flatbuffer import Table
from moteflow.graph.folding import fold
from moteflow.graph.invariants import check_imported
from moteflow.graph.ir import DTYPE_BYTES, Graph, Op, Rounding, Tensor
from moteflow.graph.operators import LOWERINGS, SUPPORT, Operator
from moteflow.graph.states import variable_states
from moteflow.graph.variables import KINDS, Variables

MAX_ITEMS = 65536
MAX_SUBGRAPHS = 16
MAX_OPERATORS = 1024
MAX_RANK = 8
MAX_TENSOR_BYTES = 2**24
MAX_TENSORS_BYTES = 2**28
MAX_CONSTANT_BYTES = 2**24
"""Of all that operators read: each has its own copy in C, and files may name one many times."""
FULL_INTEGER = (
    "Convert with full-integer int8 quantization: a representative dataset, "
    "int8 as the only supported type, int8 input and output."
)
FLOAT_BORDERS = ("QUANTIZE", "DEQUANTIZE")
REPLACEMENTS = {
    "BATCH_MATMUL": "Use FULLY_CONNECTED with constant weights.",
    "BATCH_TO_SPACE_ND": "Use the layer's own dilation.",
    "SPACE_TO_BATCH_ND": "Use the layer's own dilation.",
    "CAST": "Convert with full-integer int8 quantization; cast outside the model.",
    "CUSTOM": "Express it with the built-in operators above, or compute it before the model.",
    "DIV": "Use MUL with the reciprocal.",
    "ELU": "Use RELU or LEAKY_RELU.",
    "GELU": "Use RELU or HARD_SWISH.",
    "IF": "Convert without control flow.",
    "MAXIMUM": "Use RELU or a fused activation.",
    "MINIMUM": "Use RELU6 or a fused activation.",
    "REDUCE_MIN": "Negate, then use REDUCE_MAX.",
    "UNIDIRECTIONAL_SEQUENCE_RNN": "Use an LSTM.",
    "WHILE": "Convert without control flow: unroll the loop over time, or use a fused LSTM.",
}


def _names(enum: type) -> dict[int, str]:
    return {value: name for name, value in vars(enum).items() if isinstance(value, int)}


NO_OPTIONS = Table(struct.pack("<iHH", -4, 4, 4), 0)
"""A table without fields: every option has its default."""

OPERATOR_NAMES = _names(schema.BuiltinOperator)
DTYPES = {value: name.lower() for value, name in _names(schema.TensorType).items()}


def import_tflite(content: bytes, rounding: Rounding = Rounding.DOUBLE) -> Graph:
    """The graph of a full-integer int8 model, whose outputs are to be rounded like this.

    Raises GraphError when the file is malformed, UnsupportedOpError when it is sound but has an
    operator, a variant or a type without a kernel, or without one for `rounding`.
    """
    model = flatbuffer.root(content, b"TFL3")
    subgraphs = model.tables(2)
    if not subgraphs:
        raise GraphError("A model must have a subgraph. Received: none. Convert it again.")
    buffers = _limited(model.tables(4), "buffers")
    codes = [_code(table) for table in model.tables(1)]
    parsed = [
        _Subgraph(table, buffers, codes, rounding)
        for table in _limited(subgraphs, "subgraphs", MAX_SUBGRAPHS)
    ]
    main = parsed[0]
    _check_ports([main.tensors[i] for i in (*main.inputs, *main.outputs)])
    graph = _graph(parsed)
    check_imported(graph)
    _check_constants(graph)
    return graph


class _Subgraph:
    """The tensors of a subgraph, which lowering completes, and its operators as stored."""

    def __init__(
        self, table: Table, buffers: list[Table], codes: list[str], rounding: Rounding
    ) -> None:
        self.tensors = [_tensor(t, buffers) for t in _limited(table.tables(0), "tensors")]
        n_tensors = len(self.tensors)
        n_bytes = sum(t.n_elements * DTYPE_BYTES.get(t.dtype, 1) for t in self.tensors)
        if n_bytes > MAX_TENSORS_BYTES:
            raise GraphError(
                f"All tensors together may have {MAX_TENSORS_BYTES} bytes. Received: {n_bytes}. "
                "Give a model for microcontrollers."
            )
        self.inputs = _references(table.array(1, "int32"), n_tensors, "the model's inputs")
        self.outputs = _references(table.array(2, "int32"), n_tensors, "the model's outputs")
        self.operators = [
            _operator(index, operator, codes, self.tensors, rounding)
            for index, operator in enumerate(_limited(table.tables(3), "operators", MAX_OPERATORS))
        ]


def _graph(subgraphs: list[_Subgraph]) -> Graph:
    """The graph of the first subgraph; the others may only be called once."""
    main = subgraphs[0]
    variables = Variables(main.tensors)
    ops: list[Op] = []
    for operator in main.operators:
        if operator.kind == "CALL_ONCE":
            _call_once(operator, subgraphs, variables)
        elif operator.kind in KINDS:
            _check_rounding(operator)
            ops += variables.take(operator)
        else:
            ops += _lower(operator, main.tensors)
    assignments, states = variables.finish()
    tensors = tuple(main.tensors)
    states += variable_states(tensors, tuple(ops))
    return Graph(tensors, (*ops, *assignments), main.inputs, main.outputs, states)


def _call_once(operator: Operator, subgraphs: list[_Subgraph], variables: Variables) -> None:
    """CallOnceOptions: the subgraph."""
    number = operator.options.number(0, "i", 0)
    if not 1 <= number < len(subgraphs):
        raise operator.malformed(f"needs a subgraph in 1..{len(subgraphs) - 1}", str(number))
    if variables.are_in_use:
        raise operator.unsupported(
            "variables must be initialized before they are used",
            "a variable in use",
            "Call the initialization first.",
        )
    variables.initialize(subgraphs[number].operators, subgraphs[number].tensors)


def _lower(operator: Operator, tensors: list[Tensor]) -> tuple[Op, ...]:
    """The graph's operators; none if the output is a constant, which then is in `tensors`."""
    value = fold(operator)
    if value is not None:
        output = operator.outputs[0]
        if tensors[output].is_constant:
            raise operator.malformed("computes what is not known", repr(tensors[output].name))
        tensors[output] = replace(tensors[output], data=value)
        return ()
    if operator.kind not in FLOAT_BORDERS:
        _refuse_float(operator)
    if operator.kind not in LOWERINGS:
        advice = REPLACEMENTS.get(operator.kind.split()[0], "Replace it with one of these.")
        raise UnsupportedOpError(
            f"op {operator.index} {operator.kind} has no kernel. Received: {operator.kind}. "
            f"{advice} Supported: {', '.join(sorted(SUPPORT))}."
        )
    _check_rounding(operator)
    lowered = LOWERINGS[operator.kind](operator)
    return lowered if isinstance(lowered, tuple) else (lowered,)


def _limited(tables: list[Table], what: str, most: int = MAX_ITEMS) -> list[Table]:
    if len(tables) > most:
        raise GraphError(
            f"A model may have {most} {what}. Received: {len(tables)}. "
            "Give a model for microcontrollers."
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


def _check_constants(graph: Graph) -> None:
    read = (graph.tensors[i] for op in graph.ops for i in op.inputs if i >= 0)
    n_bytes = sum(tensor.n_bytes for tensor in read if tensor.is_constant)
    if n_bytes > MAX_CONSTANT_BYTES:
        raise GraphError(
            f"A model's operators may read {MAX_CONSTANT_BYTES} bytes of constants. "
            f"Received: {n_bytes}. Give a model for microcontrollers."
        )


def _code(table: Table) -> str:
    number = max(table.number(0, "b", 0), table.number(3, "i", 0))
    name = OPERATOR_NAMES.get(number, f"OPERATOR_{number}")
    return f"CUSTOM {table.string(1)!r}" if name == "CUSTOM" else name


def _operator(
    index: int, table: Table, codes: list[str], tensors: list[Tensor], rounding: Rounding
) -> Operator:
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
    options = table.table(4) or NO_OPTIONS
    return Operator(kind, index, inputs, outputs, tensors, options, rounding)


def _check_rounding(operator: Operator) -> None:
    if operator.rounding is Rounding.DOUBLE:
        return
    proven = SUPPORT[operator.kind].single
    received = [operator.tensors[i].dtype for i in operator.outputs] or ["no output"]
    if any(dtype not in proven for dtype in received):
        raise operator.unsupported(
            f"with single rounding outputs must be {' or '.join(proven)}"
            if proven
            else "it is not proven to equal TensorFlow Lite with single rounding",
            received[0],
            "Use double rounding.",
        )


def _refuse_float(operator: Operator) -> None:
    for number in (*operator.inputs, *operator.outputs):
        if number >= 0 and operator.tensors[number].dtype in ("float32", "float16", "float64"):
            raise UnsupportedOpError(
                f"op {operator.index} {operator.kind} must compute in int8. "
                f"Received: float tensor {operator.tensors[number].name!r}. {FULL_INTEGER}"
            )


def _tensor(table: Table, buffers: list[Table]) -> Tensor:
    name = table.string(3)
    shape = tuple(int(size) for size in table.array(0, "int32")[: MAX_RANK + 1])
    dtype = DTYPES.get(table.number(1, "b", 0), "unknown")
    if len(shape) > MAX_RANK or any(size < 1 for size in shape):
        raise GraphError(
            f"Tensor {name!r} must have a fixed, non-empty shape of at most {MAX_RANK} dimensions. "
            f"Received: {shape}. Convert the model with a fixed batch of 1."
        )
    if math.prod(shape) * DTYPE_BYTES.get(dtype, 1) > MAX_TENSOR_BYTES:
        raise GraphError(
            f"Tensor {name!r} may have {MAX_TENSOR_BYTES} bytes. Received: {dtype} {shape}. "
            "Give a model for microcontrollers."
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
    low, high = dtype_range(dtype if dtype in ("int8", "uint8", "int16") else "int32")
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
    return np.frombuffer(content, np.dtype(dtype).newbyteorder("<")).reshape(shape)
