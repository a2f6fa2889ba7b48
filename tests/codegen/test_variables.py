"""Models with variables: sequences of inferences equal TFLM, byte for byte."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

from moteflow.codegen import Architecture, generate, plan_model
from moteflow.errors import MoteflowError, UnsupportedOpError
from moteflow.graph import import_tflite

ROW = 8
LAST_CONVOLUTION = -7
"""Among the operators of the wake word models."""


class Stream:
    """A model with one input of (1, rows, ROW), its variables, and what is done with them."""

    def __init__(self, builder: Any, rows: int = 2, dtype: str = "int8", zero_point: int = 5):
        self.model = builder()
        self.dtype, self.zero_point = dtype, zero_point
        self.first = self.model.subgraph()
        self.model.op("CALL_ONCE", [], [], initSubgraphIndex=1)
        self.input = self.tensor(rows)
        self.outputs: list[int] = []

    def tensor(self, rows: int, **options: Any) -> int:
        shape = (1, rows, ROW)
        return self.model.tensor(shape, self.dtype, 0.1, self.zero_point, **options)

    def variable(self, name: str, initial: Any = None) -> int:
        """A handle; `initial` are rows assigned once."""
        if initial is not None:
            value = self.first.tensor(
                (1, *np.shape(initial)), self.dtype, 0.1, self.zero_point, data=np.array(initial)
            )
            self.first.op("ASSIGN_VARIABLE", [self._handle(self.first, name), value], [])
        return self._handle(self.model, name)

    def read(self, handle: int, rows: int) -> int:
        value = self.tensor(rows)
        self.model.op("READ_VARIABLE", [handle], value)
        return value

    def assign(self, handle: int, value: int) -> None:
        self.model.op("ASSIGN_VARIABLE", [handle, value], [])

    def join(self, rows: int, *tensors: int) -> int:
        joined = self.tensor(rows)
        self.model.op("CONCATENATION", tensors, joined, axis=1)
        return joined

    def rows(self, tensor: int, first: int, end: int) -> int:
        taken = self.tensor(end - first)
        bounds = [[0, first, 0], [1, end, ROW], [1, 1, 1]]
        operands = [self.model.tensor((3,), "int32", data=np.array(b)) for b in bounds]
        self.model.op("STRIDED_SLICE", [tensor, *operands], taken)
        return taken

    def relu(self, tensor: int, rows: int) -> int:
        clipped = self.tensor(rows)
        self.model.op("RELU" if self.dtype == "int8" else "RESHAPE", [tensor], clipped)
        return clipped

    def build(self, *outputs: int) -> bytes:
        return self.model.build([self.input], outputs)

    @staticmethod
    def _handle(model: Any, name: str) -> int:
        handle = model.tensor((), "resource")
        model.op("VAR_HANDLE", [], handle, sharedName=name, container="")
        return handle


def values(rows: int) -> np.ndarray:
    return np.arange(rows * ROW).reshape(rows, ROW) % 100 - 50


def kept_whole(builder: Any) -> bytes:
    """The last 3 of 5 rows are kept; the new ones are computed."""
    stream = Stream(builder)
    state = stream.variable("state", values(3))
    joined = stream.join(5, stream.read(state, 3), stream.relu(stream.input, 2))
    stream.assign(state, stream.rows(joined, 2, 5))
    return stream.build(stream.relu(joined, 5))


def kept_whole_without_initial_value(builder: Any) -> bytes:
    """As before, the input is the new part, the whole and a part of it are read late."""
    stream = Stream(builder, zero_point=-7)
    state = stream.variable("state")
    joined = stream.join(5, stream.read(state, 3), stream.input)
    kept = stream.rows(joined, 2, 5)
    stream.assign(state, kept)
    return stream.build(stream.relu(stream.relu(joined, 5), 5), stream.relu(kept, 3))


def joined_is_an_output(builder: Any) -> bytes:
    stream = Stream(builder)
    state = stream.variable("state", values(3))
    joined = stream.join(5, stream.read(state, 3), stream.input)
    kept = stream.rows(joined, 2, 5)
    stream.assign(state, kept)
    return stream.build(joined, kept)


def first_rows_are_kept(builder: Any) -> bytes:
    """New rows in front: the kept ones move down, which is not done in place."""
    stream = Stream(builder)
    state = stream.variable("state", values(3))
    joined = stream.join(5, stream.input, stream.read(state, 3))
    stream.assign(state, stream.rows(joined, 0, 3))
    return stream.build(stream.relu(joined, 5))


def much_is_new(builder: Any) -> bytes:
    stream = Stream(builder, rows=7)
    state = stream.variable("state", values(1))
    joined = stream.join(8, stream.read(state, 1), stream.input)
    stream.assign(state, stream.rows(joined, 7, 8))
    return stream.build(stream.relu(joined, 8))


def swapped(builder: Any) -> bytes:
    """a, b = b, a; c = a; a is an output."""
    stream = Stream(builder)
    a, b = stream.variable("a", values(2)), stream.variable("b", np.full((2, ROW), 9))
    c = stream.variable("c")
    old_a, old_b, old_c = (stream.read(handle, 2) for handle in (a, b, c))
    stream.assign(a, old_b)
    stream.assign(b, old_a)
    stream.assign(c, old_a)
    return stream.build(old_a, stream.join(6, stream.input, old_b, old_c))


def chained(builder: Any) -> bytes:
    """Two streams, the second of what the first drops; each is read by both."""
    stream = Stream(builder)
    near, far = stream.variable("near", values(2)), stream.variable("far", values(4))
    joined = stream.join(4, stream.read(near, 2), stream.input)
    stream.assign(near, stream.rows(joined, 2, 4))
    old = stream.rows(joined, 0, 2)
    longer = stream.join(6, stream.read(far, 4), old)
    stream.assign(far, stream.rows(longer, 2, 6))
    return stream.build(stream.join(10, longer, joined))


def assigned_twice(builder: Any) -> bytes:
    """Readings see the last assignment; a constant is assigned; one variable is never read."""
    stream = Stream(builder)
    a, b, unread = (stream.variable(name) for name in ("a", "b", "unread"))
    before = stream.read(a, 2)
    stream.assign(a, stream.relu(stream.input, 2))
    between = stream.read(a, 2)
    stream.assign(a, stream.input)
    stream.assign(unread, stream.input)
    constant = stream.tensor(1, data=values(1))
    first = stream.read(b, 1)
    stream.assign(b, constant)
    return stream.build(stream.join(5, before, between, first), stream.read(a, 2))


def never_assigned(builder: Any) -> bytes:
    stream = Stream(builder)
    kept = stream.read(stream.variable("fixed", values(2)), 2)
    return stream.build(stream.join(4, kept, stream.input), kept)


def wide(builder: Any) -> bytes:
    stream = Stream(builder, dtype="int16", zero_point=0)
    state = stream.variable("state", values(3) * 300)
    joined = stream.join(5, stream.read(state, 3), stream.input)
    stream.assign(state, stream.rows(joined, 2, 5))
    return stream.build(stream.join(10, joined, joined))


STREAMS = [
    kept_whole,
    kept_whole_without_initial_value,
    joined_is_an_output,
    first_rows_are_kept,
    much_is_new,
    swapped,
    chained,
    assigned_twice,
    never_assigned,
    wide,
]


@pytest.mark.parametrize("make", STREAMS)
def test_streams_equal_tflm(
    make: Callable[[Any], bytes], builder: Any, equals_reference: Any
) -> None:
    equals_reference(make(builder), n_cases=6, sanitize=True)


def test_a_stream_equals_tflm_on_a_board(builder: Any, equals_reference: Any) -> None:
    equals_reference(kept_whole(builder), n_cases=6, target="mps2_an386")


def test_a_stream_kept_whole_moves_only_its_state(builder: Any) -> None:
    graph, plan = plan_model(kept_whole(builder), Architecture.PORTABLE)
    placed = [op.kind for op in graph.ops if type(op.attributes).__name__ == "Placed"]
    assert placed == ["CONCATENATION", "STRIDED_SLICE"]
    assert plan.state_bytes == 5 * ROW


def test_variables_start_with_their_values(builder: Any, tmp_path: Path) -> None:
    generate(kept_whole(builder), "test", None, Architecture.PORTABLE, None, tmp_path / "m")
    source = "".join(path.read_text() for path in (tmp_path / "m/src").glob("*.[ch]"))
    assert f"_state_0[{3 * ROW}] = {{" in source
    assert "_state_0[i];" in source
    assert "variables last" in source


def test_a_variable_that_is_never_assigned_is_refused(builder: Any) -> None:
    stream = Stream(builder)
    kept = stream.read(stream.variable("unknown"), 2)
    with pytest.raises(UnsupportedOpError, match="must be assigned"):
        import_tflite(stream.build(stream.join(4, kept, stream.input)))


def test_initialization_must_come_first(builder: Any) -> None:
    stream = Stream(builder)
    state = stream.variable("state", values(2))
    kept = stream.read(state, 2)
    stream.assign(state, stream.input)
    stream.model.op("CALL_ONCE", [], [], initSubgraphIndex=1)
    with pytest.raises(UnsupportedOpError, match="before they are used"):
        import_tflite(stream.build(stream.join(4, kept, stream.input)))


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_subgraph_that_is_not_there_is_refused(builder: Any, number: int) -> None:
    stream = Stream(builder)
    stream.model.op("CALL_ONCE", [], [], initSubgraphIndex=number)
    with pytest.raises(MoteflowError, match="needs a subgraph"):
        import_tflite(stream.build(stream.relu(stream.input, 2)))


def test_sizes_of_a_variable_must_agree(builder: Any) -> None:
    stream = Stream(builder)
    state = stream.variable("state", values(2))
    kept = stream.read(state, 2)
    stream.assign(state, stream.rows(stream.input, 0, 1))
    with pytest.raises(MoteflowError, match="must keep variable 'state'"):
        import_tflite(stream.build(stream.join(4, kept, stream.input)))


@pytest.mark.parametrize("name", ["alexa", "hey_jarvis"])
def test_wake_words_equal_their_golden_sequence(
    name: str, shared_data: Path, run_generated: Any, run_reference: Any
) -> None:
    """Without the last operator, which only turns int8 into uint8; random inputs are compared at
    the last convolution too, as they hardly wake the word.
    """
    path = shared_data / f"models/microwakeword/v2/{name}.tflite"
    tflite = without_last_operator(path.read_bytes())
    with np.load(path.with_suffix(".golden.npz")) as arrays:
        cases = [[arrays[f"in0_{k}"]] for k in range(20)]
        golden = [int(arrays[f"out0_{k}"].item()) for k in range(20)]
    actual = run_generated(tflite, cases, sanitize=True)
    assert [int(case[0][0]) + 128 for case in actual] == golden

    rng = np.random.default_rng(3)
    cases = [[rng.integers(-128, 128, (1, 3, 40), np.int8)] for _ in range(40)]
    actual = run_generated(tflite, cases, sanitize=True)
    expected = run_reference(tflite, cases, 2)
    for mine, reference in zip(actual, expected, strict=True):
        for values, wanted in zip(mine, reference, strict=True):
            np.testing.assert_array_equal(values, wanted.ravel())


def without_last_operator(tflite: bytes) -> bytes:
    model = schema.ModelT.InitFromPackedBuf(tflite, 0)
    subgraph = model.subgraphs[0]
    score = subgraph.operators.pop().inputs
    subgraph.outputs = [*score, *subgraph.operators[LAST_CONVOLUTION].outputs]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())
