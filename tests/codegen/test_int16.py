"""CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED with int16 activations, against TFLM."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from moteflow.codegen import Architecture, plan_model
from moteflow.errors import GraphError, UnsupportedOpError

SAME, VALID = 0, 1
CHANNELS = st.sampled_from([1, 2, 3, 4, 5, 8, 9, 12])
SCALES = st.floats(2.0**-12, 0.5, width=32)
RANDOM = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
Add = Callable[[Any], tuple[int, int]]


def output_size(size: int, taps: int, stride: int, dilation: int, padding: int) -> int:
    extent = (taps - 1) * dilation + 1
    return -(-size // stride) if padding == SAME else (size - extent) // stride + 1


@st.composite
def int16_layer(draw: Any) -> Add:
    """A layer; calling it puts it into a model and returns (input, output)."""
    kind = draw(st.sampled_from(["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"]))
    batches, channels = draw(st.integers(1, 2)), draw(CHANNELS)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    options: dict[str, int] = {"fusedActivationFunction": draw(st.sampled_from([0, 1, 2, 3]))}
    bias_dtypes = ["int64", None]
    if kind == "FULLY_CONNECTED":
        outputs = draw(CHANNELS)
        channels = draw(st.sampled_from([1, 3, 8, 33, 600]))
        input_shape, output_shape = (batches, channels), (batches, outputs)
        weight_shape, axis, taps = (outputs, channels), 0, channels
    else:
        padding = draw(st.sampled_from([SAME, VALID]))
        filters = [draw(st.integers(1, 4)) for _ in range(2)]
        strides = [draw(st.integers(1, 3)) for _ in range(2)]
        dilations = [draw(st.integers(1, 2)) for _ in range(2)]
        sizes = [
            draw(st.integers((f - 1) * d + 1, 9)) for f, d in zip(filters, dilations, strict=True)
        ]
        rows, columns = (
            output_size(*values, padding)
            for values in zip(sizes, filters, strides, dilations, strict=True)
        )
        if kind == "CONV_2D":
            bias_dtypes.append("int32")
            groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
            outputs = draw(CHANNELS) * groups
            weight_shape, axis = (outputs, *filters, channels), 0
            taps = filters[0] * filters[1] * channels
            channels *= groups
        else:
            multiplier = draw(st.sampled_from([1, 1, 2, 3, 4]))
            outputs = channels * multiplier
            weight_shape, axis = (1, *filters, outputs), 3
            taps = filters[0] * filters[1]
            options["depthMultiplier"] = multiplier
        input_shape, output_shape = (batches, *sizes, channels), (batches, rows, columns, outputs)
        options |= {"padding": padding, "strideH": strides[0], "strideW": strides[1]}
        options |= {"dilationHFactor": dilations[0], "dilationWFactor": dilations[1]}
    n_scales = outputs if draw(st.booleans()) else 1
    scales = rng.uniform(0.001, 0.1, n_scales).astype(np.float32)
    scale_in = draw(SCALES)
    spread = draw(st.sampled_from([0.05, 0.5, 4.0, 100.0]))
    scale_out = np.float32(scale_in * scales.mean() * np.sqrt(taps) * 64 * spread)
    weights = rng.choice([-127, -128, 127, *rng.integers(-128, 128, 5)], weight_shape)
    bias_dtype = draw(st.sampled_from(bias_dtypes))
    magnitude = 2**40 if bias_dtype == "int64" and draw(st.booleans()) else 2**22
    bias = rng.integers(-magnitude, magnitude, outputs)

    def add(model: Any) -> tuple[int, int]:
        source = model.tensor(input_shape, "int16", scale=scale_in)
        inputs = [source, model.tensor(weight_shape, scale=scales, axis=axis, data=weights)]
        if bias_dtype is not None:
            bias_scales = np.float32(scale_in) * scales
            inputs.append(model.tensor((outputs,), bias_dtype, scale=bias_scales, data=bias))
        output = model.tensor(output_shape, "int16", scale=scale_out)
        model.op(kind, inputs, output, **options)
        return source, output

    return add


@RANDOM
@given(layers=st.lists(int16_layer(), min_size=6, max_size=6))
def test_random_layers_equal_tflm(
    layers: list[Add], builder: Any, equals_reference: Callable
) -> None:
    equals_reference(builder.beside(layers))


@settings(RANDOM, max_examples=4)
@given(layers=st.lists(int16_layer(), min_size=12, max_size=12))
@pytest.mark.parametrize("target", ["host", "microbit", "mps2_an386", "mps3_an547"])
def test_random_layers_on_a_target_equal_tflm(
    target: str, layers: list[Add], builder: Any, equals_reference: Callable
) -> None:
    equals_reference(builder.beside(layers), target=target, sanitize=target == "host")


def single_op_case(path: Path) -> tuple[list[np.ndarray], np.ndarray]:
    """Inputs and golden output of a SEANet layer, as flat arrays."""
    inputs = [
        np.loadtxt(name, delimiter=",", dtype=np.int64).astype(name.stem.rsplit("_", 1)[1])
        for name in sorted(path.parent.glob(f"{path.stem}_input*.csv"))
    ]
    golden = np.loadtxt(path.parent / f"{path.stem}_golden_int16.csv", delimiter=",")
    return inputs, golden.ravel().astype(np.int16)


@pytest.mark.parametrize("target", ["host", "mps2_an386"])
@pytest.mark.parametrize("kind", ["conv", "transpose_conv"])
def test_seanet_layers_equal_their_golden_outputs(
    kind: str, target: str, shared_data: Path, run_generated: Callable
) -> None:
    models = sorted((shared_data / "models/seanet" / kind).glob("*.tflite"))
    assert models
    for path in models:
        inputs, golden = single_op_case(path)
        actual = run_generated(path.read_bytes(), [inputs], target=target)
        np.testing.assert_array_equal(actual[0][0], golden, path.stem)


def fully_connected(
    builder: Any, bias_dtype: str, bias: int = 0, zero_point: int = 0, scale: float = 0.01
) -> bytes:
    model = builder()
    source = model.tensor((1, 4), "int16", scale=0.01, zero_point=zero_point)
    weights = model.tensor((2, 4), scale=0.01, data=np.ones((2, 4), np.int8))
    biases = model.tensor((2,), bias_dtype, scale=1e-4, data=np.full(2, bias))
    output = model.tensor((1, 2), "int16", scale=scale)
    model.op("FULLY_CONNECTED", [source, weights, biases], output)
    return model.build([source], [output])


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ({"bias_dtype": "int32"}, "input 2 must be int64"),
        ({"bias_dtype": "int64", "zero_point": 3}, "the zero point 0"),
    ],
)
def test_variants_without_a_kernel_are_refused(model: dict, message: str, builder: Any) -> None:
    with pytest.raises(UnsupportedOpError, match=message):
        plan_model(fully_connected(builder, **model), Architecture.PORTABLE)


@pytest.mark.parametrize(
    ("model", "message"),
    [({"bias": 2**47}, "stay below 2\\^47"), ({"scale": 1e-7}, "must be below 2\\^7")],
)
def test_sums_that_64_bit_rounding_cannot_take_are_refused(
    model: dict, message: str, builder: Any
) -> None:
    with pytest.raises(GraphError, match=message):
        plan_model(fully_connected(builder, "int64", **model), Architecture.PORTABLE)
