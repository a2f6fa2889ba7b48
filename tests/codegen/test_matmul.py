"""CONV_2D and FULLY_CONNECTED against TFLM's reference kernels, on the host and on every core."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from moteflow.codegen import Architecture
from moteflow.codegen.kernels.convolution import conv_2d_memory
from moteflow.codegen.kernels.fully_connected import QUADS_WEIGHTS
from moteflow.codegen.kernels.matmul import BLOCK
from moteflow.graph import Rescale, Rounding, Window
from moteflow.graph.operators.convolution import Conv2d

SAME, VALID = 0, 1
ZERO_POINTS = st.one_of(st.sampled_from([-128, 127, 0]), st.integers(-128, 127))
ACTIVATIONS = st.sampled_from([0, 0, 1, 2, 3])
SCALES = st.floats(2.0**-10, 2.0, width=32)
SPREADS = st.sampled_from([0.004, 0.5, 1.0, 2.0, 4.0, 100.0, 2.0**22])
LAYERS_PER_MODEL = 12


def random_settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@dataclass(frozen=True)
class Layer:
    """A drawn layer: shapes, and the options of its operator."""

    kind: str
    input_shape: tuple[int, ...]
    weight_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    options: dict[str, int]
    zero_points: tuple[int, int]
    scale: float
    spread: float
    per_channel: bool
    has_bias: bool
    seed: int

    def add(self, model: Any) -> tuple[int, int]:
        """Puts it into a model; returns input and output."""
        rng = np.random.default_rng(self.seed)
        axis = 3 if self.kind == "DEPTHWISE_CONV_2D" else 0
        outputs = self.output_shape[-1]
        taps = int(np.prod(self.weight_shape)) // outputs
        scales = rng.uniform(0.001, 0.1, outputs if self.per_channel else 1).astype(np.float32)
        scale_out = np.float32(self.scale * scales.mean() * np.sqrt(taps) * 64 * self.spread)
        values = [-127, -128, 127, *rng.integers(-128, 128, 5)]
        weights = rng.choice(values, self.weight_shape)
        source = model.tensor(self.input_shape, scale=self.scale, zero_point=self.zero_points[0])
        inputs = [source, model.tensor(self.weight_shape, scale=scales, axis=axis, data=weights)]
        if self.has_bias:
            bias = rng.integers(-(2**15), 2**15, outputs)
            bias_scales = np.float32(self.scale) * scales
            inputs.append(model.tensor((outputs,), "int32", scale=bias_scales, data=bias))
        output = model.tensor(self.output_shape, scale=scale_out, zero_point=self.zero_points[1])
        model.op(self.kind, inputs, output, **self.options)
        return source, output


@st.composite
def quantization(draw: Any) -> dict[str, Any]:
    return {
        "zero_points": (draw(ZERO_POINTS), draw(ZERO_POINTS)),
        "scale": draw(SCALES),
        "spread": draw(SPREADS),
        "per_channel": draw(st.booleans()),
        "has_bias": draw(st.booleans()),
        "seed": draw(st.integers(0, 2**32)),
    }


@st.composite
def fully_connected(draw: Any) -> Layer:
    batches = draw(st.integers(1, 5))
    depth, outputs = draw(st.integers(1, 70)), draw(st.integers(1, 20))
    options = {"fusedActivationFunction": draw(ACTIVATIONS)}
    shapes = (batches, depth), (outputs, depth), (batches, outputs)
    return Layer("FULLY_CONNECTED", *shapes, options, **draw(quantization()))


@st.composite
def few_rows_of_much_work(draw: Any) -> Layer:
    batches, outputs = draw(st.integers(1, 2)), 4 * draw(st.integers(1, 70))
    depth = -(-QUADS_WEIGHTS // outputs) + draw(st.integers(0, 16))
    options = {"fusedActivationFunction": draw(ACTIVATIONS)}
    shapes = (batches, depth), (outputs, depth), (batches, outputs)
    return Layer("FULLY_CONNECTED", *shapes, options, **draw(quantization()))


@st.composite
def pointwise(draw: Any) -> Layer:
    batches, height, width = (draw(st.integers(1, 4)) for _ in range(3))
    depth, outputs = draw(st.integers(1, 40)), draw(st.integers(1, 20))
    return convolution((batches, height, width, depth), (outputs, 1, 1), 1, draw)


@st.composite
def general(draw: Any) -> Layer:
    groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
    depth = draw(st.sampled_from([1, 2, 3, 4, 5, 8, 12])) * groups
    outputs = draw(st.integers(1, 7)) * groups
    shape = (draw(st.integers(1, 2)), draw(st.integers(1, 9)), draw(st.integers(1, 9)), depth)
    taps = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    return convolution(shape, (outputs, *taps), groups, draw)


@st.composite
def one_channel_depthwise(draw: Any) -> Layer:
    shape = (1, draw(st.integers(1, 9)), draw(st.integers(1, 9)), 1)
    filters = (draw(st.integers(1, 9)), draw(st.integers(1, 4)), draw(st.integers(1, 8)))
    layer = convolution(shape, filters, 1, draw)
    return replace(
        layer,
        kind="DEPTHWISE_CONV_2D",
        weight_shape=(1, *layer.weight_shape[1:3], filters[0]),
        options=layer.options | {"depthMultiplier": filters[0]},
    )


def convolution(
    shape: tuple[int, ...], filters: tuple[int, int, int], groups: int, draw: Any
) -> Layer:
    """A CONV_2D with drawn steps and padding; `filters` is (outputs, rows, columns)."""
    padding = draw(st.sampled_from([SAME, VALID]))
    outputs, *taps = filters
    sizes, steps = [], []
    for axis, size in enumerate(shape[1:3]):
        dilation, stride = draw(st.integers(1, 3)), draw(st.integers(1, 3))
        if padding == VALID:
            taps[axis] = min(taps[axis], (size - 1) // dilation + 1)
        extent = (taps[axis] - 1) * dilation + 1
        sizes.append(-(-size // stride) if padding == SAME else (size - extent) // stride + 1)
        steps.append((stride, dilation))
    options = {
        "padding": padding,
        "strideH": steps[0][0],
        "strideW": steps[1][0],
        "dilationHFactor": steps[0][1],
        "dilationWFactor": steps[1][1],
        "fusedActivationFunction": draw(ACTIVATIONS),
    }
    shapes = shape, (outputs, *taps, shape[3] // groups), (shape[0], *sizes, outputs)
    return Layer("CONV_2D", *shapes, options, **draw(quantization()))


LAYERS = st.one_of(
    fully_connected(),
    few_rows_of_much_work(),
    pointwise(),
    general(),
    general(),
    one_channel_depthwise(),
)
MODELS = st.lists(LAYERS, min_size=LAYERS_PER_MODEL, max_size=LAYERS_PER_MODEL)


@pytest.fixture(scope="module")
def check(
    builder: Any, run_generated: Callable, run_reference: Callable
) -> Callable[[Sequence[Layer], str], None]:
    """Compares independent layers, put into one model, on random and on extreme inputs."""

    def run(
        layers: Sequence[Layer],
        target: str,
        rounding: Rounding = Rounding.DOUBLE,
        **options: Any,
    ) -> None:
        model = builder()
        inputs, outputs = zip(*(layer.add(model) for layer in layers), strict=True)
        tflite = model.build(inputs, outputs)
        rng = np.random.default_rng(len(tflite))
        shapes = [layer.input_shape for layer in layers]
        cases = [[rng.integers(-128, 128, shape, np.int8) for shape in shapes] for _ in range(3)]
        cases += [[np.full(shape, value, np.int8) for shape in shapes] for value in (-128, 127)]

        actual = run_generated(tflite, cases, target=target, rounding=rounding, **options)

        expected = run_reference(tflite, cases, len(outputs), rounding)
        for case, values in zip(actual, expected, strict=True):
            for layer, mine, reference in zip(layers, case, values, strict=True):
                np.testing.assert_array_equal(mine, reference.ravel(), err_msg=repr(layer))

    return run


@given(MODELS)
@random_settings(12)
def test_random_layers_on_the_host(check: Callable, layers: list[Layer]) -> None:
    check(layers, "host", sanitize=True)


@given(MODELS)
@random_settings(12)
def test_random_layers_with_the_dsp_extension(check: Callable, layers: list[Layer]) -> None:
    check(layers, "mps2_an386")


@pytest.mark.parametrize("target", ["microbit", "mps2_an385", "mps2_an500", "mps2_an505"])
@given(MODELS)
@random_settings(3)
def test_random_layers_on_other_cores(check: Callable, target: str, layers: list[Layer]) -> None:
    check(layers, target)


@pytest.mark.parametrize(
    "target", ["host", "microbit", "mps2_an385", "mps2_an386", "mps2_an505", "mps3_an547"]
)
@given(MODELS)
@settings(random_settings(2), phases=[Phase.generate])
def test_random_layers_with_single_rounding(
    check: Callable, target: str, layers: list[Layer]
) -> None:
    taken = [replace(layer, spread=min(layer.spread, 2.0**12), has_bias=True) for layer in layers]
    check([layer for layer in taken if not leaves_rest(layer)], target, Rounding.SINGLE)


def leaves_rest(layer: Layer) -> bool:
    """Whether no window reaches the end of an image, in spite of SAME padding."""
    if layer.options.get("padding", VALID) == VALID or max(layer.weight_shape[1:3]) == 1:
        return False
    return any(
        (layer.output_shape[axis] - 1) * layer.options[f"stride{name}"]
        + (layer.weight_shape[axis] - 1) * layer.options[f"dilation{name}Factor"]
        < layer.input_shape[axis] - 1
        for axis, name in ((1, "H"), (2, "W"))
    )


OVERLAPPING = st.one_of(pointwise(), general(), one_channel_depthwise()).filter(
    lambda layer: layer.kind != "CONV_2D" or layer.input_shape[3] == layer.weight_shape[3]
)


@pytest.mark.parametrize("target", ["host", "mps2_an386"])
def test_outputs_over_their_inputs(
    target: str, builder: Any, equals_reference_in_place: Callable[..., None]
) -> None:
    @random_settings(6)
    @given(st.lists(OVERLAPPING, min_size=LAYERS_PER_MODEL, max_size=LAYERS_PER_MODEL))
    def check(layers: list[Layer]) -> None:
        model = builder()
        inputs, outputs = zip(*(layer.add(model) for layer in layers), strict=True)
        equals_reference_in_place(model.build(inputs, outputs), target=target)

    check()


@pytest.mark.parametrize("outputs", [9, 10])
@pytest.mark.parametrize("depth", [1023, 2049])
def test_long_rows_with_the_dsp_extension(check: Callable, depth: int, outputs: int) -> None:
    layer = Layer(
        "FULLY_CONNECTED",
        (2, depth),
        (outputs, depth),
        (2, outputs),
        {},
        zero_points=(-128, 127),
        scale=1.0,
        spread=1.0,
        per_channel=True,
        has_bias=True,
        seed=depth,
    )

    check([layer], "mps2_an386")


@given(general(), st.sampled_from([Architecture.PORTABLE, Architecture.DSP]))
@random_settings(300)
def test_an_output_at_its_clearance_overwrites_nothing_unread(
    layer: Layer, architecture: Architecture
) -> None:
    attributes = convolution_attributes(layer)
    memory = conv_2d_memory(attributes, architecture)
    if attributes.groups > 1:
        assert not memory.overlaps
        return
    [overlap] = memory.overlaps

    needed = smallest_clearance(attributes, BLOCK[architecture])

    input_bytes = int(np.prod(layer.input_shape))
    assert overlap.clearance == max(needed, -input_bytes)


def convolution_attributes(layer: Layer) -> Conv2d:
    options = layer.options
    pads = []
    for axis, (stride, dilation) in enumerate(
        (
            (options["strideH"], options["dilationHFactor"]),
            (options["strideW"], options["dilationWFactor"]),
        )
    ):
        extent = (layer.weight_shape[1 + axis] - 1) * dilation + 1
        needed = (layer.output_shape[1 + axis] - 1) * stride + extent - layer.input_shape[1 + axis]
        pads.append(max(needed, 0) // 2)
    return Conv2d(
        batches=layer.input_shape[0],
        window=Window(
            *layer.input_shape[1:3],
            *layer.output_shape[1:3],
            *layer.weight_shape[1:3],
            options["strideH"],
            options["strideW"],
            options["dilationHFactor"],
            options["dilationWFactor"],
            *pads,
        ),
        input_channels=layer.input_shape[3],
        output_channels=layer.output_shape[3],
        groups=layer.input_shape[3] // layer.weight_shape[3],
        input_zero_point=0,
        output_zero_point=0,
        rescale=Rescale((2**30,), (-1,)),
        activation_min=-128,
        activation_max=127,
    )


def smallest_clearance(a: Conv2d, block: int) -> int:
    """Byte by byte: after each block, what is written against what is still to be read."""
    w = a.window
    pixels = [
        (b, y, x)
        for b in range(a.batches)
        for y in range(w.output_height)
        for x in range(w.output_width)
    ]
    image = w.input_height * w.input_width * a.input_channels
    reads = []
    for b, y, x in pixels:
        rows = range(w.filter_height)
        rows = [y * w.stride_height - w.pad_top + tap * w.dilation_height for tap in rows]
        columns = range(w.filter_width)
        columns = [x * w.stride_width - w.pad_left + tap * w.dilation_width for tap in columns]
        inside = [
            (row * w.input_width + column) * a.input_channels
            for row in rows
            for column in columns
            if 0 <= row < w.input_height and 0 <= column < w.input_width
        ]
        reads.append(b * image + min(inside, default=image))
    needed = [-(10**9)]
    done = 0
    while done < len(pixels):
        done += block if len(pixels) - done >= block else 1
        if done < len(pixels):
            needed.append(done * a.output_channels - min(reads[done:]))
    return max(needed)


def scales_at_a_tie(rng: np.random.Generator) -> tuple[np.float32, np.float32, np.float32]:
    """Scales of input, weights and output whose quotient in float32 rounds 5 steps to another
    value than in float64: about 2.5, on the two sides of it."""
    while True:
        source, weights = np.float32(rng.uniform(0.01, 1)), np.float32(rng.uniform(0.001, 0.1))
        output = np.float32(float(source) * float(weights) / 2.5)
        in_float64 = float(source) * float(weights) / float(output)
        if float(source * weights) / float(output) >= 2.5 > in_float64 * (1 + 2**-33):
            return source, weights, output


@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("units", [1, 3])
def test_fully_connected_scales_are_multiplied_as_tflm_does(
    builder: Any, equals_reference_on: Callable[..., None], units: int, with_bias: bool
) -> None:
    rng = np.random.default_rng(units)
    for _ in range(5):
        source_scale, weight_scale, output_scale = scales_at_a_tie(rng)
        model = builder()
        source = model.tensor((1, 4), scale=source_scale)
        weights = model.tensor((units, 4), scale=weight_scale, data=np.ones((units, 4)))
        inputs = [source, weights]
        if with_bias:
            bias_scale = source_scale * weight_scale
            bias = model.tensor((units,), "int32", scale=bias_scale, data=np.zeros(units))
            inputs.append(bias)
        output = model.tensor((1, units), scale=output_scale)
        model.op("FULLY_CONNECTED", inputs, output)
        ones = np.array([[[1, 0, 0, 0]], [[-1, 0, 0, 0]], [[3, 0, 0, 0]]], np.int8)
        equals_reference_on(model.build([source], [output]), [[case] for case in ones])
