"""Random layers at their extremes: several to a model, against TFLM's reference kernels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SIZES = st.integers(1, 9)
CHANNELS = st.sampled_from([1, 2, 3, 4, 5, 8, 9])
ZERO_POINTS = st.one_of(st.sampled_from([-128, 127, 0]), st.integers(-128, 127))
ACTIVATIONS = st.sampled_from([0, 1, 2, 3])
SCALES = st.floats(2.0**-10, 2.0, width=32)
SAME, VALID = 0, 1
RANDOM = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Layer:
    """A drawn layer; `add` puts it into a model and returns (inputs, output)."""

    kind: str
    add: Callable[[Any], tuple[list[int], int]]
    input_shapes: list[tuple[int, ...]]

    def __repr__(self) -> str:
        return f"{self.kind} {self.input_shapes}"


def output_size(size: int, taps: int, stride: int, dilation: int, padding: int) -> int:
    extent = (taps - 1) * dilation + 1
    return -(-size // stride) if padding == SAME else (size - extent) // stride + 1


@st.composite
def axes(draw: Any, with_dilation: bool) -> tuple[list[int], list[int], list[int], list[int], int]:
    """(sizes, filters, strides, dilations) of rows and columns that fit, and the padding."""
    padding = draw(st.sampled_from([SAME, VALID]))
    sizes, filters, strides, dilations = [], [], [], []
    for _ in range(2):
        size = draw(SIZES)
        taps = draw(st.integers(1, 4))
        dilation = draw(st.integers(1, 3)) if with_dilation else 1
        if padding == VALID:
            taps = min(taps, (size - 1) // dilation + 1)
        sizes.append(size)
        filters.append(taps)
        strides.append(draw(st.integers(1, 3)))
        dilations.append(dilation)
    return sizes, filters, strides, dilations, padding


@st.composite
def weighted(draw: Any) -> Layer:
    """CONV_2D, DEPTHWISE_CONV_2D or FULLY_CONNECTED."""
    kind = draw(st.sampled_from(["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"]))
    batches, channels = draw(st.integers(1, 2)), draw(CHANNELS)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    activation = draw(ACTIVATIONS)
    zero_in, zero_out, scale_in = draw(ZERO_POINTS), draw(ZERO_POINTS), draw(SCALES)
    options: dict[str, int] = {"fusedActivationFunction": activation}
    if kind == "FULLY_CONNECTED":
        outputs = draw(CHANNELS)
        input_shape, output_shape = (batches, channels), (batches, outputs)
        weight_shape, axis, taps = (outputs, channels), 0, channels
    else:
        sizes, filters, strides, dilations, padding = draw(axes(with_dilation=True))
        rows, columns = (
            output_size(*values, padding)
            for values in zip(sizes, filters, strides, dilations, strict=True)
        )
        if kind == "CONV_2D":
            outputs = draw(CHANNELS)
            weight_shape, axis = (outputs, *filters, channels), 0
            taps = filters[0] * filters[1] * channels
        else:
            multiplier = draw(st.sampled_from([1, 1, 2, 3, 4, 8]))
            outputs = channels * multiplier
            weight_shape, axis = (1, *filters, outputs), 3
            taps = filters[0] * filters[1]
            options["depthMultiplier"] = multiplier
        input_shape = (batches, *sizes, channels)
        output_shape = (batches, rows, columns, outputs)
        options |= {"padding": padding, "strideH": strides[0], "strideW": strides[1]}
        options |= {"dilationHFactor": dilations[0], "dilationWFactor": dilations[1]}
    n_scales = outputs if draw(st.booleans()) else 1
    scales = rng.uniform(0.001, 0.1, n_scales).astype(np.float32)
    spread = draw(st.sampled_from([0.004, 0.5, 4.0, 100.0]))
    scale_out = np.float32(scale_in * scales.mean() * np.sqrt(taps) * 64 * spread)
    weights = rng.choice([-127, -128, 127, *rng.integers(-128, 128, 5)], weight_shape)
    bias = rng.integers(-(2**15), 2**15, outputs) if draw(st.booleans()) else None

    def add(model: Any) -> tuple[list[int], int]:
        source = model.tensor(input_shape, scale=scale_in, zero_point=zero_in)
        inputs = [source, model.tensor(weight_shape, scale=scales, axis=axis, data=weights)]
        if bias is not None:
            bias_scales = np.float32(scale_in) * scales
            inputs.append(model.tensor((outputs,), "int32", scale=bias_scales, data=bias))
        output = model.tensor(output_shape, scale=scale_out, zero_point=zero_out)
        model.op(kind, inputs, output, **options)
        return [source], output

    return Layer(kind, add, [input_shape])


@st.composite
def pool(draw: Any) -> Layer:
    kind = draw(st.sampled_from(["AVERAGE_POOL_2D", "MAX_POOL_2D"]))
    batches, channels = draw(st.integers(1, 2)), draw(CHANNELS)
    sizes, filters, strides, dilations, padding = draw(axes(with_dilation=False))
    rows, columns = (
        output_size(*values, padding)
        for values in zip(sizes, filters, strides, dilations, strict=True)
    )
    shape = (batches, *sizes, channels)
    scale, zero_point, activation = draw(SCALES), draw(ZERO_POINTS), draw(ACTIVATIONS)

    def add(model: Any) -> tuple[list[int], int]:
        source = model.tensor(shape, scale=scale, zero_point=zero_point)
        output = model.tensor(
            (batches, rows, columns, channels), scale=scale, zero_point=zero_point
        )
        model.op(
            kind,
            [source],
            output,
            padding=padding,
            filterHeight=filters[0],
            filterWidth=filters[1],
            strideH=strides[0],
            strideW=strides[1],
            fusedActivationFunction=activation,
        )
        return [source], output

    return Layer(kind, add, [shape])


@st.composite
def mean(draw: Any) -> Layer:
    shape = tuple(draw(st.lists(SIZES, min_size=3, max_size=4)))
    first = draw(st.integers(0, len(shape) - 1))
    last = draw(st.integers(first, min(len(shape) - 1, first + 1)))
    reduced = list(range(first, last + 1))
    keep = draw(st.booleans())
    kept = [1 if i in reduced else n for i, n in enumerate(shape) if keep or i not in reduced]
    scale_in, zero_in, zero_out = draw(SCALES), draw(ZERO_POINTS), draw(ZERO_POINTS)
    scale_out = np.float32(scale_in * draw(st.sampled_from([0.25, 0.5, 1.0, 1.7])))
    if draw(st.booleans()):
        scale_out, zero_out = scale_in, zero_in

    def add(model: Any) -> tuple[list[int], int]:
        source = model.tensor(shape, scale=scale_in, zero_point=zero_in)
        axis = model.tensor((len(reduced),), "int32", data=np.array(reduced))
        output = model.tensor(kept or (1,), scale=scale_out, zero_point=zero_out)
        model.op("MEAN", [source, axis], output, keepDims=keep)
        return [source], output

    return Layer("MEAN", add, [shape])


@st.composite
def elementwise(draw: Any) -> Layer:
    """ADD, SOFTMAX, LOGISTIC, RELU, RELU6 or QUANTIZE."""
    kind = draw(st.sampled_from(["ADD", "SOFTMAX", "LOGISTIC", "RELU", "RELU6", "QUANTIZE"]))
    shape = (1, draw(SIZES), draw(st.integers(1, 40)))
    scale_in = np.float32(draw(SCALES))
    zero_in, zero_out = draw(ZERO_POINTS), draw(ZERO_POINTS)
    scale_out = np.float32(scale_in * draw(st.sampled_from([0.3, 1.0, 2.5])))
    if kind in ("SOFTMAX", "LOGISTIC"):
        scale_out, zero_out = np.float32(1 / 256), -128
    if kind == "RELU6":
        scale_in = scale_out = np.float32(max(scale_in, 6 / (127 - min(zero_in, 120))))
        zero_out = zero_in
    second = (np.float32(draw(SCALES)), draw(ZERO_POINTS))
    if kind == "ADD":
        scale_out = np.float32(max(scale_in, second[0]) * draw(st.sampled_from([0.5, 1.0, 2.0])))
    activation, beta = draw(ACTIVATIONS), draw(st.sampled_from([1.0, 0.5, 7.0]))

    def add(model: Any) -> tuple[list[int], int]:
        inputs = [model.tensor(shape, scale=scale_in, zero_point=zero_in)]
        if kind == "ADD":
            inputs.append(model.tensor(shape, scale=second[0], zero_point=second[1]))
        output = model.tensor(shape, scale=scale_out, zero_point=zero_out)
        options = {"ADD": {"fusedActivationFunction": activation}, "SOFTMAX": {"beta": beta}}
        model.op(kind, inputs, output, **options.get(kind, {}))
        return inputs, output

    return Layer(kind, add, [shape] * (2 if kind == "ADD" else 1))


@st.composite
def pad(draw: Any) -> Layer:
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)))
    amounts = [[draw(st.integers(0, 2)), draw(st.integers(0, 2))] for _ in shape]
    padded = [n + sum(pair) for n, pair in zip(shape, amounts, strict=True)]
    scale, zero_point = draw(SCALES), draw(ZERO_POINTS)

    def add(model: Any) -> tuple[list[int], int]:
        source = model.tensor(shape, scale=scale, zero_point=zero_point)
        paddings = model.tensor((len(shape), 2), "int32", data=np.array(amounts))
        output = model.tensor(padded, scale=scale, zero_point=zero_point)
        model.op("PAD", [source, paddings], output)
        return [source], output

    return Layer("PAD", add, [shape])


def check(layers: list[Layer], builder: Any, run_generated: Any, run_reference: Any) -> None:
    model = builder()
    inputs, outputs = [], []
    for layer in layers:
        added, output = layer.add(model)
        inputs += added
        outputs.append(output)
    tflite = model.build(inputs, outputs)
    shapes = [shape for layer in layers for shape in layer.input_shapes]
    rng = np.random.default_rng(len(tflite))
    cases = [[rng.integers(-128, 128, shape, np.int8) for shape in shapes] for _ in range(3)]
    cases += [[np.full(shape, value, np.int8) for shape in shapes] for value in (-128, 127)]

    actual = run_generated(tflite, cases, sanitize=True)
    expected = run_reference(tflite, cases, len(outputs))

    for case, values in zip(actual, expected, strict=True):
        for layer, mine, reference in zip(layers, case, values, strict=True):
            np.testing.assert_array_equal(mine, reference.ravel(), err_msg=repr(layer))


@given(st.lists(weighted(), min_size=1, max_size=6))
@RANDOM
def test_weighted_layers(
    builder: Any, run_generated: Any, run_reference: Any, layers: list[Layer]
) -> None:
    check(layers, builder, run_generated, run_reference)


@given(st.lists(st.one_of(pool(), mean(), elementwise(), pad()), min_size=1, max_size=6))
@RANDOM
def test_other_layers(
    builder: Any, run_generated: Any, run_reference: Any, layers: list[Layer]
) -> None:
    check(layers, builder, run_generated, run_reference)
