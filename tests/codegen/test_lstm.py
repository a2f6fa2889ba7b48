"""UNIDIRECTIONAL_SEQUENCE_LSTM: sequences of random and extreme inputs, against TFLM."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from moteflow.codegen import Architecture, plan_model
from moteflow.errors import GraphError, UnsupportedOpError

ZERO_POINTS = st.one_of(st.sampled_from([-128, 127, 0]), st.integers(-128, 127))
TANH = 4
RANDOM = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
Add = Callable[[Any], tuple[int, int]]


def add_lstm(
    model: Any,
    dtype: str = "int8",
    batches: int = 1,
    steps: int = 3,
    sizes: tuple[int, int] = (4, 5),
    time_major: bool = False,
    zero_points: tuple[int, int] = (0, 0),
    scales: tuple[float, float] = (0.02, 2.0**-7),
    weight_scale: float = 0.01,
    weight_spread: float = 2.0,
    cell_scale: float = 2.0**-11,
    cell_clip: float = 0.0,
    activation: int = TANH,
    peephole: bool = False,
    seed: int = 0,
) -> tuple[int, int]:
    """Put a layer into a model: (input, output). The weights and biases are random."""
    rng = np.random.default_rng(seed)
    inputs, units = sizes
    bias_dtype = "int32" if dtype == "int8" else "int64"

    def weights(columns: int) -> int:
        values = rng.integers(-127, 128, (units, columns))
        return model.tensor(
            values.shape, scale=weight_scale * weight_spread ** rng.uniform(-1, 1), data=values
        )

    def bias() -> int:
        values = rng.integers(-(2**12), 2**12, units)
        return model.tensor((units,), bias_dtype, scale=scales[0] * weight_scale, data=values)

    outer = (steps, batches) if time_major else (batches, steps)
    source = model.tensor((*outer, inputs), dtype, scales[0], zero_points[0])
    hidden = model.tensor((batches, units), dtype, scales[1], zero_points[1], is_variable=True)
    cell = model.tensor((batches, units), "int16", cell_scale, is_variable=True)
    output = model.tensor((*outer, units), dtype, scales[1], zero_points[1])
    tensors = [source, *(weights(inputs) for _ in range(4)), *(weights(units) for _ in range(4))]
    tensors += [model.tensor((units,), "int16") if peephole else -1, -1, -1]
    tensors += [*(bias() for _ in range(4)), -1, -1, hidden, cell, -1, -1, -1, -1]
    model.op(
        "UNIDIRECTIONAL_SEQUENCE_LSTM",
        tensors,
        output,
        fusedActivationFunction=activation,
        cellClip=cell_clip,
        timeMajor=time_major,
    )
    return source, output


@st.composite
def lstm(draw: Any) -> Add:
    dtype = draw(st.sampled_from(["int8", "int16"]))
    variant = {
        "dtype": dtype,
        "batches": draw(st.integers(1, 3)),
        "steps": draw(st.integers(1, 5)),
        "sizes": (draw(st.integers(1, 17)), draw(st.integers(1, 9))),
        "time_major": draw(st.booleans()),
        "scales": (
            draw(st.sampled_from([0.003, 0.02, 0.1])) / (1 if dtype == "int8" else 256),
            2.0 ** -(7 if dtype == "int8" else 15) * draw(st.sampled_from([1, 0.8, 0.1])),
        ),
        "zero_points": (draw(ZERO_POINTS), draw(ZERO_POINTS)) if dtype == "int8" else (0, 0),
        "weight_scale": draw(st.sampled_from([0.001, 0.01, 0.05])),
        "cell_scale": 2.0 ** draw(st.integers(-15, -8)),
        "cell_clip": draw(st.sampled_from([0.0, 0.0, 0.7, 10.0])),
        "seed": draw(st.integers(0, 2**32)),
    }
    return lambda model: add_lstm(model, **variant)


@RANDOM
@given(layers=st.lists(lstm(), min_size=4, max_size=4))
def test_random_layers_equal_tflm(
    layers: list[Add], builder: Any, equals_reference: Callable
) -> None:
    equals_reference(builder.beside(layers), n_cases=8)


@settings(RANDOM, max_examples=4)
@given(layers=st.lists(lstm(), min_size=5, max_size=5))
@pytest.mark.parametrize("target", ["host", "mps2_an386"])
def test_random_layers_on_a_target_equal_tflm(
    target: str, layers: list[Add], builder: Any, equals_reference: Callable
) -> None:
    equals_reference(builder.beside(layers), n_cases=8, target=target, sanitize=target == "host")


@pytest.mark.parametrize("target", ["host", "mps2_an386", "mps3_an547"])
def test_common_sizes_equal_tflm(target: str, builder: Any, equals_reference: Callable) -> None:
    layers = [
        lambda model: add_lstm(model, steps=4, sizes=(32, 32), weight_scale=0.002),
        lambda model: add_lstm(model, "int16", sizes=(40, 24), scales=(1e-4, 2.0**-15)),
        lambda model: add_lstm(model, "int16", sizes=(600, 4), scales=(1e-5, 2.0**-15)),
    ]
    equals_reference(builder.beside(layers), target=target)


@pytest.mark.parametrize("seed", range(3))
def test_scales_are_multiplied_as_tflm_does(
    builder: Any, equals_reference_on: Callable, seed: int
) -> None:
    """The product of scales is a power of two in float32, but below it in float64."""
    rng = np.random.default_rng(seed)
    source = weights = np.float32(1)
    while float(source * weights) != 2.0**-13 or float(source) * float(weights) >= 2.0**-13:
        source = np.float32(rng.uniform(1e-4, 2e-4))
        weights = np.float32(2.0**-13 / float(source))
    scales = {"scales": (source, source), "weight_scale": weights, "weight_spread": 1.0}
    model = builder.beside([lambda model: add_lstm(model, "int16", steps=6, **scales)])
    cases = [[rng.integers(-30, 31, (1, 6, 4)).astype(np.int16)] for _ in range(20)]
    equals_reference_on(model, cases)


def test_states_begin_at_the_zero_point(builder: Any) -> None:
    model = builder.beside([lambda model: add_lstm(model, zero_points=(3, -9))])
    graph, plan = plan_model(model, Architecture.PORTABLE)
    assert sorted(int(state.initial.flat[0]) for state in graph.states) == [-9, 0]
    assert {state.before for state in graph.states} <= set(plan.offsets)


@pytest.mark.parametrize(
    ("variant", "message"),
    [
        ({"peephole": True}, "must be a plain one"),
        ({"activation": 1}, "must be a plain one"),
        ({"cell_scale": 64.0}, "cell state's scale"),
        ({"dtype": "int16", "zero_points": (5, 0)}, "the zero point 0"),
    ],
)
def test_variants_without_a_kernel_are_refused(variant: dict, message: str, builder: Any) -> None:
    model = builder.beside([lambda model: add_lstm(model, **variant)])
    with pytest.raises(UnsupportedOpError, match=message):
        plan_model(model, Architecture.PORTABLE)


def test_a_negative_clip_is_refused(builder: Any) -> None:
    model = builder.beside([lambda model: add_lstm(model, cell_clip=-1.0)])
    with pytest.raises(GraphError, match="cell clip of at least 0"):
        plan_model(model, Architecture.PORTABLE)
