"""Layers that run row by row equal TFLM, whatever their windows, and take less memory."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from moteflow.codegen import Architecture, plan_model
from moteflow.graph import import_tflite
from moteflow.graph.operators.stream import Stream

SAME, VALID = 0, 1


class Images:
    """A chain of layers on square images; `shape` is that of the last output."""

    def __init__(self, builder: Any, size: int, channels: int) -> None:
        self.model = builder()
        self.rng = np.random.default_rng(size)
        self.shape = (1, size, size, channels)
        self.source = self.last = self.model.tensor(self.shape, scale=0.05, zero_point=-7)

    def _next(self, channels: int, filter_size: int, stride: int, padding: int) -> int:
        size = self.shape[1] + (0 if padding == SAME else 1 - filter_size)
        self.shape = (1, -(-size // stride), -(-size // stride), channels)
        self.last, source = self.model.tensor(self.shape, scale=0.06, zero_point=5), self.last
        return source

    def conv(
        self, channels: int, size: int, stride: int = 1, padding: int = SAME, dilation: int = 1
    ) -> "Images":
        weights = self.rng.integers(-127, 128, (channels, size, size, self.shape[3]))
        filters = self.model.tensor(weights.shape, scale=0.01, data=weights)
        source = self._next(channels, (size - 1) * dilation + 1, stride, padding)
        options = {"strideH": stride, "strideW": stride, "padding": padding}
        options |= {"dilationHFactor": dilation, "dilationWFactor": dilation}
        self.model.op("CONV_2D", [source, filters], self.last, **options)
        return self

    def depthwise(self, size: int, stride: int, multiplier: int = 1) -> "Images":
        channels = self.shape[3] * multiplier
        weights = self.rng.integers(-127, 128, (1, size, size, channels))
        filters = self.model.tensor(weights.shape, scale=0.02, data=weights, axis=3)
        source = self._next(channels, size, stride, SAME)
        options = {"strideH": stride, "strideW": stride, "padding": SAME}
        options |= {"dilationHFactor": 1, "dilationWFactor": 1, "depthMultiplier": multiplier}
        self.model.op("DEPTHWISE_CONV_2D", [source, filters], self.last, **options)
        return self

    def pool(self, kind: str, size: int, stride: int, padding: int = VALID) -> "Images":
        before = self.model.tensors[self.last].quantization
        source = self._next(self.shape[3], size, stride, padding)
        self.model.tensors[self.last].quantization = before
        options = {"strideH": stride, "strideW": stride, "padding": padding}
        options |= {"filterHeight": size, "filterWidth": size}
        self.model.op(kind, [source], self.last, **options)
        return self

    def build(self) -> bytes:
        return bytes(self.model.build([self.source], [self.last]))


CHAINS: dict[str, Callable[[Images], Images]] = {
    "pointwise, depthwise": lambda i: i.conv(16, 1).depthwise(3, 2),
    "padded convolution, maximum": lambda i: i.conv(16, 3).pool("MAX_POOL_2D", 2, 2),
    "bare convolution, average": lambda i: i.conv(16, 3, padding=VALID).pool(
        "AVERAGE_POOL_2D", 3, 2
    ),
    "two convolutions": lambda i: i.conv(16, 3).conv(4, 5, stride=2),
    "dilated convolutions": lambda i: i.conv(16, 3, dilation=2).conv(4, 3, dilation=2),
    "steps over rows": lambda i: i.conv(12, 3).conv(4, 1, stride=3),
    "depthwise, pointwise": lambda i: i.depthwise(3, 1, multiplier=4).conv(4, 1),
}


def streams(tflite: bytes) -> list[str]:
    graph, _ = plan_model(tflite, Architecture.PORTABLE)
    return [op.label for op in graph.ops if isinstance(op.attributes, Stream)]


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_streams_equal_whole_layers(chain: Any, builder: Any, equals_reference: Any) -> None:
    tflite = chain(Images(builder, size=12, channels=4)).build()
    assert len(streams(tflite)) == 1
    equals_reference(tflite, sanitize=True)


@pytest.mark.parametrize("target", ["mps2_an386", "mps3_an547"])
def test_streams_equal_whole_layers_on_boards(
    target: str, builder: Any, equals_reference: Any
) -> None:
    images = Images(builder, size=16, channels=4).conv(16, 1).depthwise(3, 2)
    tflite = images.conv(16, 3).pool("MAX_POOL_2D", 2, 2).build()
    assert streams(tflite)
    equals_reference(tflite, target=target)


def test_what_is_between_is_never_whole(builder: Any) -> None:
    tflite = Images(builder, size=16, channels=4).conv(32, 1).depthwise(3, 2).build()
    _, plan = plan_model(tflite, Architecture.PORTABLE)
    whole, window = 16 * 16 * 32, 3 * 16 * 32
    assert import_tflite(tflite).tensors[2].n_bytes == whole
    assert plan.arena_size < 16 * 16 * 4 + window + 8 * 8 * 32 < whole


@pytest.mark.parametrize(
    "chain",
    [
        lambda i: i.conv(3, 1).depthwise(3, 2),
        lambda i: i.conv(16, 1).pool("MAX_POOL_2D", 3, 2, SAME),
    ],
    ids=["rows that end within a word", "a padded pool"],
)
def test_what_cannot_be_streamed_stays_whole(chain: Any, builder: Any) -> None:
    assert streams(chain(Images(builder, size=13, channels=4)).build()) == []
