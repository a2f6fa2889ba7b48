"""Real models that are refused, and files that are no models."""

import copy
from pathlib import Path

import flatbuffers
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

from moteflow.errors import GraphError, UnsupportedOpError
from moteflow.graph import import_tflite


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mlonmcu/sine_model/sine_model", ["op 0 FULLY_CONNECTED", "float", "full-integer"]),
        ("mlperf/kws_ref_model_float32", ["op 0 CONV_2D", "float", "full-integer"]),
        ("mltk/tflite_micro_magic_wand", ["op 0 QUANTIZE", "float", "int8 input"]),
        ("tflm/audio_preprocessor_int8", ["op 0 CUSTOM 'SignalWindow'", "Supported: ADD"]),
        ("microwakeword/v2/hey_jarvis", ["op 0 CALL_ONCE", "windowed model"]),
        ("seanet/sub/sub0", ["SUB", "ADD"]),
    ],
)
def test_models_without_kernels_are_refused_with_advice(
    name: str, words: list[str], shared_data: Path
) -> None:
    with pytest.raises(UnsupportedOpError) as error:
        import_tflite((shared_data / "models" / f"{name}.tflite").read_bytes())
    for word in words:
        assert word in str(error.value)


@given(st.binary(max_size=200))
def test_random_bytes_are_no_model(content: bytes) -> None:
    with pytest.raises(GraphError):
        import_tflite(content)


@given(st.binary(max_size=200))
def test_random_bytes_after_the_identifier_are_no_model(content: bytes) -> None:
    with pytest.raises(GraphError):
        import_tflite(b"\x08\x00\x00\x00TFL3" + content)


def test_every_truncation_of_a_model_is_refused(shared_data: Path) -> None:
    content = (shared_data / "models/tflm/hello_world_int8.tflite").read_bytes()
    for length in range(0, len(content) - 64, 7):
        with pytest.raises(GraphError):
            import_tflite(content[:length])


def test_weights_keep_their_values(shared_data: Path) -> None:
    content = (shared_data / "models/tflm/hello_world_int8.tflite").read_bytes()
    graph = import_tflite(content)
    weights = graph.tensors[graph.ops[1].inputs[1]].data
    assert weights is not None
    assert weights.shape == (16, 16)
    assert weights.dtype == np.int8
    assert weights.tobytes() in content


@pytest.mark.parametrize("dtype", [1, 15, 120])
def test_inputs_of_types_without_a_name_in_c_are_refused(dtype: int, shared_data: Path) -> None:
    content = (shared_data / "models/tflm/hello_world_int8.tflite").read_bytes()
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    subgraph = model.subgraphs[0]
    subgraph.tensors.append(copy.copy(subgraph.tensors[subgraph.inputs[0]]))
    subgraph.tensors[-1].type = dtype
    subgraph.inputs = [*subgraph.inputs, len(subgraph.tensors) - 1]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    with pytest.raises(UnsupportedOpError, match="inputs and outputs must have a type"):
        import_tflite(bytes(builder.Output()))
