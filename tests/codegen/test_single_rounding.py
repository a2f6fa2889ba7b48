"""Single rounding: generated C against TensorFlow Lite's default interpreter, byte for byte."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moteflow.errors import GraphError, UnsupportedOpError
from moteflow.graph import Rounding, import_tflite

SAME, VALID = 0, 1
SINGLE = Rounding.SINGLE
SHAPE = (1, 5, 6, 8)
NETWORKS = (
    "mlperf/kws_ref_model",
    "mlperf/ad01_int8",
    "mlonmcu/aww/aww",
    "packt/cifar10_int8",
    "mltk/image_example1",
    "tflm/micro_speech_quantized",
    "mltk/fingerprint_signature_generator",
)
TARGETS = ("host", "mps2_an385", "mps2_an386")


class Layers:
    """A model of layers beside each other, with random quantization."""

    def __init__(self, builder: Any, seed: int) -> None:
        self.model = builder()
        self.inputs: list[int] = []
        self.outputs: list[int] = []
        self.rng = np.random.default_rng(seed)

    def zero_point(self) -> int:
        return int(self.rng.choice([-128, 127, 0, self.rng.integers(-128, 128)]))

    def scale(self, low: float = -10, high: float = 1) -> float:
        return float(np.float32(2.0 ** self.rng.uniform(low, high)))

    def source(self, shape: tuple[int, ...] = SHAPE, scale: float | None = None) -> int:
        scale = scale or self.scale()
        self.inputs.append(self.model.tensor(shape, scale=scale, zero_point=self.zero_point()))
        return self.inputs[-1]

    def scale_of(self, tensor: int) -> float:
        return float(self.model.tensors[tensor].quantization.scale[0])

    def zero_point_of(self, tensor: int) -> int:
        return int(self.model.tensors[tensor].quantization.zeroPoint[0])

    def constant(self, values: Any, dtype: str = "int32") -> int:
        data = np.array(values, dtype)
        return int(self.model.tensor(data.shape, dtype, data=data))

    def op(
        self,
        kind: str,
        inputs: list[int],
        shape: tuple[int, ...],
        scale: float,
        zero_point: int | None = None,
        **options: Any,
    ) -> None:
        zero_point = self.zero_point() if zero_point is None else zero_point
        output = self.model.tensor(shape, scale=scale, zero_point=zero_point)
        self.model.op(kind, inputs, output, **options)
        self.outputs.append(output)

    def same(self, kind: str, inputs: list[int], shape: tuple[int, ...], **options: Any) -> None:
        """An operator whose output has the scale of its first input with a scale."""
        first = next(i for i in inputs if i in self.inputs)
        self.op(kind, inputs, shape, self.scale_of(first), self.zero_point_of(first), **options)

    def build(self) -> bytes:
        return bytes(self.model.build(self.inputs, self.outputs))


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("target", TARGETS)
def test_networks(
    name: str, target: str, shared_data: Path, equals_reference: Callable[..., None]
) -> None:
    tflite = (shared_data / "models" / f"{name}.tflite").read_bytes()
    equals_reference(tflite, n_cases=3, target=target, rounding=SINGLE)


@pytest.mark.parametrize("target", TARGETS)
def test_sums_and_products(
    target: str, builder: Any, equals_reference: Callable[..., None]
) -> None:
    layers = Layers(builder, seed=1)
    for i in range(24):
        kind = ("ADD", "SUB", "MUL")[i % 3]
        second = ((1, 5, 6, 8), (1, 1, 1, 8), (1, 5, 6, 1), (1, 1, 1, 1))[i // 3 % 4]
        output = layers.scale()
        if kind == "MUL":
            one, two = layers.scale(-4, 4), layers.scale(-4, 4)
            output = float(np.float32(one * two / layers.scale(-13, 0)))
        else:
            one, two = (output * layers.scale(-8, 6) for _ in range(2))
        operands = [layers.source(scale=one), layers.source(second, scale=two)]
        layers.op(
            kind, operands[:: -1 if i % 2 else 1], SHAPE, output, fusedActivationFunction=i % 4
        )
    equals_reference(layers.build(), n_cases=6, target=target, rounding=SINGLE)


@pytest.mark.parametrize("target", TARGETS)
def test_reductions(target: str, builder: Any, equals_reference: Callable[..., None]) -> None:
    layers = Layers(builder, seed=2)
    for i in range(24):
        axes = ((1, 2), (3,), (1,), (2, 3), (1, 2, 3), (2,))[i // 2 % 6]
        kind = ("MEAN", "SUM")[i % 2]
        source = layers.source()
        count = int(np.prod([SHAPE[axis] for axis in axes]))
        scale = layers.scale_of(source) * layers.scale(-3, 1) * (count if kind == "SUM" else 1)
        shape = tuple(1 if axis in axes else size for axis, size in enumerate(SHAPE))
        layers.op(kind, [source, layers.constant(axes)], shape, scale, keepDims=True)
    source = layers.source()
    axes = layers.constant((1, 2))
    layers.same("REDUCE_MAX", [source, axes], (1, 1, 1, 8), keepDims=True)
    equals_reference(layers.build(), n_cases=6, target=target, rounding=SINGLE)


def test_functions_of_one_element(builder: Any, equals_reference: Callable[..., None]) -> None:
    layers = Layers(builder, seed=3)
    every = (16, 16)
    for _ in range(6):
        layers.op("LOGISTIC", [layers.source(every)], every, 1 / 256, -128)
        layers.op("TANH", [layers.source(every)], every, 1 / 128, 0)
        layers.same("RELU6", [layers.source(every)], every)
        for kind, low, high in (("RELU", -8, 8), ("QUANTIZE", -6, 7), ("LEAKY_RELU", -4, 5)):
            source = layers.source(every)
            scale = layers.scale_of(source) * layers.scale(low, high)
            options = {"alpha": layers.scale(-2, 2)} if kind == "LEAKY_RELU" else {}
            layers.op(kind, [source], every, scale, **options)
        source = layers.source(every)
        layers.op("HARD_SWISH", [source], every, layers.scale_of(source) * layers.scale(-1, 1))
    equals_reference(layers.build(), n_cases=8, rounding=SINGLE)


def test_softmax(builder: Any, equals_reference: Callable[..., None]) -> None:
    layers = Layers(builder, seed=4)
    for depth in (2, 3, 4, 10, 12, 35, 100, 1000):
        for _ in range(4):
            source = layers.source((3, depth), scale=layers.scale(-12, 2))
            layers.op("SOFTMAX", [source], (3, depth), 1 / 256, -128, beta=1.0)
    equals_reference(layers.build(), n_cases=12, rounding=SINGLE)


def test_pools(builder: Any, equals_reference: Callable[..., None]) -> None:
    layers = Layers(builder, seed=5)
    for i in range(16):
        kind = ("AVERAGE_POOL_2D", "MAX_POOL_2D")[i % 2]
        padding, taps, stride = (SAME, VALID)[i // 2 % 2], 2 + i // 4 % 2, 1 + i // 8
        size = [
            -(-n // stride) if padding == SAME else (n - taps) // stride + 1 for n in SHAPE[1:3]
        ]
        layers.same(
            kind,
            [layers.source()],
            (1, *size, 8),
            padding=padding,
            strideH=stride,
            strideW=stride,
            filterHeight=taps,
            filterWidth=taps,
            fusedActivationFunction=i % 4,
        )
    equals_reference(layers.build(), n_cases=6, rounding=SINGLE)


def test_moves(builder: Any, equals_reference: Callable[..., None]) -> None:
    layers = Layers(builder, seed=6)
    source, constant = layers.source, layers.constant
    layers.same("RESHAPE", [source(), constant((1, 240))], (1, 240))
    layers.same("TRANSPOSE", [source(), constant((0, 3, 1, 2))], (1, 8, 5, 6))
    amounts = [[0, 0], [1, 2], [2, 1], [0, 0]]
    layers.same("PAD", [source(), constant(amounts)], (1, 8, 9, 8))
    layers.same("MIRROR_PAD", [source(), constant(amounts)], (1, 8, 9, 8), mode=0)
    layers.same("SLICE", [source(), constant((0, 1, 2, 3)), constant((1, 2, 3, 4))], (1, 2, 3, 4))
    ends = (constant((0, 1, 0, 0)), constant((1, 5, 6, 8)), constant((1, 2, 2, 1)))
    layers.same("STRIDED_SLICE", [source(), *ends], (1, 2, 3, 8))
    one, two = source(scale=0.1), source(scale=0.1)
    layers.model.tensors[two].quantization.zeroPoint = layers.model.tensors[
        one
    ].quantization.zeroPoint
    layers.same("CONCATENATION", [one, two], (1, 5, 6, 16), axis=3)
    layers.same("PACK", [one, two], (2, *SHAPE), valuesCount=2, axis=0)
    layers.same("EXPAND_DIMS", [source((5, 8)), constant(0)], (1, 5, 8))
    layers.same("SQUEEZE", [source((1, 5, 8))], (5, 8))
    equals_reference(layers.build(), n_cases=3, rounding=SINGLE)


@pytest.mark.parametrize(
    ("half_pixels", "align_corners"), [(False, False), (True, False), (False, True)]
)
def test_resize(
    half_pixels: bool,
    align_corners: bool,
    builder: Any,
    equals_reference: Callable[..., None],
) -> None:
    layers = Layers(builder, seed=7)
    for size in ((10, 12), (3, 4), (7, 13), (2, 2)):
        layers.same(
            "RESIZE_NEAREST_NEIGHBOR",
            [layers.source(), layers.constant(size)],
            (1, *size, 8),
            halfPixelCenters=half_pixels,
            alignCorners=align_corners,
        )
    equals_reference(layers.build(), n_cases=4, rounding=SINGLE)


def test_what_is_not_proven_is_refused(builder: Any) -> None:
    model = builder()
    source, output = (model.tensor(SHAPE, scale=0.1) for _ in range(2))
    alpha = model.tensor((8,), scale=0.1, data=np.ones(8, np.int8))
    model.op("PRELU", [source, alpha], output)
    with pytest.raises(UnsupportedOpError, match="Use double rounding"):
        import_tflite(model.build([source], [output]), SINGLE)
    model = builder()
    source, output = model.tensor(SHAPE, scale=0.1), model.tensor(SHAPE, scale=0.2)
    model.op("RELU6", [source], output)
    with pytest.raises(UnsupportedOpError, match="same scale"):
        import_tflite(model.build([source], [output]), SINGLE)


@pytest.mark.parametrize("beta", [float("nan"), float("inf"), -1.0, 1e38])
def test_softmax_refuses_a_beta_without_powers(builder: Any, beta: float) -> None:
    model = builder()
    source = model.tensor((1, 4), scale=100.0)
    output = model.tensor((1, 4), scale=1 / 256, zero_point=-128)
    model.op("SOFTMAX", [source], output, beta=beta)
    with pytest.raises(GraphError, match="beta"):
        import_tflite(model.build([source], [output]), SINGLE)
