"""Small models written straight as flatbuffers, the reference interpreter, and a host compiler."""

import importlib.util
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest
from tflite_micro.python.tflite_micro import runtime
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

from moteflow.codegen import find_architecture, generate
from moteflow.firmware import find_board
from moteflow.firmware.model_image import build_model_image
from moteflow.graph import (
    Graph,
    KernelMemory,
    MemoryPlan,
    Op,
    Rounding,
    Tensor,
    import_tflite,
    plan_memory,
)
from moteflow.graph.memory_rules import align
from moteflow.quantization import run_reference_cases

REFERENCE_ARENA = 1 << 22
SANITIZERS = ["-fsanitize=undefined,address", "-fno-sanitize-recover=all"]
REFERENCE_ARENA = 1 << 24
"""Bytes; the interpreter's own guess is too small for many small tensors."""
OPTIONS = {
    "CONV_2D": "Conv2DOptions",
    "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions",
    "FULLY_CONNECTED": "FullyConnectedOptions",
    "AVERAGE_POOL_2D": "Pool2DOptions",
    "MAX_POOL_2D": "Pool2DOptions",
    "MEAN": "ReducerOptions",
    "SUM": "ReducerOptions",
    "REDUCE_MAX": "ReducerOptions",
    "ADD": "AddOptions",
    "SUB": "SubOptions",
    "MUL": "MulOptions",
    "LEAKY_RELU": "LeakyReluOptions",
    "ARG_MAX": "ArgMaxOptions",
    "ARG_MIN": "ArgMinOptions",
    "SOFTMAX": "SoftmaxOptions",
    "RESHAPE": "ReshapeOptions",
    "CONCATENATION": "ConcatenationOptions",
    "MIRROR_PAD": "MirrorPadOptions",
    "PACK": "PackOptions",
    "RESIZE_BILINEAR": "ResizeBilinearOptions",
    "RESIZE_NEAREST_NEIGHBOR": "ResizeNearestNeighborOptions",
    "SHAPE": "ShapeOptions",
    "SPLIT": "SplitOptions",
    "SPLIT_V": "SplitVOptions",
    "STRIDED_SLICE": "StridedSliceOptions",
    "UNPACK": "UnpackOptions",
    "CALL_ONCE": "CallOnceOptions",
    "VAR_HANDLE": "VarHandleOptions",
    "TRANSPOSE_CONV": "TransposeConvOptions",
    "SVDF": "SVDFOptions",
    "UNIDIRECTIONAL_SEQUENCE_LSTM": "UnidirectionalSequenceLSTMOptions",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite tests/codegen/golden from the generator",
    )


