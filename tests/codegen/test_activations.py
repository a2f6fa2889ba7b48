"""Functions of one element over every input, at many scales, against TFLM's reference kernels."""

from typing import Any

import numpy as np
import pytest

from moteflow.errors import UnsupportedOpError
from moteflow.graph import import_tflite

INT8_SCALES = [2.0**-12, 0.003, 1 / 128, 0.02, 0.0470588, 0.1, 1.0, 30.0]
INT16_SCALES = [2.0**-20, 1e-5, 2.0**-12, 2.0**-12 * 1.0003, 2.0**-11, 1 / 4096 * 1.3, 0.01, 2.0]
RATIOS = [0.3, 1.0, 1.7, 40.0]


def everything(dtype: str) -> np.ndarray:
    limits = np.iinfo(dtype)
    return np.arange(limits.min, limits.max + 1, dtype=dtype)


class Layers:
    """A model of unary layers that each read one input with every value of its type."""

    def __init__(self, builder: Any, dtype: str) -> None:
        self.model = builder()
        self.dtype = dtype
        self.values = everything(dtype)
        self.inputs: list[int] = []
        self.outputs: list[int] = []

    def add(
        self, kind: str, scale: float, zero: int, out_scale: float, out_zero: int, **options: Any
    ) -> None:
        shape = self.values.shape
        self.inputs.append(self.model.tensor(shape, self.dtype, scale, zero))
        self.outputs.append(self.model.tensor(shape, self.dtype, out_scale, out_zero))
        self.model.op(kind, [self.inputs[-1]], self.outputs[-1], **options)

    def check(self, run_generated: Any, run_reference: Any, target: str = "host") -> None:
        tflite = self.model.build(self.inputs, self.outputs)
        cases = [[self.values] * len(self.inputs)]
        [actual] = run_generated(tflite, cases, target=target, sanitize=target == "host")
        [expected] = run_reference(tflite, cases, len(self.outputs))
        for position, values in enumerate(expected):
            np.testing.assert_array_equal(actual[position], values, f"layer {position}")


def int8_layers(builder: Any, kind: str) -> Layers:
    layers = Layers(builder, "int8")
    rng = np.random.default_rng(0)
    for scale in INT8_SCALES:
        for zero in (-128, 0, 127, int(rng.integers(-128, 128))):
            if kind in ("LOGISTIC", "TANH"):
                output = (2.0**-8, -128) if kind == "LOGISTIC" else (2.0**-7, 0)
                layers.add(kind, scale, zero, *output)
                continue
            if kind == "RELU6":
                if zero + 6 / scale < 127:
                    layers.add(kind, scale, zero, scale, zero)
                continue
            for ratio in RATIOS:
                options = {"alpha": float(rng.choice([0.0, 0.01, 0.3, 1.5]))}
                layers.add(
                    kind,
                    scale,
                    zero,
                    np.float32(scale * ratio),
                    int(rng.integers(-128, 128)),
                    **(options if kind == "LEAKY_RELU" else {}),
                )
    return layers


def int16_layers(builder: Any, kind: str, scales: list[float]) -> Layers:
    layers = Layers(builder, "int16")
    for i, scale in enumerate(scales):
        if kind in ("LOGISTIC", "TANH"):
            layers.add(kind, scale, 0, 2.0**-15, 0)
        elif kind == "RELU6":
            layers.add(kind, scale, 0, scale, 0)
        else:
            options = {"alpha": 0.3 * i} if kind == "LEAKY_RELU" else {}
            layers.add(kind, scale, 0, np.float32(scale * RATIOS[i % 4]), 0, **options)
    return layers


@pytest.mark.parametrize("kind", ["LOGISTIC", "TANH", "RELU", "RELU6", "LEAKY_RELU", "HARD_SWISH"])
def test_int8(builder: Any, run_generated: Any, run_reference: Any, kind: str) -> None:
    int8_layers(builder, kind).check(run_generated, run_reference)


@pytest.mark.parametrize("kind", ["LOGISTIC", "TANH", "RELU", "RELU6", "LEAKY_RELU"])
def test_int16(builder: Any, run_generated: Any, run_reference: Any, kind: str) -> None:
    scales = [s for s in INT16_SCALES if kind != "RELU6" or 6 / s < 2**15]
    int16_layers(builder, kind, scales).check(run_generated, run_reference)


@pytest.mark.parametrize("kind", ["LOGISTIC", "TANH", "LEAKY_RELU", "RELU"])
def test_int16_on_target(builder: Any, run_generated: Any, run_reference: Any, kind: str) -> None:
    layers = int16_layers(builder, kind, INT16_SCALES[6:7])
    layers.check(run_generated, run_reference, "mps2_an386")


@pytest.mark.parametrize("target", ["mps2_an386", "microbit"])
def test_int8_on_target(builder: Any, run_generated: Any, run_reference: Any, target: str) -> None:
    layers = Layers(builder, "int8")
    for scale in (0.02, 0.1):
        layers.add("LOGISTIC", scale, 3, 2.0**-8, -128)
        layers.add("LEAKY_RELU", scale, 3, 0.05, -9, alpha=0.2)
    layers.check(run_generated, run_reference, target)


def test_in_place(builder: Any, equals_reference: Any) -> None:
    model = builder()
    tensors = [model.tensor((5, 7), "int16", 2.0**-12)]
    for kind in ("LEAKY_RELU", "TANH", "RELU", "LOGISTIC"):
        tensors.append(model.tensor((5, 7), "int16", 2.0**-15))
        model.op(kind, tensors[-2:-1], tensors[-1])
    equals_reference(model.build(tensors[:1], tensors[-1:]), sanitize=True)


@pytest.mark.parametrize(
    ("kind", "dtype", "out_scale", "options", "message"),
    [
        ("TANH", "int8", 1 / 256, {}, "must have the scale"),
        ("LEAKY_RELU", "int8", 1.0, {"alpha": -0.5}, "Use PRELU"),
        ("HARD_SWISH", "int16", 1.0, {}, "must be int8"),
        ("RELU", "int32", 1.0, {}, "must be int8 or int16"),
    ],
)
def test_refusals(
    builder: Any, kind: str, dtype: str, out_scale: float, options: Any, message: str
) -> None:
    model = builder()
    source, output = model.tensor((4,), dtype), model.tensor((4,), dtype, out_scale)
    model.op(kind, [source], output, **options)
    with pytest.raises(UnsupportedOpError, match=message):
        import_tflite(model.build([source], [output]))
