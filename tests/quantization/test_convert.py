import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

from moteflow.errors import QuantizationError
from moteflow.models import save_model
from moteflow.quantization import calibration_set, convert

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

Network = Callable[[str], tuple[Any, bytes]]
OP_NAMES = {
    value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)
}
DS_CNN_OPS = [
    "CONV_2D",
    *["DEPTHWISE_CONV_2D", "CONV_2D"] * 4,
    "AVERAGE_POOL_2D",
    "FULLY_CONNECTED",
    "SOFTMAX",
]


def parse(tflite: bytes) -> Any:
    return schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(tflite, 0))


def ops(model: Any) -> list[str]:
    codes = [OP_NAMES[code.builtinCode] for code in model.operatorCodes]
    return [codes[op.opcodeIndex] for op in model.subgraphs[0].operators]


@pytest.mark.parametrize(
    "name, expected",
    [
        ("ds_cnn", DS_CNN_OPS),
        ("tiny_conv", ["CONV_2D", "CONV_2D", "AVERAGE_POOL_2D", "FULLY_CONNECTED", "SOFTMAX"]),
        ("fully_connected", ["RESHAPE", *["FULLY_CONNECTED"] * 3, "SOFTMAX"]),
    ],
)
def test_layers_fold_into_these_ops(network: Network, name: str, expected: list[str]) -> None:
    assert ops(parse(network(name)[1])) == expected


@pytest.mark.parametrize("name", ["ds_cnn", "tiny_conv", "fully_connected"])
def test_everything_is_integer_with_batch_one(network: Network, name: str) -> None:
    graph = parse(network(name)[1]).subgraphs[0]

    integers = {schema.TensorType.INT8, schema.TensorType.INT32}
    assert {tensor.type for tensor in graph.tensors} <= integers
    ends = [graph.tensors[graph.inputs[0]], graph.tensors[graph.outputs[0]]]
    assert [tensor.type for tensor in ends] == [schema.TensorType.INT8] * 2
    assert [tensor.shape.tolist() for tensor in ends] == [[1, 49, 10, 1], [1, 4]]
    assert all(tensor.shapeSignature is None for tensor in graph.tensors)


def test_convolutions_have_one_scale_per_channel(network: Network) -> None:
    model = parse(network("ds_cnn")[1])

    graph = model.subgraphs[0]
    convolutions = [
        op for op, name in zip(graph.operators, ops(model), strict=True) if "CONV" in name
    ]
    scales = [graph.tensors[op.inputs[1]].quantization.scale for op in convolutions]
    assert [len(scale) for scale in scales] == [64] * 9


def test_another_process_gives_the_same_bytes(
    network: Network, features: npt.NDArray[np.float32], tmp_path: Path
) -> None:
    model, expected = network("tiny_conv")
    save_model(model, tmp_path / "model.keras")
    np.save(tmp_path / "features.npy", features)
    script = (
        "import numpy as np, pathlib, sys\n"
        "from moteflow.models import load_model\n"
        "from moteflow.quantization import convert\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "tflite = convert(load_model(folder / 'model.keras'), np.load(folder / 'features.npy'))\n"
        "(folder / 'model.tflite').write_bytes(tflite)\n"
    )

    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, capture_output=True)

    assert (tmp_path / "model.tflite").read_bytes() == expected


@pytest.mark.parametrize("shape", [(0, 49, 10), (5, 49, 12), (5, 10, 49)])
def test_calibration_of_another_shape_is_refused(network: Network, shape: tuple[int, ...]) -> None:
    with pytest.raises(QuantizationError, match=r"shape \[n, 49, 10\]"):
        convert(network("tiny_conv")[0], np.zeros(shape, dtype=np.float32))


def test_calibration_that_is_not_finite_is_refused(network: Network) -> None:
    calibration = np.full((1, 49, 10), np.nan, dtype=np.float32)

    with pytest.raises(QuantizationError, match="must be finite"):
        convert(network("tiny_conv")[0], calibration)


def test_the_calibration_set_is_spread_evenly() -> None:
    clips = np.arange(10, dtype=np.float32).reshape(10, 1, 1)

    assert calibration_set(clips, 4).ravel().tolist() == [0, 3, 6, 9]
    assert calibration_set(clips, 99).ravel().tolist() == list(range(10))
