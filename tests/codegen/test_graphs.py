"""Small graphs: what passes do to them, and that the C still equals TFLM."""

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.codegen import Architecture, plan_model
from moteflow.errors import GraphError, MoteflowError, UnsupportedOpError
from moteflow.graph import import_tflite, optimize


def cases(*shape: int) -> list[list[np.ndarray]]:
    rng = np.random.default_rng(3)
    return [[rng.integers(-128, 128, shape, np.int8)] for _ in range(4)]


def check(tflite: bytes, shape: tuple[int, ...], run_generated: Any, run_reference: Any) -> None:
    actual = run_generated(tflite, cases(*shape), sanitize=True)
    expected = run_reference(tflite, cases(*shape))
    for case, values in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(case[0], values[0].ravel())


def padded_convolution(builder: Any, pad_value: int) -> bytes:
    model = builder()
    rng = np.random.default_rng(5)
    source = model.tensor((1, 5, 6, 3), scale=0.1, zero_point=pad_value)
    amounts = model.tensor((4, 2), "int32", data=np.array([[0, 0], [2, 1], [0, 3], [0, 0]]))
    padded = model.tensor((1, 8, 9, 3), scale=0.1, zero_point=pad_value)
    model.op("PAD", [source, amounts], padded)
    weights = rng.integers(-127, 128, (5, 3, 3, 3))
    filters = model.tensor((5, 3, 3, 3), scale=0.02, data=weights)
    output = model.tensor((1, 3, 4, 5), scale=0.3, zero_point=4)
    model.op("CONV_2D", [padded, filters], output, padding=1, strideH=2, strideW=2)
    return model.build([source], [output])


def test_pads_are_fused_into_convolutions(
    builder: Any, run_generated: Any, run_reference: Any
) -> None:
    tflite = padded_convolution(builder, -17)
    assert [op.kind for op in optimize(import_tflite(tflite)).ops] == ["CONV_2D"]
    check(tflite, (1, 5, 6, 3), run_generated, run_reference)


def residual(builder: Any) -> bytes:
    """relu6(x + conv(x)) + x, with a reshape on the way."""
    model = builder()
    rng = np.random.default_rng(6)
    shape = (1, 4, 4, 8)
    source = model.tensor(shape, scale=0.05, zero_point=1)
    weights = rng.integers(-127, 128, (1, 3, 3, 8))
    filters = model.tensor((1, 3, 3, 8), scale=0.01, data=weights, axis=3)
    convolved = model.tensor(shape, scale=0.06, zero_point=-5)
    options = {"padding": 0, "strideH": 1, "strideW": 1, "depthMultiplier": 1}
    model.op("DEPTHWISE_CONV_2D", [source, filters], convolved, **options)
    summed = model.tensor(shape, scale=0.06, zero_point=0)
    model.op("ADD", [convolved, source], summed)
    clipped = model.tensor(shape, scale=0.06, zero_point=0)
    model.op("RELU6", [summed], clipped)
    flat, flat_source = (
        model.tensor((1, 128), scale=s, zero_point=z) for s, z in ((0.06, 0), (0.05, 1))
    )
    model.op("RESHAPE", [clipped], flat)
    model.op("RESHAPE", [source], flat_source)
    output = model.tensor((1, 128), scale=0.1, zero_point=2)
    model.op("ADD", [flat, flat_source], output)
    return model.build([source], [output])


def test_residual_blocks_run_in_place(builder: Any, run_generated: Any, run_reference: Any) -> None:
    tflite = residual(builder)
    _, plan = plan_model(tflite, Architecture.PORTABLE)
    assert plan.arena_size == 2 * 128
    check(tflite, (1, 4, 4, 8), run_generated, run_reference)


def test_a_constant_addend(builder: Any, run_generated: Any, run_reference: Any) -> None:
    model = builder()
    source = model.tensor((1, 6), scale=0.1, zero_point=3)
    constant = model.tensor((1, 6), scale=0.2, zero_point=-3, data=np.arange(-60, 60, 20))
    output = model.tensor((1, 6), scale=0.25)
    model.op("ADD", [source, constant], output)
    check(model.build([source], [output]), (1, 6), run_generated, run_reference)


