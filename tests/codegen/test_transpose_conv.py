"""TRANSPOSE_CONV, int8 and int16x8: random layers at their extremes, against TFLM."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from moteflow.codegen import Architecture, plan_model
from moteflow.errors import GraphError

SAME, VALID = 0, 1
CHANNELS = st.sampled_from([1, 2, 3, 4, 5, 8, 9])
ZERO_POINTS = st.one_of(st.sampled_from([-128, 127, 0]), st.integers(-128, 127))
RANDOM = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
Add = Callable[[Any], tuple[int, int]]


@st.composite
def transpose_conv(draw: Any) -> Add:
    """A layer; calling it puts it into a model and returns (input, output)."""
    dtype = draw(st.sampled_from(["int8", "int16"]))
    padding = draw(st.sampled_from([SAME, VALID]))
    batches, channels, outputs = draw(st.integers(1, 2)), draw(CHANNELS), draw(CHANNELS)
    filters = [draw(st.integers(1, 5)) for _ in range(2)]
    strides = [draw(st.integers(1, 3)) for _ in range(2)]
    sizes = [draw(st.integers(1, 5)) for _ in range(2)]
    rows, columns = (
        size * stride if padding == SAME else (size - 1) * stride + taps
        for size, stride, taps in zip(sizes, strides, filters, strict=True)
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    scales = rng.uniform(0.001, 0.1, outputs if draw(st.booleans()) else 1).astype(np.float32)
    scale_in = draw(st.floats(2.0**-12, 0.5, width=32))
    spread = draw(st.sampled_from([0.05, 0.5, 4.0, 100.0]))
    scale_out = np.float32(scale_in * scales.mean() * np.sqrt(channels) * 64 * spread)
    weights = rng.choice(
        [-127, -128, 127, *rng.integers(-128, 128, 5)], (outputs, *filters, channels)
    )
    bias = rng.integers(-(2**20), 2**20, outputs) if draw(st.booleans()) else None
    zero_in, zero_out = (draw(ZERO_POINTS), draw(ZERO_POINTS)) if dtype == "int8" else (0, 0)
    activation = draw(st.sampled_from([0, 1, 3]))

    def add(model: Any) -> tuple[int, int]:
        shape = (batches, rows, columns, outputs)
        source = model.tensor((batches, *sizes, channels), dtype, scale_in, zero_in)
        inputs = [
            model.tensor((4,), "int32", data=np.array(shape)),
            model.tensor(weights.shape, scale=scales, data=weights),
            source,
        ]
        if bias is not None:
            bias_dtype = "int32" if dtype == "int8" else "int64"
            bias_scales = np.float32(scale_in) * scales
            inputs.append(model.tensor((outputs,), bias_dtype, scale=bias_scales, data=bias))
        output = model.tensor(shape, dtype, scale_out, zero_out)
        model.op(
            "TRANSPOSE_CONV",
            inputs,
            output,
            padding=padding,
            strideH=strides[0],
            strideW=strides[1],
            fusedActivationFunction=activation,
        )
        return source, output

    return add


@RANDOM
@given(layers=st.lists(transpose_conv(), min_size=6, max_size=6))
def test_random_layers_equal_tflm(
    layers: list[Add], builder: Any, equals_reference: Callable
) -> None:
    equals_reference(builder.beside(layers))


@settings(RANDOM, max_examples=4)
@given(layers=st.lists(transpose_conv(), min_size=12, max_size=12))
@pytest.mark.parametrize("target", ["host", "mps2_an386"])
def test_random_layers_on_a_target_equal_tflm(
    target: str, layers: list[Add], builder: Any, equals_reference: Callable
) -> None:
    equals_reference(builder.beside(layers), target=target, sanitize=target == "host")


def test_channels_that_do_not_fit_are_refused(builder: Any) -> None:
    model = builder()
    shape = model.tensor((4,), "int32", data=np.array([1, 2, 2, 3]))
    weights = model.tensor((3, 1, 1, 2), data=np.ones((3, 1, 1, 2), np.int8))
    source, output = model.tensor((1, 2, 2, 4)), model.tensor((1, 2, 2, 3))
    model.op("TRANSPOSE_CONV", [shape, weights, source], output, strideH=1, strideW=1)
    with pytest.raises(GraphError, match="must map 1 images of 2 channels to 3 channels"):
        plan_model(model.build([source], [output]), Architecture.PORTABLE)