class ModelBuilder:
    """Tensors and operators by name, to the bytes of a `.tflite`."""

    def __init__(self) -> None:
        self.tensors: list[Any] = []
        self.operators: list[Any] = []
        self.codes: list[Any] = []
        self.buffers = [schema.BufferT()]
        self.others: list[ModelBuilder] = []

    def subgraph(self) -> "ModelBuilder":
        """Another subgraph of the model: 1, 2 and so on, without inputs and outputs."""
        other = ModelBuilder()
        other.codes, other.buffers = self.codes, self.buffers
        self.others.append(other)
        return other

    def tensor(
        self,
        shape: Sequence[int],
        dtype: str = "int8",
        scale: float | Sequence[float] = 1.0,
        zero_point: int = 0,
        axis: int = 0,
        data: np.ndarray | None = None,
        is_variable: bool = False,
    ) -> int:
        tensor = schema.TensorT()
        tensor.shape = list(shape)
        tensor.type = getattr(schema.TensorType, dtype.upper())
        tensor.name = f"tensor {len(self.tensors)}"
        tensor.buffer = 0
        tensor.isVariable = is_variable
        tensor.quantization = schema.QuantizationParametersT()
        tensor.quantization.scale = np.atleast_1d(np.float32(scale))
        tensor.quantization.zeroPoint = np.full(np.size(scale), zero_point, np.int64)
        tensor.quantization.quantizedDimension = axis
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data, dtype).tobytes(), np.uint8)
            tensor.buffer = len(self.buffers)
            self.buffers.append(buffer)
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def op(
        self, kind: str, inputs: Sequence[int], output: int | Sequence[int], **options: Any
    ) -> None:
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, kind)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        code.version = 1
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.codes)
        outputs = [output] if isinstance(output, int) else list(output)
        operator.inputs, operator.outputs = list(inputs), outputs
        if kind in OPTIONS:
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, OPTIONS[kind])
            operator.builtinOptions = getattr(schema, OPTIONS[kind] + "T")()
            for name, value in options.items():
                assert hasattr(operator.builtinOptions, name)
                setattr(operator.builtinOptions, name, value)
        self.codes.append(code)
        self.operators.append(operator)

    @classmethod
    def beside(cls, layers: Sequence[Callable[["ModelBuilder"], tuple[int, int]]]) -> bytes:
        """A model of layers that do not meet; each adds itself and gives (source, output)."""
        model = cls()
        ports = [add(model) for add in layers]
        return model.build([source for source, _ in ports], [output for _, output in ports])

    def build(self, inputs: Sequence[int], outputs: Sequence[int]) -> bytes:
        model = schema.ModelT()
        model.subgraphs = []
        for part in (self, *self.others):
            subgraph = schema.SubGraphT()
            subgraph.tensors, subgraph.operators = part.tensors, part.operators
            subgraph.inputs = list(inputs) if part is self else []
            subgraph.outputs = list(outputs) if part is self else []
            model.subgraphs.append(subgraph)
        model.version = 3
        model.operatorCodes, model.buffers = self.codes, self.buffers
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