def test_ops_that_nobody_reads_are_dropped(builder: Any) -> None:
    model = builder()
    source, used, unused = (model.tensor((1, 6), scale=0.1) for _ in range(3))
    model.op("RELU", [source], used)
    model.op("RELU", [used], unused)
    assert len(optimize(import_tflite(model.build([source], [used]))).ops) == 1


def convolution(builder: Any, **changes: Any) -> bytes:
    """A CONV_2D of which one thing is changed."""
    model = builder()
    values = {"shape": (1, 4, 4, 2), "dtype": "int8", "filter": (3, 2, 2, 2), "zero_point": 0}
    values |= {"activation": 0, "output": (1, 2, 2, 3), "bias": 0, "stride": 2} | changes
    source = model.tensor(values["shape"], values["dtype"], scale=0.1)
    weights = np.full(values["filter"], 3)
    filters = model.tensor(
        values["filter"], scale=0.1, zero_point=values["zero_point"], data=weights
    )
    bias = model.tensor((3,), "int32", scale=0.01, data=np.full(3, values["bias"]))
    output = model.tensor(values["output"], scale=0.1)
    stride = values["stride"]
    options = {"padding": 1, "strideH": stride, "strideW": stride}
    options["fusedActivationFunction"] = values["activation"]
    model.op("CONV_2D", [source, filters, bias], output, **options)
    return model.build([source], [output])


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"dtype": "int16"}, UnsupportedOpError, ["op 0 CONV_2D", "int16", "full-integer int8"]),
        ({"dtype": "float32"}, UnsupportedOpError, ["op 0 CONV_2D", "float", "full-integer int8"]),
        ({"filter": (3, 2, 2, 1)}, GraphError, ["2 input and 3 output channels into groups"]),
        ({"zero_point": 5}, UnsupportedOpError, ["zero point 0", "5"]),
        ({"shape": (1, 2**12, 2**12, 2)}, GraphError, ["may have 16777216 bytes"]),
        ({"shape": (0, 4, 4, 2)}, GraphError, ["fixed", "batch of 1"]),
        ({"shape": (-1, 4, 4, 2)}, GraphError, ["fixed", "batch of 1"]),
        ({"output": (1, 2, 3, 3)}, GraphError, ["(2, 2)", "(2, 3)"]),
        ({"output": (1, 2, 2, 4)}, GraphError, ["3 channels"]),
        ({"stride": 0}, GraphError, ["stride"]),
        ({"activation": 4}, GraphError, ["fused activation", "4"]),
        ({"bias": 2**31 - 1}, GraphError, ["fit 32 bits"]),
    ],
)
def test_variants_without_a_kernel_are_refused(
    builder: Any, changes: dict[str, Any], error: type[Exception], words: list[str]
) -> None:
    with pytest.raises(error) as raised:
        optimize(import_tflite(convolution(builder, **changes)))
    assert "Received" in str(raised.value)
    for word in words:
        assert word in str(raised.value)


def test_constants_count_as_often_as_they_are_read(builder: Any) -> None:
    model = builder()
    tensors = [model.tensor((1, 512), scale=0.1) for _ in range(66)]
    weights = model.tensor((512, 512), scale=0.1, data=np.ones((512, 512)))
    for source, output in pairwise(tensors):
        model.op("FULLY_CONNECTED", [source, weights], output)
    with pytest.raises(GraphError, match="may read 16777216 bytes of constants"):
        import_tflite(model.build(tensors[:1], tensors[-1:]))


def test_tensors_are_bounded_together(builder: Any) -> None:
    model = builder()
    tensors = [model.tensor((2**24,), scale=0.1) for _ in range(17)]
    with pytest.raises(GraphError, match="together may have 268435456 bytes"):
        import_tflite(model.build(tensors[:1], tensors[-1:]))


