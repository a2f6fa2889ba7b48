"""ADD, SUB, MUL and PRELU over random shapes and scales, against TFLM's reference kernels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from moteflow.errors import GraphError
from moteflow.graph import import_tflite

PROPERTY = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
SCALES = st.one_of(st.floats(2.0**-10, 2.0, width=32), st.sampled_from([2.0**-16, 1.0, 100.0]))
ZERO_POINTS = st.one_of(st.sampled_from([-128, 127, 0]), st.integers(-128, 127))
RATIOS = [0.02, 0.25, 0.5, 0.9, 1.0, 3.0, 200.0]
SMALLEST_ACTIVATED = 6 / 2**31
"""Below it the bound 6 leaves int32: TFLM aborts."""
TARGETS = ["mps2_an386", "microbit", "mps3_an547"]


@dataclass(frozen=True)
class Binary:
    """A drawn layer. A constant operand is drawn from `seed`."""

    kind: str
    dtype: str
    shapes: tuple[tuple[int, ...], tuple[int, ...]]
    scales: tuple[float, float, float]
    zero_points: tuple[int, int, int]
    activation: int
    constant: int | None
    seed: int

    def add(self, model: Any) -> tuple[list[int], int]:
        """Put it into a model; returns (inputs, output)."""
        rng = np.random.default_rng(self.seed)
        dtypes = [self.dtype, "int8" if self.kind == "PRELU" else self.dtype]
        operands, inputs = [], []
        for i, (shape, dtype) in enumerate(zip(self.shapes, dtypes, strict=True)):
            data = None
            if i == self.constant:
                limits = np.iinfo(dtype)
                data = rng.integers(limits.min, limits.max, shape, dtype, endpoint=True)
            zero_point = self.zero_points[i] if dtype == "int8" else 0
            operands.append(model.tensor(shape, dtype, self.scales[i], zero_point, data=data))
            if data is None:
                inputs.append(operands[-1])
        zero_point = self.zero_points[2] if self.dtype == "int8" else 0
        shape = np.broadcast_shapes(*self.shapes)
        output = model.tensor(shape, self.dtype, self.scales[2], zero_point)
        options = {} if self.kind == "PRELU" else {"fusedActivationFunction": self.activation}
        model.op(self.kind, operands, output, **options)
        return inputs, output


@st.composite
def layers(draw: Any) -> Binary:
    kind = draw(st.sampled_from(["ADD", "SUB", "MUL", "PRELU"]))
    shape = tuple(draw(st.lists(st.sampled_from([1, 2, 3, 5, 8]), min_size=1, max_size=4)))
    shapes = [shape, shape]
    how = draw(st.sampled_from(["same", "same", "channels", "scalar", "any"]))
    if how == "channels":
        shapes[1] = shape[-1:]
    if how == "scalar":
        shapes[1] = (1,)
    if how == "any":
        keep = [draw(st.sampled_from([(True, True), (True, False), (False, True)])) for _ in shape]
        shapes = [tuple(n if k[i] else 1 for n, k in zip(shape, keep, strict=True)) for i in (0, 1)]
    if kind != "PRELU" and draw(st.booleans()):
        shapes.reverse()
    if kind == "PRELU":
        shapes[0] = np.broadcast_shapes(*shapes)
    one, two = draw(SCALES), draw(SCALES)
    real = max(one, two) if kind in ("ADD", "SUB") else one * two
    if kind in ("ADD", "SUB") and draw(st.booleans()):
        two = one
    scale = float(np.float32(real * draw(st.sampled_from(RATIOS))))
    activations = [0, 0, 1, 2, 3] if scale > SMALLEST_ACTIVATED else [0]
    return Binary(
        kind=kind,
        dtype=draw(st.sampled_from(["int8", "int16"])),
        shapes=(shapes[0], shapes[1]),
        scales=(one, two, scale),
        zero_points=(draw(ZERO_POINTS), draw(ZERO_POINTS), draw(ZERO_POINTS)),
        activation=draw(st.sampled_from(activations)),
        constant=draw(st.sampled_from([None, None, 1, 0 if kind != "PRELU" else 1])),
        seed=draw(st.integers(0, 2**32)),
    )


def build(builder: Any, drawn: list[Binary]) -> bytes:
    model = builder()
    inputs, outputs = [], []
    for layer in drawn:
        added, output = layer.add(model)
        inputs += added
        outputs.append(output)
    return model.build(inputs, outputs)


@given(st.lists(layers(), min_size=8, max_size=8))
@PROPERTY
def test_host(builder: Any, equals_reference: Any, drawn: list[Binary]) -> None:
    equals_reference(build(builder, drawn), sanitize=True)


@pytest.mark.parametrize("target", TARGETS)
def test_target(builder: Any, equals_reference: Any, target: str) -> None:
    """Every kind and type, in one shape and broadcast, with a factor of 1/2 on either side."""
    rng = np.random.default_rng(0)
    drawn = []
    for kind in ("ADD", "SUB", "MUL", "PRELU"):
        for dtype in ("int8", "int16"):
            for second in ((1, 3, 5, 7), (7,), (1, 3, 1, 1)):
                scales = rng.uniform(0.01, 0.1, 2)
                real = scales.max() if kind in ("ADD", "SUB") else scales.prod()
                drawn.append(
                    Binary(
                        kind=kind,
                        dtype=dtype,
                        shapes=((1, 3, 5, 7), second),
                        scales=(*scales, real * rng.choice(RATIOS[2:6])),
                        zero_points=tuple(int(z) for z in rng.integers(-128, 128, 3)),
                        activation=int(rng.choice([0, 3])),
                        constant=None,
                        seed=0,
                    )
                )
    equals_reference(build(builder, drawn), target=target)


def test_in_place(builder: Any, equals_reference: Any) -> None:
    """Residual additions over one buffer, an input twice, broadcasts that must not share."""
    model = builder()
    shape = (1, 4, 4, 3)
    source = model.tensor(shape, scale=0.1)
    row = model.tensor((3,), scale=0.05, data=np.array([1, -90, 127]))
    values = [source]
    for kind, operands in (
        ("ADD", (0, 0)),
        ("MUL", (1, 0)),
        ("SUB", (2, None)),
        ("ADD", (None, 3)),
        ("MUL", (4, 4)),
    ):
        inputs = [row if i is None else values[i] for i in operands]
        values.append(model.tensor(shape, scale=0.2, zero_point=len(values)))
        model.op(kind, inputs, values[-1])
    equals_reference(model.build([source], [values[-1]]), sanitize=True)


@pytest.mark.parametrize(
    ("shapes", "scale", "message"),
    [
        ([(2, 3), (2,), (2, 3)], 1.0, "broadcast"),
        ([(2, 3), (2, 3), (2, 4)], 1.0, "broadcast"),
        ([(2, 3), (1, 1, 3), (2, 3)], 1.0, "broadcast"),
        ([(2,), (2,), (2,)], 2.0**-30, "below 1"),
    ],
)
def test_refusals(builder: Any, shapes: Any, scale: float, message: str) -> None:
    model = builder()
    first, second = model.tensor(shapes[0]), model.tensor(shapes[1])
    output = model.tensor(shapes[2], scale=scale)
    model.op("ADD", [first, second], output)
    with pytest.raises(GraphError, match=message):
        import_tflite(model.build([first, second], [output]))
