"""Operators that move elements: the generated C equals TFLM, byte for byte."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from moteflow.codegen import Architecture, plan_model
from moteflow.errors import MoteflowError
from moteflow.graph import import_tflite, optimize

RANDOM = settings(
    max_examples=8,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
SHAPES = st.lists(st.integers(1, 6), min_size=1, max_size=4)
QUANTIZED = {"scale": 0.1, "zero_point": 0}


@dataclass(frozen=True)
class Move:
    """A drawn operator; `add` puts it into a model and returns (inputs, outputs)."""

    words: str
    add: Callable[[Any], tuple[list[int], list[int]]]

    def __repr__(self) -> str:
        return self.words


def move(
    kind: str,
    dtype: str,
    inputs: list[tuple[int, ...]],
    outputs: list[tuple[int, ...]],
    constants: tuple[Any, ...] = (),
    constants_first: bool = False,
    **options: Any,
) -> Move:
    """An operator on activations of these shapes; `constants` are int32 operands behind them."""

    def add(model: Any) -> tuple[list[int], list[int]]:
        sources = [model.tensor(shape, dtype, **QUANTIZED) for shape in inputs]
        results = [model.tensor(shape, dtype, **QUANTIZED) for shape in outputs]
        operands = [model.tensor(np.shape(c), "int32", data=np.array(c)) for c in constants]
        order = [*operands, *sources] if constants_first else [*sources, *operands]
        model.op(kind, order, results, **options)
        return sources, results

    return Move(f"{kind} {dtype} {inputs} {constants} {options} -> {outputs}", add)


@st.composite
def slices(draw: Any, dtype: str) -> Move:
    shape = draw(SHAPES)
    begins = [draw(st.integers(0, n - 1)) for n in shape]
    sizes = [draw(st.integers(1, n - b)) for n, b in zip(shape, begins, strict=True)]
    to_end = [
        draw(st.booleans()) and b + s == n for b, s, n in zip(begins, sizes, shape, strict=True)
    ]
    given = [-1 if end else size for end, size in zip(to_end, sizes, strict=True)]
    return move("SLICE", dtype, [tuple(shape)], [tuple(sizes)], (begins, given))


@st.composite
def strided_slices(draw: Any, dtype: str) -> Move:
    shape = draw(SHAPES)
    begins, ends, strides, kept, masks = [], [], [], [], [0, 0, 0]
    for axis, n in enumerate(shape):
        step = draw(st.sampled_from([1, 1, 2, 3, -1, -2]))
        begin, end = draw(st.integers(-n - 1, n + 1)), draw(st.integers(-n - 1, n + 1))
        flags = [draw(st.booleans()) for _ in range(2)]
        shrinks = draw(st.integers(0, 4)) == 0
        if shrinks:
            step, begin, flags = 1, draw(st.integers(-n, n - 1)), [False, False]
        taken = list(range(n))[slice(None if flags[0] else begin, None if flags[1] else end, step)]
        if not taken and not shrinks:
            begin, end, step, flags, taken = 0, n, 1, [False, False], list(range(n))
        for position, flag in enumerate((*flags, shrinks)):
            masks[position] |= flag << axis
        begins.append(begin)
        ends.append(end)
        strides.append(step)
        kept += [] if shrinks else [len(taken)]
    names = ("beginMask", "endMask", "shrinkAxisMask")
    options = dict(zip(names, masks, strict=True))
    operands = (begins, ends, strides)
    return move("STRIDED_SLICE", dtype, [tuple(shape)], [tuple(kept)], operands, **options)


@st.composite
def transposes(draw: Any, dtype: str) -> Move:
    shape = draw(SHAPES)
    order = draw(st.permutations(range(len(shape))))
    moved = tuple(shape[axis] for axis in order)
    return move("TRANSPOSE", dtype, [tuple(shape)], [moved], (order,))


@st.composite
def concatenations(draw: Any, dtype: str) -> Move:
    shape = draw(SHAPES)
    axis = draw(st.integers(0, len(shape) - 1))
    sizes = draw(st.lists(st.integers(1, 9), min_size=1, max_size=4))
    inputs = [(*shape[:axis], n, *shape[axis + 1 :]) for n in sizes]
    output = (*shape[:axis], sum(sizes), *shape[axis + 1 :])
    given = axis - len(shape) if draw(st.booleans()) else axis
    return move("CONCATENATION", dtype, inputs, [output], axis=given)


@st.composite
def splits(draw: Any, dtype: str) -> Move:
    shape = draw(SHAPES)
    axis = draw(st.integers(0, len(shape) - 1))
    equal = draw(st.booleans())
    count, size = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    sizes = [size] * count if equal else draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    whole = (*shape[:axis], sum(sizes), *shape[axis + 1 :])
    outputs = [(*shape[:axis], n, *shape[axis + 1 :]) for n in sizes]
    if equal:
        return move("SPLIT", dtype, [whole], outputs, (axis,), True, numSplits=count)
    return move("SPLIT_V", dtype, [whole], outputs, (sizes, axis), numSplits=len(sizes))


@st.composite
def stacks(draw: Any, dtype: str) -> Move:
    shape = draw(st.lists(st.integers(1, 6), min_size=1, max_size=3))
    axis, count = draw(st.integers(0, len(shape))), draw(st.integers(1, 4))
    stacked = (*shape[:axis], count, *shape[axis:])
    single = [tuple(shape)] * count
    if dtype != "int16" and draw(st.booleans()):
        return move("PACK", dtype, single, [stacked], axis=axis, valuesCount=count)
    return move("UNPACK", dtype, [stacked], single, axis=axis, num=count)


@st.composite
def pads(draw: Any, dtype: str) -> Move:
    shape = draw(SHAPES)
    mirrors = dtype == "int8" and draw(st.booleans())
    mode = draw(st.integers(0, 1))
    most = [n - 1 + mode if mirrors else 3 for n in shape]
    amounts = [[draw(st.integers(0, n)), draw(st.integers(0, n))] for n in most]
    padded = tuple(n + sum(pair) for n, pair in zip(shape, amounts, strict=True))
    if mirrors:
        return move("MIRROR_PAD", dtype, [tuple(shape)], [padded], (amounts,), mode=mode)
    return move("PAD", dtype, [tuple(shape)], [padded], (amounts,))


@st.composite
def moves(draw: Any) -> Move:
    dtype = draw(st.sampled_from(["int8", "int8", "int16", "int32"]))
    kinds = [slices, strided_slices, concatenations, splits, stacks, pads]
    kinds += [transposes] if dtype != "int32" else []
    return draw(draw(st.sampled_from(kinds))(dtype))


def model_of(moves: list[Move], builder: Any) -> bytes:
    model = builder()
    inputs, outputs = [], []
    for each in moves:
        added, results = each.add(model)
        inputs += added
        outputs += results
    return model.build(inputs, outputs)


@given(st.lists(moves(), min_size=4, max_size=10))
@RANDOM
def test_moves_equal_tflm(builder: Any, equals_reference: Any, moves: list[Move]) -> None:
    equals_reference(model_of(moves, builder), n_cases=2, sanitize=True)


FIXED = [
    move("TRANSPOSE", "int8", [(3, 4, 5)], [(5, 3, 4)], ([2, 0, 1],)),
    move("TRANSPOSE", "int16", [(2, 3, 4, 5)], [(2, 4, 3, 5)], ([0, 2, 1, 3],)),
    move("CONCATENATION", "int8", [(2, 3, 8), (2, 1, 8)], [(2, 4, 8)], axis=1),
    move("CONCATENATION", "int16", [(3, 3), (3, 2)], [(3, 5)], axis=1),
    move("PAD", "int8", [(1, 3, 4, 2)], [(1, 6, 7, 2)], ([[0, 0], [1, 2], [3, 0], [0, 0]],)),
    move("PAD", "int16", [(2, 3)], [(3, 6)], ([[0, 1], [1, 2]],)),
    move("MIRROR_PAD", "int8", [(4, 3)], [(8, 7)], ([[1, 3], [2, 2]],), mode=0),
    move("STRIDED_SLICE", "int8", [(5, 6)], [(2, 6)], ([1, 5], [5, -7], [2, -1])),
    move("SPLIT", "int16", [(4, 6)], [(4, 2)] * 3, (1,), True, numSplits=3),
    move("UNPACK", "int8", [(3, 4, 4)], [(4, 4)] * 3, axis=0, num=3),
]


@pytest.mark.parametrize("target", ["host", "microbit", "mps2_an386"])
def test_moves_equal_tflm_on_boards(builder: Any, equals_reference: Any, target: str) -> None:
    """On microbit, GCC 12 drops stores of the reversed slice unless kernels are `noipa`."""
    equals_reference(model_of(FIXED, builder), n_cases=2, target=target)


def test_a_border_with_a_value(builder: Any, equals_reference: Any) -> None:
    model = builder()
    sources, outputs = [], []
    for dtype, value in (("int8", -7), ("int16", 777), ("int32", -70000)):
        sources.append(model.tensor((2, 3), dtype, **QUANTIZED))
        amounts = model.tensor((2, 2), "int32", data=np.array([[1, 0], [2, 1]]))
        fill = model.tensor((1,), dtype, **QUANTIZED, data=np.array([value]))
        outputs.append(model.tensor((3, 6), dtype, **QUANTIZED))
        model.op("PADV2", [sources[-1], amounts, fill], outputs[-1])
    equals_reference(model.build(sources, outputs))


def chain(builder: Any, *steps: tuple[str, tuple[int, ...], Any, dict[str, Any]]) -> bytes:
    """RELU, then one operator after the other on (1, 8, 4, 8), then RELU."""
    model = builder()
    source, current = (model.tensor((1, 8, 4, 8), scale=0.1, zero_point=3) for _ in range(2))
    model.op("RELU", [source], current)
    for kind, shape, constants, options in steps:
        operands = [model.tensor(np.shape(c), "int32", data=np.array(c)) for c in constants]
        result = model.tensor(shape, scale=0.1, zero_point=3)
        model.op(kind, [current, *operands], result, **options)
        current = result
    output = model.tensor(shape, scale=0.1, zero_point=3)
    model.op("RELU", [current], output)
    return model.build([source], [output])


SHAPE = (1, 8, 4, 8)
NOTHING_MOVES = [
    ("SLICE", SHAPE, ([0, 0, 0, 0], [-1, 8, 4, -1]), {}),
    ("CONCATENATION", SHAPE, (), {"axis": 2}),
    ("TRANSPOSE", (8, 1, 4, 8), ([1, 0, 2, 3],), {}),
    ("PAD", (8, 1, 4, 8), ([[0, 0]] * 4,), {}),
    ("SPLIT_V", (8, 1, 4, 8), ([8], 0), {"numSplits": 1}),
]


def test_moves_that_change_nothing_vanish(builder: Any, equals_reference: Any) -> None:
    tflite = chain(builder, *NOTHING_MOVES)
    assert [op.kind for op in optimize(import_tflite(tflite)).ops] == ["RELU", "RELU"]
    equals_reference(tflite)


def test_a_slice_in_one_piece_stays_where_it_is(builder: Any, equals_reference: Any) -> None:
    tflite = chain(builder, ("SLICE", (1, 5, 4, 8), ([0, 2, 0, 0], [1, 5, 4, 8]), {}))
    graph, plan = plan_model(tflite, Architecture.PORTABLE)
    start, sliced = (plan.offsets[graph.ops[1].inputs[0]], plan.offsets[graph.ops[1].outputs[0]])
    assert sliced == start + 2 * 4 * 8
    equals_reference(tflite)


def test_an_output_keeps_its_shape(builder: Any, equals_reference: Any) -> None:
    model = builder()
    source, clipped = (model.tensor((1, 6), scale=0.1, zero_point=3) for _ in range(2))
    view = model.tensor((2, 3), scale=0.1, zero_point=3)
    model.op("RELU", [source], clipped)
    model.op("RESHAPE", [clipped], view)
    tflite = model.build([source], [view])
    graph = optimize(import_tflite(tflite))
    assert graph.tensors[graph.outputs[0]].shape == (2, 3)
    equals_reference(tflite)


def test_outputs_may_repeat_and_be_inputs_and_be_read(builder: Any, equals_reference: Any) -> None:
    model = builder()
    source, first, second = (model.tensor((1, 6), scale=0.1, zero_point=3) for _ in range(3))
    model.op("RELU", [source], first)
    model.op("RELU", [first], second)
    equals_reference(model.build([source], [first, second, first]))


@pytest.mark.parametrize(
    ("kind", "inputs", "outputs", "constants", "options"),
    [
        ("STRIDED_SLICE", [(4, 4)], [(4, 4)], ([0, 0], [4, 4], [1, 0]), {}),
        ("STRIDED_SLICE", [(4, 4)], [(4, 4)], ([0, 0], [4, 4], [1, 1]), {"ellipsisMask": 1}),
        ("STRIDED_SLICE", [(4, 4)], [(1, 4, 4)], ([0, 0], [4, 4], [1, 1]), {"newAxisMask": 1}),
        ("STRIDED_SLICE", [(4, 4)], [(4,)], ([4, 0], [5, 4], [1, 1]), {"shrinkAxisMask": 1}),
        ("STRIDED_SLICE", [(4, 4)], [(4,)], ([1, 0], [0, 4], [-1, 1]), {"shrinkAxisMask": 1}),
        ("STRIDED_SLICE", [(4, 4)], [(4, 4)], ([0], [4], [1]), {}),
        ("SLICE", [(4, 4)], [(4, 4)], ([0, 1], [4, 4]), {}),
        ("SLICE", [(4, 4)], [(4, 2)], ([0, -1], [4, 2]), {}),
        ("TRANSPOSE", [(4, 4)], [(4, 4)], ([1, 1],), {}),
        ("CONCATENATION", [(4, 4), (3, 4)], [(4, 8)], (), {"axis": 1}),
        ("CONCATENATION", [(4, 4)], [(4, 4)], (), {"axis": 2}),
        ("CONCATENATION", [(1,)] * 11, [(11,)], (), {"axis": 0}),
        ("PACK", [(4, 4), (4, 4)], [(4, 4)], (), {"axis": 0}),
        ("UNPACK", [(2, 4)], [(4,)], (), {"axis": 0}),
        ("SPLIT_V", [(4, 4)], [(2, 4), (1, 4)], ([2, 1], 0), {}),
        ("MIRROR_PAD", [(3,)], [(6,)], ([[3, 0]],), {"mode": 0}),
    ],
)
def test_variants_that_tflm_refuses_are_refused(
    builder: Any, kind: str, inputs: Any, outputs: Any, constants: Any, options: dict[str, int]
) -> None:
    bad = move(kind, "int8", inputs, outputs, constants, **options)
    with pytest.raises(MoteflowError) as raised:
        import_tflite(model_of([bad], builder))
    assert f"op 0 {kind}" in str(raised.value)
    assert "Received" in str(raised.value)


def test_seanet_single_operators(shared_data: Path, run_generated: Any) -> None:
    folder = shared_data / "models/seanet"
    models = sorted([*folder.glob("pad/*.tflite"), *folder.glob("strided_slice/*.tflite")])
    assert len(models) == 27
    for path in models:
        source = values(path.with_name(f"{path.stem}_input0_int16.csv"))
        expected = values(path.with_name(f"{path.stem}_golden_int16.csv"))
        [[actual]] = run_generated(path.read_bytes(), [[source]])
        np.testing.assert_array_equal(actual, expected, path.stem)


def values(path: Path) -> np.ndarray:
    return np.array(path.read_text().replace(",", " ").split(), np.int16)