@pytest.mark.parametrize("n_addends", [300, 514])
def test_wide_graphs_take_seconds_or_are_refused(builder: Any, n_addends: int) -> None:
    model = builder()
    source = model.tensor((1, 8), scale=0.1)
    addends = [model.tensor((1, 8), scale=0.1) for _ in range(n_addends)]
    for addend in addends:
        model.op("ADD", [source, source], addend)
    total = addends[0]
    for addend in addends[1:]:
        before, total = total, model.tensor((1, 8), scale=0.1)
        model.op("ADD", [before, addend], total)
    tflite = model.build([source], [total])
    if n_addends > 512:
        with pytest.raises(GraphError, match="may have 1024 operators"):
            import_tflite(tflite)
    else:
        begin = time.process_time()
        plan_model(tflite, Architecture.DSP)
        assert time.process_time() - begin < 8


def elementwise(builder: Any) -> bytes:
    """Every operator that treats element by element, from float32 to int32."""
    model = builder()
    shape = (1, 2, 3)
    source = model.tensor(shape, "float32")
    values = [model.tensor(shape, scale=0.1, zero_point=3)]
    model.op("QUANTIZE", [source], values[0])
    row = model.tensor((3,), scale=0.05, data=np.array([1, -90, 127]))
    for kind in ("ADD", "SUB", "MUL", "PRELU", "LEAKY_RELU", "HARD_SWISH", "RELU", "RELU6"):
        operands = [values[-1], row][: 2 if kind in ("ADD", "SUB", "MUL", "PRELU") else 1]
        values.append(model.tensor(shape, scale=0.1, zero_point=3))
        model.op(kind, operands, values[-1])
    wide = [model.tensor(shape, "int16", 2.0**-12) for _ in range(2)]
    model.op("QUANTIZE", [values[-1]], wide[0])
    model.op("LEAKY_RELU", [wide[0]], wide[1], alpha=0.1)
    fractions = [model.tensor(shape, "int16", 2.0**-15) for _ in range(3)]
    for kind, operand, output in zip(
        ("TANH", "LOGISTIC", "SOFTMAX"), [wide[1], *fractions], fractions, strict=False
    ):
        model.op(kind, [operand], output, **({"beta": 1.0} if kind == "SOFTMAX" else {}))
    real = model.tensor(shape, "float32")
    model.op("DEQUANTIZE", [fractions[-1]], real)
    best = model.tensor((1, 2), "int32")
    model.op("ARG_MAX", [values[-1], model.tensor((1,), "int32", data=np.array([2]))], best)
    return model.build([source], [real, best])


@pytest.mark.parametrize("target", ["host", "mps2_an386"])
def test_elementwise_operators_in_a_row(builder: Any, equals_reference: Any, target: str) -> None:
    equals_reference(elementwise(builder), n_cases=10, target=target)


def test_the_variants_start_from_a_model_that_compiles(builder: Any) -> None:
    assert len(optimize(import_tflite(convolution(builder))).ops) == 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [("RELU_N1_TO_1", ["op 1 RELU_N1_TO_1", "Supported"]), ("SHAPE", ["op 1 SHAPE", "batch of 1"])],
)
def test_an_unsupported_op_is_named_with_what_replaces_it(
    builder: Any, kind: str, words: list[str]
) -> None:
    model = builder()
    source, middle, output = (model.tensor((1, 6), scale=0.1) for _ in range(3))
    model.op("RELU", [source], middle)
    model.op(kind, [middle], output)
    with pytest.raises(UnsupportedOpError) as raised:
        import_tflite(model.build([source], [output]))
    for word in words:
        assert word in str(raised.value)


@given(data=st.data())
@settings(max_examples=400, deadline=None, derandomize=True, database=None)
def test_mutated_models_end_in_our_errors(builder: Any, data: st.DataObject) -> None:
    make: Callable[[Any], bytes] = data.draw(
        st.sampled_from([residual, convolution, lambda b: padded_convolution(b, 0), elementwise])
    )
    content = bytearray(make(builder))
    for _ in range(data.draw(st.integers(1, 8))):
        position = data.draw(st.integers(0, len(content) - 1))
        content[position] = data.draw(st.sampled_from([0, 1, 2, 4, 127, 128, 255]))
    try:
        plan_model(bytes(content), Architecture.PORTABLE)
    except MoteflowError as error:
        assert "Received" in str(error)
