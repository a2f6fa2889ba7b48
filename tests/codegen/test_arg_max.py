"""ARG_MAX and ARG_MIN along every axis, against TFLM's reference kernels."""

from typing import Any

import numpy as np
import pytest

from moteflow.errors import GraphError
from moteflow.graph import import_tflite


def add(model: Any, kind: str, shape: tuple[int, ...], axis: int) -> tuple[int, int]:
    source = model.tensor(shape)
    position = model.tensor((1,), "int32", data=np.array([axis]))
    output = model.tensor([n for i, n in enumerate(shape) if i != axis % len(shape)], "int32")
    model.op(kind, [source, position], output)
    return source, output


@pytest.mark.parametrize("target", ["host", "mps2_an386", "microbit"])
def test_axes(builder: Any, equals_reference: Any, target: str) -> None:
    model = builder()
    layers = [
        add(model, kind, shape, axis)
        for kind in ("ARG_MAX", "ARG_MIN")
        for shape, axis in [
            ((1, 10), 1),
            ((1, 10), -1),
            ((3, 4, 5), 0),
            ((3, 4, 5), 1),
            ((2, 3, 2, 300), -1),
            ((2, 1), 1),
        ]
    ]
    tflite = model.build([layer[0] for layer in layers], [layer[1] for layer in layers])
    equals_reference(tflite, target=target, sanitize=target == "host")


@pytest.mark.parametrize("axis", [2, -3])
def test_axis_out_of_range(builder: Any, axis: int) -> None:
    model = builder()
    source, output = model.tensor((1, 10)), model.tensor((1,), "int32")
    model.op("ARG_MAX", [source, model.tensor((1,), "int32", data=np.array([axis]))], output)
    with pytest.raises(GraphError, match="axes"):
        import_tflite(model.build([source], [output]))
