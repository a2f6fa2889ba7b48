"""Shapes computed at run time become constants; what is left equals TFLM."""

from typing import Any

import numpy as np
import pytest

from moteflow.errors import UnsupportedOpError
from moteflow.graph import Rounding, import_tflite, optimize


def constant(model: Any, values: Any) -> int:
    return model.tensor(np.shape(values), "int32", data=np.array(values))


def test_what_a_dynamic_batch_leaves_is_folded(builder: Any, equals_reference: Any) -> None:
    """RESHAPE to (SHAPE(x)[0], 3 * 4), as Keras's Flatten and Reshape convert."""
    model = builder()
    source = model.tensor((2, 3, 4), scale=0.1)
    shape = model.tensor((3,), "int32")
    model.op("SHAPE", [source], shape, outType=2)
    batch = model.tensor((), "int32")
    bounds = [constant(model, [value]) for value in (0, 1, 1)]
    model.op("STRIDED_SLICE", [shape, *bounds], batch, shrinkAxisMask=1)
    rest = [model.tensor((1,), "int32") for _ in range(2)]
    for axis, output in zip((1, 2), rest, strict=True):
        model.op("SLICE", [shape, constant(model, [axis]), constant(model, [1])], output)
    product, scalar = model.tensor((1,), "int32"), model.tensor((), "int32")
    model.op("MUL", rest, product)
    model.op("RESHAPE", [product], scalar)
    packed, joined = model.tensor((2,), "int32"), model.tensor((3,), "int32")
    model.op("PACK", [batch, scalar], packed, valuesCount=2)
    model.op("CONCATENATION", [packed, constant(model, [1])], joined, axis=0)
    output, clipped = (model.tensor((2, 12, 1), scale=0.1) for _ in range(2))
    model.op("RESHAPE", [source, joined], output)
    model.op("RELU", [output], clipped)
    tflite = model.build([source], [clipped])
    for rounding in Rounding:
        imported = import_tflite(tflite, rounding)
        assert [op.kind for op in imported.ops] == ["RESHAPE", "RELU"]
        assert imported.tensors[joined].data.tolist() == [2, 12, 1]
        assert [op.kind for op in optimize(imported).ops] == ["RELU"]
    equals_reference(tflite)


def test_an_output_may_be_known(builder: Any, equals_reference: Any) -> None:
    model = builder()
    source, clipped = (model.tensor((1, 5), scale=0.1) for _ in range(2))
    model.op("RELU", [source], clipped)
    shape = model.tensor((2,), "int32")
    model.op("SHAPE", [source], shape, outType=2)
    equals_reference(model.build([source], [clipped, shape]))


def test_moves_of_constants_stay_as_layers(builder: Any, equals_reference: Any) -> None:
    model = builder()
    source = model.tensor((1, 6), scale=0.1)
    table = model.tensor((1, 8), scale=0.1, data=np.arange(8))
    sliced, joined = model.tensor((1, 2), scale=0.1), model.tensor((1, 16), scale=0.1)
    operands = [constant(model, values) for values in ([0, 3], [1, 5], [1, 1])]
    model.op("STRIDED_SLICE", [table, *operands], sliced)
    model.op("CONCATENATION", [table, source, sliced], joined, axis=1)
    equals_reference(model.build([source], [joined]))


def test_shapes_that_are_not_known_are_refused(builder: Any) -> None:
    model = builder()
    source = model.tensor((1, 6), scale=0.1)
    size, output = model.tensor((2,), "int32"), model.tensor((1, 2), scale=0.1)
    model.op("SLICE", [source, size, constant(model, [1, 2])], output)
    with pytest.raises(UnsupportedOpError, match="input 1 must be a constant"):
        import_tflite(model.build([source, size], [output]))
