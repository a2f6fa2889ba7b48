"""MEAN, SUM and REDUCE_MAX against TFLM's reference kernels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from moteflow.errors import UnsupportedOpError
from moteflow.graph import import_tflite
from moteflow.graph.operators.reduction import Nest, nest_of

RANDOM = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
TARGETS = [("host", 6), ("mps2_an386", 6), ("mps2_an385", 1), ("microbit", 1)]


@dataclass(frozen=True)
class Layer:
    kind: str
    shape: tuple[int, ...]
    axes: tuple[int, ...]
    keep: bool = True
    dtype: str = "int8"
    zero_points: tuple[int, int] = (3, -5)
    scale_ratio: float = 0.7

    def add(self, model: Any) -> tuple[int, int]:
        """Puts it into a model; returns its input and its output."""
        reduced = {axis % len(self.shape) for axis in self.axes}
        sizes = enumerate(self.shape)
        kept = [1 if i in reduced else n for i, n in sizes if self.keep or i not in reduced]
        rescales = self.kind != "REDUCE_MAX"
        ratio = self.scale_ratio if rescales else 1.0
        zero_out = self.zero_points[1] if rescales else self.zero_points[0]
        source = model.tensor(self.shape, self.dtype, 0.05, self.zero_points[0])
        axes = model.tensor((len(self.axes),), "int32", data=np.array(self.axes))
        output = model.tensor(kept or (1,), self.dtype, 0.05 * ratio, zero_out)
        model.op(self.kind, [source, axes], output, keepDims=self.keep)
        return source, output


@st.composite
def layers(draw: Any) -> Layer:
    shape = tuple(draw(st.lists(st.integers(1, 7), min_size=1, max_size=4)))
    axes = draw(st.sets(st.integers(0, len(shape) - 1), min_size=1, max_size=2))
    zero_points = st.sampled_from([-128, -5, 0, 127])
    kind = draw(st.sampled_from(["MEAN", "SUM", "REDUCE_MAX"]))
    return Layer(
        kind=kind,
        shape=shape,
        axes=tuple(axis - draw(st.sampled_from([0, len(shape)])) for axis in sorted(axes)),
        keep=draw(st.booleans()),
        dtype="int8" if kind == "REDUCE_MAX" else draw(st.sampled_from(["int8", "int16"])),
        zero_points=(draw(zero_points), draw(zero_points)),
        scale_ratio=draw(st.sampled_from([0.01, 0.7, 1.0, 3.0, 50.0])),
    )


@pytest.mark.parametrize(("target", "examples"), TARGETS)
def test_random_layers(
    target: str, examples: int, builder: Any, equals_reference: Callable[..., None]
) -> None:
    @settings(RANDOM, max_examples=examples)
    @given(st.lists(layers(), min_size=6, max_size=8))
    def check(drawn: list[Layer]) -> None:
        equals_reference(
            builder.beside([layer.add for layer in drawn]), target=target, sanitize=target == "host"
        )

    check()


@pytest.mark.parametrize("target", ["host", "mps2_an386"])
@pytest.mark.parametrize("kind", ["MEAN", "SUM", "REDUCE_MAX"])
def test_axes_that_are_not_neighbours(
    kind: str, target: str, builder: Any, equals_reference: Callable[..., None]
) -> None:
    """Also more elements than have a sum in 16 bits, along rows and across them."""
    drawn = [
        Layer(kind, (2, 3, 4, 5), (0, 2), keep=False),
        Layer(kind, (2, 3, 4, 5), (1, 3)),
        Layer(kind, (3, 2, 3, 9), (0, 3)),
        Layer(kind, (1, 7, 43, 6), (1, 2)),
        Layer(kind, (2, 1100), (1,), scale_ratio=30.0),
        Layer(kind, (300, 7), (0,), scale_ratio=30.0),
    ]
    equals_reference(
        builder.beside([layer.add for layer in drawn]), target=target, sanitize=target == "host"
    )


@pytest.mark.parametrize("target", ["host", "mps2_an386"])
def test_runs_in_place(
    target: str, builder: Any, equals_reference_in_place: Callable[..., None]
) -> None:
    @settings(RANDOM, max_examples=3)
    @given(st.lists(layers(), min_size=6, max_size=8))
    def check(drawn: list[Layer]) -> None:
        equals_reference_in_place(builder.beside([layer.add for layer in drawn]), target=target)

    check()


def test_neighbouring_axes_of_a_kind_become_one() -> None:
    assert nest_of((2, 3, 4, 5), {1, 2}) == Nest((1, 2, 5), (0, 60, 1), (1, 1, 12), (0, 0, 5))
    assert nest_of((2, 1, 4, 5), {0, 2, 3}) == Nest((1, 1, 1), (0, 0, 0), (1, 1, 40), (0, 0, 1))
    assert nest_of((2,) * 8, {0, 2, 4, 6}) is None


def test_maximum_refuses_to_rescale(builder: Any) -> None:
    model = builder()
    source, output = model.tensor((1, 4), scale=0.5), model.tensor((1, 1), scale=0.25)
    axes = model.tensor((1,), "int32", data=np.array([1]))
    model.op("REDUCE_MAX", [source, axes], output, keepDims=True)
    with pytest.raises(UnsupportedOpError, match="same scale"):
        import_tflite(model.build([source], [output]))
