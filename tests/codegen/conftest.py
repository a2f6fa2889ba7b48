"""Small models written straight as flatbuffers, the reference interpreter, and a host compiler."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest
from tflite_micro.python.tflite_micro import runtime
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

from moteflow.codegen import generate

WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Werror"]
SANITIZERS = ["-fsanitize=undefined,address", "-fno-sanitize-recover=all"]
OPTIONS = {
    "CONV_2D": "Conv2DOptions",
    "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions",
    "FULLY_CONNECTED": "FullyConnectedOptions",
    "AVERAGE_POOL_2D": "Pool2DOptions",
    "MAX_POOL_2D": "Pool2DOptions",
    "MEAN": "ReducerOptions",
    "ADD": "AddOptions",
    "SOFTMAX": "SoftmaxOptions",
    "RESHAPE": "ReshapeOptions",
}
RUNNER = r"""
#include <stdio.h>
#include <string.h>
#include "model.h"

static unsigned char message[{input_size}];

int main(void)
{{
    model_init();
    while (fread(message, sizeof message, 1, stdin) == 1) {{
        const unsigned char *next = message;
{reads}
        model_invoke();
{writes}
    }}
    return 0;
}}
"""


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

    def tensor(
        self,
        shape: Sequence[int],
        dtype: str = "int8",
        scale: float | Sequence[float] = 1.0,
        zero_point: int = 0,
        axis: int = 0,
        data: np.ndarray | None = None,
    ) -> int:
        tensor = schema.TensorT()
        tensor.shape = list(shape)
        tensor.type = getattr(schema.TensorType, dtype.upper())
        tensor.name = f"tensor {len(self.tensors)}"
        tensor.buffer = 0
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

    def op(self, kind: str, inputs: Sequence[int], output: int, **options: Any) -> None:
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, kind)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        code.version = 1
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.codes)
        operator.inputs, operator.outputs = list(inputs), [output]
        if kind in OPTIONS:
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, OPTIONS[kind])
            operator.builtinOptions = getattr(schema, OPTIONS[kind] + "T")()
            for name, value in options.items():
                assert hasattr(operator.builtinOptions, name)
                setattr(operator.builtinOptions, name, value)
        self.codes.append(code)
        self.operators.append(operator)

    def build(self, inputs: Sequence[int], outputs: Sequence[int]) -> bytes:
        subgraph = schema.SubGraphT()
        subgraph.tensors, subgraph.operators = self.tensors, self.operators
        subgraph.inputs, subgraph.outputs = list(inputs), list(outputs)
        model = schema.ModelT()
        model.version = 3
        model.operatorCodes, model.buffers = self.codes, self.buffers
        model.subgraphs = [subgraph]
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


Inputs = Sequence[Sequence[np.ndarray]]


@pytest.fixture(scope="session")
def builder() -> type[ModelBuilder]:
    return ModelBuilder


@pytest.fixture(scope="session")
def run_reference() -> Callable[..., list[list[np.ndarray]]]:
    """TFLM's reference kernels: outputs for each case."""

    def run(tflite: bytes, cases: Inputs, n_outputs: int = 1) -> list[list[np.ndarray]]:
        interpreter = runtime.Interpreter.from_bytes(tflite)
        outputs = []
        for case in cases:
            for position, values in enumerate(case):
                interpreter.set_input(values, position)
            interpreter.invoke()
            outputs.append([interpreter.get_output(i).copy() for i in range(n_outputs)])
        return outputs

    return run


@pytest.fixture(scope="session")
def kernels(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], list[str]]:
    """Arguments that add mote_nn to a gcc call, with or without sanitizers."""
    source = root / "firmware/lib/mote_nn/src"
    folder = tmp_path_factory.mktemp("mote_nn")
    objects: dict[bool, list[str]] = {}

    def arguments(sanitize: bool) -> list[str]:
        if sanitize not in objects:
            objects[sanitize] = [f"-I{source}"]
            for file in sorted(source.glob("*.c")):
                target = folder / f"{file.stem}_{sanitize}.o"
                flags = ["-O2", *WARNINGS, *(SANITIZERS if sanitize else [])]
                _gcc([*flags, "-c", str(file), "-o", str(target)])
                objects[sanitize].append(str(target))
        return objects[sanitize]

    return arguments


@pytest.fixture(scope="session")
def run_generated(
    kernels: Callable[[bool], list[str]], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., list[list[np.ndarray]]]:
    """Generates C, compiles it for the host, runs it: outputs for each case, as int8 vectors."""

    def run(tflite: bytes, cases: Inputs, sanitize: bool = False) -> list[list[np.ndarray]]:
        folder = tmp_path_factory.mktemp("model")
        generated = generate(tflite, "test", None, None, folder / "model")
        source = folder / "model/src"
        inputs, outputs = _ports(source / "model.h", "INPUT"), _ports(source / "model.h", "OUTPUT")
        reads = [
            f"        memcpy({name}(), next, {size}); next += {size};" for name, size in inputs
        ]
        writes = [f"        fwrite({name}(), 1, {size}, stdout);" for name, size in outputs]
        input_size = sum(size for _, size in inputs)
        text = RUNNER.format(
            input_size=input_size, reads="\n".join(reads), writes="\n".join(writes)
        )
        (folder / "runner.c").write_text(text)
        files = [*source.glob("*.c"), folder / "runner.c"]
        flags = ["-O1", *WARNINGS, *SANITIZERS] if sanitize else ["-O2", *WARNINGS]
        linked = [f"-I{source}", *map(str, files), *kernels(sanitize)]
        _gcc([*flags, *linked, "-o", str(folder / "runner")])
        message = b"".join(np.ascontiguousarray(a).tobytes() for case in cases for a in case)
        done = subprocess.run([folder / "runner"], input=message, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        assert generated.plan.arena_size >= generated.plan.lower_bound
        values = np.frombuffer(done.stdout, np.int8).reshape(len(cases), -1)
        splits = np.cumsum([size for _, size in outputs])[:-1]
        return [np.split(case, splits) for case in values]

    return run


def _gcc(arguments: list[str]) -> None:
    done = subprocess.run(
        ["gcc", "-std=c11", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _ports(header: Path, role: str) -> list[tuple[str, int]]:
    """Function names and sizes of the inputs or outputs that a model.h declares."""
    ports = []
    for line in header.read_text().splitlines():
        words = line.split()
        if (
            words[:1] == ["#define"]
            and words[1].startswith(f"MODEL_{role}")
            and "_SIZE" in words[1]
        ):
            ports.append((words[1].removesuffix("_SIZE").lower(), int(words[2].rstrip("u"))))
    return ports
