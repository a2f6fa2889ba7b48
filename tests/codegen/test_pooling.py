"""AVERAGE_POOL_2D and MAX_POOL_2D against TFLM's reference kernels."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from moteflow.errors import UnsupportedOpError
from moteflow.graph import import_tflite

SAME, VALID = 0, 1
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
    """A pool; pairs are (rows, columns)."""

    kind: str
    size: tuple[int, int]
    taps: tuple[int, int]
    strides: tuple[int, int] = (1, 1)
    padding: int = VALID
    batches: int = 1
    channels: int = 8
    dtype: str = "int8"
    zero_point: int = -5
    activation: int = 0

    def add(self, model: Any) -> tuple[int, int]:
        """Puts it into a model; returns its input and its output."""
        rows, columns = (
            -(-size // stride) if self.padding == SAME else (size - taps) // stride + 1
            for size, taps, stride in zip(self.size, self.taps, self.strides, strict=True)
        )
        tensor = {"dtype": self.dtype, "scale": 0.05, "zero_point": self.zero_point}
        source = model.tensor((self.batches, *self.size, self.channels), **tensor)
        output = model.tensor((self.batches, rows, columns, self.channels), **tensor)
        model.op(
            self.kind,
            [source],
            output,
            padding=self.padding,
            filterHeight=self.taps[0],
            filterWidth=self.taps[1],
            strideH=self.strides[0],
            strideW=self.strides[1],
            fusedActivationFunction=self.activation,
        )
        return source, output


@st.composite
def layers(draw: Any) -> Layer:
    size = draw(st.integers(1, 11)), draw(st.integers(1, 9))
    padding = draw(st.sampled_from([SAME, VALID]))
    taps = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    if padding == VALID:
        taps = min(taps[0], size[0]), min(taps[1], size[1])
    return Layer(
        kind=draw(st.sampled_from(["AVERAGE_POOL_2D", "MAX_POOL_2D"])),
        size=size,
        taps=taps,
        strides=(draw(st.integers(1, 3)), draw(st.integers(1, 3))),
        padding=padding,
        batches=draw(st.integers(1, 2)),
        channels=draw(st.sampled_from([1, 2, 3, 4, 5, 7, 8, 13])),
        dtype=draw(st.sampled_from(["int8", "int8", "int16"])),
        zero_point=draw(st.sampled_from([-128, -5, 0, 127])),
        activation=draw(st.sampled_from([0, 1, 2, 3])),
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
def test_windows_with_many_taps(
    target: str, builder: Any, equals_reference: Callable[..., None]
) -> None:
    """More taps than have a sum in 16 bits, in rows that join and in rows that do not."""
    whole = Layer("AVERAGE_POOL_2D", (20, 15), (20, 15), channels=5)
    drawn = [whole, replace(whole, taps=(20, 14)), replace(whole, size=(1, 300), taps=(1, 300))]
    drawn += [replace(layer, kind="MAX_POOL_2D") for layer in drawn]
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


def test_refuses_to_rescale(builder: Any) -> None:
    model = builder()
    source = model.tensor((1, 4, 4, 2), scale=0.5)
    output = model.tensor((1, 1, 1, 2), scale=0.25)
    options = {"filterHeight": 4, "filterWidth": 4, "strideH": 1, "strideW": 1, "padding": VALID}
    model.op("MAX_POOL_2D", [source], output, **options)
    with pytest.raises(UnsupportedOpError, match="same scale"):
        import_tflite(model.build([source], [output]))