@pytest.fixture(scope="session")
def large_model(root: Path) -> bytes:
    """`tests/graph/small_models.py`, side by side."""
    spec = importlib.util.spec_from_file_location("large", root / "tests/graph/small_models.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return bytes(module.large_model())


Inputs = Sequence[Sequence[np.ndarray]]


@pytest.fixture(scope="session")
def builder() -> type[ModelBuilder]:
    return ModelBuilder


@pytest.fixture(scope="session")
def run_reference() -> Callable[..., list[list[np.ndarray]]]:
    """TFLM's reference kernels, or for single rounding TFLite's: outputs for each case."""

    def run(
        tflite: bytes,
        cases: Inputs,
        n_outputs: int = 1,
        rounding: Rounding = Rounding.DOUBLE,
    ) -> list[list[np.ndarray]]:
        if rounding is Rounding.SINGLE:
            return run_reference_cases(tflite, cases, n_outputs, rounding)
        interpreter = runtime.Interpreter.from_bytes(tflite, arena_size=REFERENCE_ARENA)
        outputs = []
        for case in cases:
            for position, values in enumerate(case):
                interpreter.set_input(values, position)
            interpreter.invoke()
            outputs.append([interpreter.get_output(i).copy() for i in range(n_outputs)])
        return outputs

    return run


@pytest.fixture(scope="session")
def run_generated(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., list[list[np.ndarray]]]:
    """Generates C for a target, compiles and runs it: for each case an array per output."""

    def run(
        tflite: bytes,
        cases: Inputs,
        sanitize: bool = False,
        target: str = "host",
        rounding: Rounding = Rounding.DOUBLE,
    ) -> list[list[np.ndarray]]:
        folder = tmp_path_factory.mktemp("model")
        firmware = root / "firmware"
        architecture = find_architecture(find_board(target, firmware).cpu)
        generated = generate(
            tflite, "test", None, architecture, None, folder / "model", rounding=rounding
        )
        assert generated.plan.arena_size >= generated.plan.lower_bound
        image = build_model_image(
            folder / "model",
            generated.inputs,
            generated.outputs,
            target,
            firmware,
            folder / "image",
            flags=("-O1", *SANITIZERS) if sanitize else ("-O2",),
        )
        return image.run(cases)

    return run


@pytest.fixture(scope="session")
def equals_reference_on(
    run_generated: Callable[..., list[list[np.ndarray]]],
    run_reference: Callable[..., list[list[np.ndarray]]],
) -> Callable[..., None]:
    """Checks a `.tflite` on given inputs: the C on the host against TFLM, exactly."""

    def check(tflite: bytes, cases: list[list[np.ndarray]]) -> None:
        actual = run_generated(tflite, cases)
        expected = run_reference(tflite, cases, len(import_tflite(tflite).outputs))
        for mine, reference in zip(actual, expected, strict=True):
            for position, values in enumerate(reference):
                np.testing.assert_array_equal(mine[position], values.ravel(), f"output {position}")

    return check


@pytest.fixture(scope="session")
def equals_reference(
    run_generated: Callable[..., list[list[np.ndarray]]],
    run_reference: Callable[..., list[list[np.ndarray]]],
) -> Callable[..., None]:
    """Checks a `.tflite` on random and extreme inputs: the C on `target` against TFLM, exactly."""

    def check(
        tflite: bytes,
        n_cases: int = 3,
        target: str = "host",
        rounding: Rounding = Rounding.DOUBLE,
        **options: bool,
    ) -> None:
        graph = import_tflite(tflite)
        tensors = [graph.tensors[i] for i in graph.inputs]
        rng = np.random.default_rng(len(tflite))
        cases = [[_random(t, rng) for t in tensors] for _ in range(n_cases)]
        cases += [[_extreme(t, end) for t in tensors] for end in ("min", "max")]
        actual = run_generated(tflite, cases, target=target, rounding=rounding, **options)
        expected = run_reference(tflite, cases, len(graph.outputs), rounding)
        for mine, reference in zip(actual, expected, strict=True):
            for position, values in enumerate(reference):
                np.testing.assert_array_equal(mine[position], values.ravel(), f"output {position}")

    return check


@pytest.fixture
def equals_reference_in_place(
    equals_reference: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """As `equals_reference`, for a model whose operators each have an input and an output of their
    own: the output lies over the input as far as the kernel says it may.
    """
    module = sys.modules["moteflow.codegen.generate"]

    def overlapped(
        graph: Graph, kernel_memory: Callable[[Op], KernelMemory]
    ) -> tuple[Graph, MemoryPlan]:
        kernels = [kernel_memory(op) for op in graph.ops]
        plan = plan_memory(graph, kernels)
        offsets, scratch_offsets, end = {}, {}, 0
        for position, (op, kernel) in enumerate(zip(graph.ops, kernels, strict=True)):
            clearance = align(kernel.overlaps[0].clearance, 4)
            for tensor, start in ((op.inputs[0], clearance), (op.outputs[0], 0)):
                offsets[tensor] = end + start - min(clearance, 0)
            ends = [offset + graph.tensors[i].n_bytes for i, offset in offsets.items()]
            scratch_offsets[position] = align(max(ends), 4)
            end = align(scratch_offsets[position] + kernel.scratch_bytes, 4)
        return graph, replace(
            plan,
            arena_size=align(end, 16),
            lower_bound=0,
            offsets=offsets,
            scratch_offsets=scratch_offsets,
            reversed=frozenset(),
        )

    def check(tflite: bytes, *arguments: Any, **options: Any) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(module, "plan_streamed", overlapped)
            equals_reference(tflite, *arguments, **options)

    return check


def _random(tensor: Tensor, rng: np.random.Generator) -> np.ndarray:
    if tensor.dtype == "float32":
        return rng.normal(size=tensor.shape).astype(np.float32)
    limits = np.iinfo(tensor.dtype)
    return rng.integers(limits.min, limits.max, tensor.shape, tensor.dtype, endpoint=True)


def _extreme(tensor: Tensor, end: str) -> np.ndarray:
    if tensor.dtype == "float32":
        # beyond int32 the reference's conversion is undefined
        return np.full(tensor.shape, {"min": -1e6, "max": 1e6}[end], np.float32)
    return np.full(tensor.shape, getattr(np.iinfo(tensor.dtype), end), tensor.dtype)
