"""DEPTHWISE_CONV_2D against TFLM's reference kernels, also at the extremes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from moteflow.codegen.kernels.clearance import pixel_clearance, strip_clearance
from moteflow.graph import Rounding, Window

SAME, VALID = 0, 1
ZERO_POINTS = st.one_of(st.sampled_from([-128, 127, 0]), st.integers(-128, 127))
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
    """A depthwise convolution; pairs are (rows, columns)."""

    size: tuple[int, int]
    taps: tuple[int, int] = (3, 3)
    strides: tuple[int, int] = (1, 1)
    dilations: tuple[int, int] = (1, 1)
    padding: int = SAME
    batches: int = 1
    channels: int = 8
    multiplier: int = 1
    zero_points: tuple[int, int] = (3, -5)
    activation: int = 0
    spread: float = 0.5
    bias: int = 2**15
    seed: int = 0

    @property
    def output_size(self) -> tuple[int, int]:
        sizes = []
        steps = zip(self.size, self.taps, self.strides, self.dilations, strict=True)
        for size, taps, stride, dilation in steps:
            extent = (taps - 1) * dilation + 1
            same = -(-size // stride)
            sizes.append(same if self.padding == SAME else (size - extent) // stride + 1)
        return sizes[0], sizes[1]

    def add(self, model: Any) -> tuple[int, int]:
        """Puts it into a model; returns its input and its output."""
        rng = np.random.default_rng(self.seed)
        outputs = self.channels * self.multiplier
        scales = rng.uniform(0.001, 0.1, outputs).astype(np.float32)
        scale_out = np.float32(scales.mean() * np.sqrt(np.prod(self.taps)) * 64 * self.spread)
        values = [-127, -128, 127, *rng.integers(-128, 128, 5)]
        weights = rng.choice(values, (1, *self.taps, outputs))
        bias = rng.integers(-self.bias, self.bias, outputs)
        source = model.tensor(
            (self.batches, *self.size, self.channels), zero_point=self.zero_points[0]
        )
        inputs = [
            source,
            model.tensor(weights.shape, scale=scales, axis=3, data=weights),
            model.tensor((outputs,), "int32", scale=scales, data=bias),
        ]
        output = model.tensor(
            (self.batches, *self.output_size, outputs),
            scale=scale_out,
            zero_point=self.zero_points[1],
        )
        model.op(
            "DEPTHWISE_CONV_2D",
            inputs,
            output,
            padding=self.padding,
            strideH=self.strides[0],
            strideW=self.strides[1],
            dilationHFactor=self.dilations[0],
            dilationWFactor=self.dilations[1],
            depthMultiplier=self.multiplier,
            fusedActivationFunction=self.activation,
        )
        return source, output


@st.composite
def layers(draw: Any) -> Layer:
    """Any layer; filters with three rows and one step are most likely."""
    size = draw(st.integers(1, 11)), draw(st.integers(1, 9))
    is_tall = draw(st.booleans())
    taps = 3 if is_tall else draw(st.integers(1, 7)), draw(st.integers(1, 5))
    dilations = 1 if is_tall else draw(st.integers(1, 3)), draw(st.integers(1, 2))
    padding = draw(st.sampled_from([SAME, VALID]))
    if padding == VALID:
        fitting = [(n - 1) // d + 1 for n, d in zip(size, dilations, strict=True)]
        taps = min(taps[0], fitting[0]), min(taps[1], fitting[1])
    return Layer(
        size=size,
        taps=taps,
        strides=(1 if is_tall else draw(st.integers(1, 4)), draw(st.integers(1, 3))),
        dilations=dilations,
        padding=padding,
        batches=draw(st.integers(1, 2)),
        channels=draw(st.sampled_from([1, 2, 3, 4, 5, 7, 8, 12, 13])),
        multiplier=draw(st.sampled_from([1, 1, 1, 2, 3, 4])),
        zero_points=(draw(ZERO_POINTS), draw(ZERO_POINTS)),
        activation=draw(st.sampled_from([0, 1, 2, 3])),
        spread=draw(st.sampled_from([0.004, 0.5, 4.0, 100.0, 1e5])),
        bias=draw(st.sampled_from([2**8, 2**15, 2**27])),
        seed=draw(st.integers(0, 2**32)),
    )


@pytest.mark.parametrize(("target", "examples"), TARGETS)
def test_random_layers(
    target: str, examples: int, builder: Any, equals_reference: Callable[..., None]
) -> None:
    @settings(RANDOM, max_examples=examples)
    @given(st.lists(layers(), min_size=5, max_size=7))
    def check(drawn: list[Layer]) -> None:
        equals_reference(
            builder.beside([layer.add for layer in drawn]), target=target, sanitize=target == "host"
        )

    check()


def reaches_end(layer: Layer) -> bool:
    """Whether windows reach the end of the image: else SAME padding is wrong in TFLite."""
    axes = zip(
        layer.size, layer.output_size, layer.taps, layer.strides, layer.dilations, strict=True
    )
    reach = all((n - 1) * s + (t - 1) * d + 1 >= size for size, n, t, s, d in axes)
    return layer.padding == VALID or reach or layer.taps == (1, 1)


@pytest.mark.parametrize("target", ["host", "mps2_an385", "mps2_an386", "mps3_an547"])
def test_random_layers_with_single_rounding(
    target: str, builder: Any, equals_reference: Callable[..., None]
) -> None:
    @settings(RANDOM, max_examples=2)
    @given(st.lists(layers().filter(reaches_end), min_size=5, max_size=7))
    def check(drawn: list[Layer]) -> None:
        tflite = builder.beside([layer.add for layer in drawn])
        equals_reference(tflite, target=target, rounding=Rounding.SINGLE)

    check()


STREAMED = Layer((21, 1), (21, 1), padding=VALID, channels=16)
SINGLES = [
    STREAMED,
    replace(STREAMED, channels=13),
    replace(STREAMED, channels=3),
    replace(STREAMED, bias=2**28),
    replace(STREAMED, size=(7, 6), taps=(3, 2), strides=(4, 4), dilations=(2, 3), channels=7),
]


@pytest.mark.parametrize("target", ["host", "mps2_an386", "mps2_an500", "mps2_an505"])
def test_shapes_of_real_networks(
    target: str, builder: Any, equals_reference: Callable[..., None]
) -> None:
    """3 x 3 at any width and height, long filters, a bias too large for the fast form."""
    plain = Layer((9, 5), channels=12)
    drawn = [
        plain,
        *(replace(plain, size=size) for size in ((1, 1), (2, 2), (3, 17), (4, 20), (25, 5))),
        replace(plain, strides=(2, 2), size=(12, 12)),
        replace(plain, strides=(2, 2), size=(11, 18), padding=VALID),
        replace(plain, taps=(5, 5)),
        replace(plain, taps=(10, 4), strides=(2, 2), channels=1, multiplier=8, size=(25, 10)),
        *SINGLES,
        replace(plain, taps=(1, 7)),
        replace(plain, bias=2**28),
        replace(plain, activation=3, zero_points=(-128, -20)),
    ]
    equals_reference(
        builder.beside([layer.add for layer in drawn]), target=target, sanitize=target == "host"
    )


@pytest.mark.parametrize("target", ["host", "mps2_an386"])
def test_runs_in_place(
    target: str, builder: Any, equals_reference_in_place: Callable[..., None]
) -> None:
    @settings(RANDOM, max_examples=3)
    @given(st.lists(layers(), min_size=5, max_size=7))
    def check(drawn: list[Layer]) -> None:
        equals_reference_in_place(builder.beside([layer.add for layer in drawn]), target=target)

    check()
    equals_reference_in_place(builder.beside([layer.add for layer in SINGLES]), target=target)
    growing = [Layer((3, 3), batches=4, channels=n, multiplier=2) for n in (1, 4, 8)]
    equals_reference_in_place(builder.beside([layer.add for layer in growing]), target=target)


def test_clearance_counts_the_rows_that_are_still_read() -> None:
    window = Window(25, 5, 25, 5, 3, 3, 1, 1, 1, 1, 1, 1)
    row = 5 * 64
    assert strip_clearance(window, 4, 1, 64, 1, quad=4) == 5 * row - 64
    assert pixel_clearance(window, 1, 64, 64) == row + 2 * 64
    assert strip_clearance(window, 4, 1, 4, 1, quad=4) == 5 * 4
