"""Helium's kernels on an emulated Cortex-M55: whole models, and random layers at their extremes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from moteflow.codegen.packing_helium import pack_matmul
from moteflow.graph import Rescale

TARGET = "mps3_an547"
MODELS = (
    "mlperf/ad01_int8",
    "mlperf/kws_ref_model",
    "mltk/image_example1",
    "packt/cifar10_int8",
    "tflm/micro_speech_quantized",
    "tflm/simple_add_model",
)
SAME, VALID = 0, 1
PADDINGS = st.sampled_from([SAME, VALID])
CHANNELS = st.sampled_from([1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 20, 32, 33, 48])
ZERO_POINTS = st.one_of(st.sampled_from([-128, 127, 0]), st.integers(-128, 127))
ACTIVATIONS = st.sampled_from([0, 1, 2, 3])
RANDOM = settings(
    max_examples=6,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Layer:
    """A drawn layer; `add` puts it into a model and returns its inputs and its output."""

    description: str
    add: Callable[[Any], tuple[list[int], int]]
    input_shapes: list[tuple[int, ...]]


@dataclass(frozen=True)
class Axis:
    """One spatial axis of a drawn window."""

    size: int
    taps: int
    stride: int
    dilation: int

    def outputs(self, padding: int) -> int:
        extent = (self.taps - 1) * self.dilation + 1
        covered = self.size if padding == SAME else self.size - extent + 1
        return -(-covered // self.stride)


@st.composite
def axis(draw: Any, padding: int, with_dilation: bool = True) -> Axis:
    size = draw(st.integers(1, 10))
    dilation = draw(st.sampled_from([1, 1, 2, 3])) if with_dilation else 1
    most = 9 if padding == SAME else (size - 1) // dilation + 1
    taps = min(draw(st.sampled_from([1, 2, 3, 3, 3, 4, 5, 9])), most)
    return Axis(size, taps, draw(st.sampled_from([1, 1, 2, 3])), dilation)


@st.composite
def convolution(draw: Any) -> Layer:
    """CONV_2D (some in groups, some with filters of one pixel) or DEPTHWISE_CONV_2D."""
    kind = draw(st.sampled_from(["CONV_2D", "DEPTHWISE_CONV_2D", "DEPTHWISE_CONV_2D"]))
    batches, channels = draw(st.integers(1, 2)), draw(CHANNELS)
    padding = draw(PADDINGS)
    rows, columns = draw(axis(padding)), draw(axis(padding))
    if kind == "CONV_2D" and draw(st.booleans()):
        rows, columns = Axis(rows.size, 1, 1, 1), Axis(columns.size, 1, 1, 1)
    if kind == "CONV_2D":
        groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
        outputs = draw(CHANNELS) * groups
        weight_shape, channel_axis = (outputs, rows.taps, columns.taps, channels), 0
        channels *= groups
        options = {}
    else:
        multiplier = draw(st.sampled_from([1, 1, 1, 2, 3, 8]))
        outputs = channels * multiplier
        weight_shape, channel_axis = (1, rows.taps, columns.taps, outputs), 3
        options = {"depthMultiplier": multiplier}
    options |= {"padding": padding, "strideH": rows.stride, "strideW": columns.stride}
    options |= {"dilationHFactor": rows.dilation, "dilationWFactor": columns.dilation}
    input_shape = (batches, rows.size, columns.size, channels)
    output_shape = (batches, rows.outputs(padding), columns.outputs(padding), outputs)
    return draw(weighted(kind, input_shape, weight_shape, channel_axis, output_shape, options))


@st.composite
def fully_connected(draw: Any) -> Layer:
    batches, depth = draw(st.integers(1, 3)), draw(st.one_of(CHANNELS, st.integers(100, 300)))
    outputs = draw(CHANNELS)
    shapes = ((batches, depth), (outputs, depth), 0, (batches, outputs))
    return draw(weighted("FULLY_CONNECTED", *shapes, {}))


@st.composite
def weighted(
    draw: Any,
    kind: str,
    input_shape: tuple[int, ...],
    weight_shape: tuple[int, ...],
    channel_axis: int,
    output_shape: tuple[int, ...],
    options: dict[str, int],
) -> Layer:
    """A layer with drawn scales (outputs saturate, or shifts go left), zero points and weights."""
    outputs = weight_shape[channel_axis]
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    options = {**options, "fusedActivationFunction": draw(ACTIVATIONS)}
    zero_in, zero_out = draw(ZERO_POINTS), draw(ZERO_POINTS)
    scale_in = np.float32(draw(st.sampled_from([2.0**-10, 0.02, 1.7])))
    scales = rng.uniform(0.001, 0.1, outputs if draw(st.booleans()) else 1).astype(np.float32)
    spread = draw(st.sampled_from([0.004, 0.5, 0.5, 1.0, 100.0]))
    taps = np.prod(weight_shape) / outputs
    scale_out = np.float32(scale_in * scales.mean() * np.sqrt(taps) * 64 * spread)
    weights = rng.choice([-127, -128, 127, *rng.integers(-128, 128, 5)], weight_shape)
    bias = rng.integers(-(2**15), 2**15, outputs) if draw(st.booleans()) else None

    def add(model: Any) -> tuple[list[int], int]:
        source = model.tensor(input_shape, scale=scale_in, zero_point=zero_in)
        inputs = [source, model.tensor(weight_shape, scale=scales, axis=channel_axis, data=weights)]
        if bias is not None:
            bias_scales = scale_in * scales
            inputs.append(model.tensor((outputs,), "int32", scale=bias_scales, data=bias))
        output = model.tensor(output_shape, scale=scale_out, zero_point=zero_out)
        model.op(kind, inputs, output, **options)
        return [source], output

    return Layer(f"{kind} {input_shape} {weight_shape} {options}", add, [input_shape])


@st.composite
def pool(draw: Any) -> Layer:
    kind = draw(st.sampled_from(["AVERAGE_POOL_2D", "MAX_POOL_2D"]))
    batches, channels, padding = draw(st.integers(1, 2)), draw(CHANNELS), draw(PADDINGS)
    rows, columns = (draw(axis(padding, with_dilation=False)) for _ in range(2))
    shape = (batches, rows.size, columns.size, channels)
    output_shape = (batches, rows.outputs(padding), columns.outputs(padding), channels)
    scale, zero_point = draw(st.sampled_from([0.02, 1.7])), draw(ZERO_POINTS)
    options = {"padding": padding, "strideH": rows.stride, "strideW": columns.stride}
    options |= {"filterHeight": rows.taps, "filterWidth": columns.taps}
    options |= {"fusedActivationFunction": draw(ACTIVATIONS)}

    def add(model: Any) -> tuple[list[int], int]:
        source = model.tensor(shape, scale=scale, zero_point=zero_point)
        output = model.tensor(output_shape, scale=scale, zero_point=zero_point)
        model.op(kind, [source], output, **options)
        return [source], output

    return Layer(f"{kind} {shape} {options}", add, [shape])


@st.composite
def add_layer(draw: Any) -> Layer:
    shape = (1, draw(st.integers(1, 9)), draw(CHANNELS))
    scales = [np.float32(draw(st.sampled_from([0.001, 0.02, 0.03, 1.7]))) for _ in range(2)]
    zero_points = [draw(ZERO_POINTS) for _ in range(3)]
    scale_out = np.float32(max(scales) * draw(st.sampled_from([0.01, 0.5, 1.0, 2.0])))
    options = {"fusedActivationFunction": draw(ACTIVATIONS)}

    def add(model: Any) -> tuple[list[int], int]:
        inputs = [
            model.tensor(shape, scale=scale, zero_point=zero_point)
            for scale, zero_point in zip(scales, zero_points[:2], strict=True)
        ]
        output = model.tensor(shape, scale=scale_out, zero_point=zero_points[2])
        model.op("ADD", inputs, output, **options)
        return inputs, output

    return Layer(f"ADD {shape} {scales} {scale_out} {zero_points} {options}", add, [shape] * 2)


def test_matmul_stream_holds_blocks_of_four_filters_by_sixteen_elements() -> None:
    filters = np.arange(1, 6, dtype=np.int8)[:, None].repeat(17, axis=1)

    stream = pack_matmul(filters, np.arange(5), Rescale((7,), (-3,)))

    blocks = stream.reshape(2, -1)
    weights = blocks[:, :32].view(np.int8).reshape(2, 2, 4, 16)
    np.testing.assert_array_equal(weights[0, :, :, 0], [[1, 2, 3, 4]] * 2)
    np.testing.assert_array_equal(weights[0, 1, 0], [1] + [0] * 15)
    np.testing.assert_array_equal(weights[1, 0, :, 5], [5, 0, 0, 0])
    np.testing.assert_array_equal(
        blocks[1, 32:].reshape(3, 4), [[4, 0, 0, 0], [7, 0, 0, 0], [-3, -1, -1, -1]]
    )


def check(layers: list[Layer], builder: Any, run_generated: Any, run_reference: Any) -> None:
    model = builder()
    ports = [layer.add(model) for layer in layers]
    sources = [source for inputs, _ in ports for source in inputs]
    tflite = model.build(sources, [output for _, output in ports])
    shapes = [shape for layer in layers for shape in layer.input_shapes]
    rng = np.random.default_rng(len(tflite))
    cases = [[rng.integers(-128, 128, shape, np.int8) for shape in shapes] for _ in range(3)]
    cases += [[np.full(shape, value, np.int8) for shape in shapes] for value in (-128, 127)]

    actual = run_generated(tflite, cases, target=TARGET)
    expected = run_reference(tflite, cases, len(layers))

    for case, values in zip(actual, expected, strict=True):
        for layer, mine, reference in zip(layers, case, values, strict=True):
            np.testing.assert_array_equal(mine, reference.ravel(), err_msg=layer.description)


@given(st.lists(convolution(), min_size=16, max_size=16))
@RANDOM
def test_convolutions(
    builder: Any, run_generated: Any, run_reference: Any, layers: list[Layer]
) -> None:
    check(layers, builder, run_generated, run_reference)


@given(st.lists(fully_connected(), min_size=12, max_size=12))
@RANDOM
def test_fully_connected_layers(
    builder: Any, run_generated: Any, run_reference: Any, layers: list[Layer]
) -> None:
    check(layers, builder, run_generated, run_reference)


@given(st.lists(st.one_of(pool(), add_layer()), min_size=16, max_size=16))
@RANDOM
def test_pools_and_sums(
    builder: Any, run_generated: Any, run_reference: Any, layers: list[Layer]
) -> None:
    check(layers, builder, run_generated, run_reference)


@pytest.mark.parametrize("name", MODELS)
def test_models_equal_the_golden_outputs(
    name: str, shared_data: Path, run_generated: Callable
) -> None:
    path = shared_data / "models" / f"{name}.tflite"
    with np.load(path.with_suffix(".golden.npz")) as golden:
        n_cases = len([key for key in golden if key.startswith("out0_")])
        n_inputs = len([key for key in golden if key.startswith("in") and key.endswith("_0")])
        cases = [[golden[f"in{j}_{k}"] for j in range(n_inputs)] for k in range(n_cases)]
        expected = [golden[f"out0_{k}"].ravel() for k in range(n_cases)]

    actual = run_generated(path.read_bytes(), cases, target=TARGET)

    np.testing.assert_array_equal([case[0] for case in actual], expected)
