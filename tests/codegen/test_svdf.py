"""SVDF: sequences of random and extreme inputs, against TFLM."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from moteflow.codegen import Architecture, plan_model
from moteflow.errors import GraphError, UnsupportedOpError

ZERO_POINTS = st.one_of(st.sampled_from([-128, 127, 0]), st.integers(-128, 127))
RANDOM = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
Add = Callable[[Any], tuple[int, int]]


@st.composite
def svdf(draw: Any) -> Add:
    """A layer; calling it puts it into a model and returns (input, output)."""
    time_dtype = draw(st.sampled_from(["int8", "int16"]))
    batches, inputs = draw(st.integers(1, 3)), draw(st.integers(1, 17))
    units, rank, memory = (draw(st.integers(1, most)) for most in (6, 3, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    zero_in, zero_out = draw(ZERO_POINTS), draw(ZERO_POINTS)
    zero_state = draw(ZERO_POINTS) if time_dtype == "int8" else 0
    limits = np.iinfo(time_dtype)
    time_weights = rng.integers(limits.min, limits.max, (units * rank, memory), endpoint=True)
    scale_in, scale_feature = draw(st.floats(2.0**-10, 0.5, width=32)), np.float32(0.01)
    spread = draw(st.sampled_from([0.05, 0.5, 4.0]))
    scale_state = np.float32(scale_in * scale_feature * 64 * 64 * spread / -limits.min * 64)
    # TFLM compares the bias's scale with this product to 1e-5
    scale_time = np.float32(2.0**-6 if time_dtype == "int8" else 2.0**-14)
    scale_out = np.float32(scale_state * scale_time * 64 * -limits.min * draw(st.floats(0.1, 4)))

    def add(model: Any) -> tuple[int, int]:
        filters = units * rank
        source = model.tensor((batches, inputs), scale=scale_in, zero_point=zero_in)
        features = rng.integers(-128, 128, (filters, inputs))
        bias = rng.integers(-(2**12), 2**12, units)
        tensors = [
            source,
            model.tensor(features.shape, scale=scale_feature, data=features),
            model.tensor(time_weights.shape, time_dtype, scale_time, data=time_weights),
            model.tensor((units,), "int32", np.float32(scale_state * scale_time), data=bias),
            model.tensor(
                (batches, filters * memory), time_dtype, scale_state, zero_state, is_variable=True
            ),
        ]
        output = model.tensor((batches, units), scale=scale_out, zero_point=zero_out)
        model.op("SVDF", tensors, output, rank=rank, fusedActivationFunction=1)
        return source, output

    return add


@RANDOM
@given(layers=st.lists(svdf(), min_size=5, max_size=5))
def test_random_layers_equal_tflm(
    layers: list[Add], builder: Any, equals_reference: Callable
) -> None:
    equals_reference(builder.beside(layers), n_cases=12)


@settings(RANDOM, max_examples=4)
@given(layers=st.lists(svdf(), min_size=8, max_size=8))
@pytest.mark.parametrize("target", ["host", "mps2_an386"])
def test_random_layers_on_a_target_equal_tflm(
    target: str, layers: list[Add], builder: Any, equals_reference: Callable
) -> None:
    equals_reference(builder.beside(layers), n_cases=12, target=target, sanitize=target == "host")


def single(builder: Any, rank: int = 2, is_variable: bool = True, weight_zero: int = 0) -> bytes:
    model = builder()
    source, output = model.tensor((1, 3)), model.tensor((1, 2))
    tensors = [
        source,
        model.tensor((4, 3), zero_point=weight_zero, data=np.ones((4, 3), np.int8)),
        model.tensor((4, 5), data=np.ones((4, 5), np.int8)),
        model.tensor((2,), "int32", data=np.zeros(2, np.int32)),
        model.tensor((1, 20), is_variable=is_variable),
    ]
    model.op("SVDF", tensors, output, rank=rank)
    return model.build([source], [output])


def test_state_lies_in_the_arena_all_the_time(builder: Any) -> None:
    graph, plan = plan_model(single(builder), Architecture.PORTABLE)
    assert [state.initial.shape for state in graph.states] == [(1, 20)]
    assert graph.states[0].before in plan.offsets
    assert plan.state_bytes == 20


def test_another_operator_reads_the_state(builder: Any, equals_reference: Callable) -> None:
    model = builder()
    source, output = model.tensor((1, 3)), model.tensor((1, 2), scale=200.0)
    state = model.tensor((1, 4), scale=400.0, zero_point=-3, is_variable=True)
    features = np.arange(-6, 6).reshape(4, 3)
    tensors = [
        source,
        model.tensor((4, 3), data=features),
        model.tensor((4, 1), scale=1.0, data=np.full((4, 1), 100)),
        model.tensor((2,), "int32", scale=400.0, data=np.array([5, -5])),
        state,
    ]
    model.op("SVDF", tensors, output, rank=2)
    doubled = model.tensor((1, 4), scale=400.0, zero_point=7)
    model.op("ADD", [state, state], doubled)
    equals_reference(model.build([source], [output, doubled]), n_cases=5)


@pytest.mark.parametrize("variant", [{"rank": 3}, {"is_variable": False}])
def test_malformed_layers_are_refused(variant: dict, builder: Any) -> None:
    with pytest.raises(GraphError):
        plan_model(single(builder, **variant), Architecture.PORTABLE)


def test_weights_with_a_zero_point_are_refused(builder: Any) -> None:
    with pytest.raises(UnsupportedOpError, match="the zero point 0"):
        plan_model(single(builder, weight_zero=1), Architecture.PORTABLE)
