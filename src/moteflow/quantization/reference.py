"""The truth for int8 inference: TensorFlow Lite Micro's reference kernels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from moteflow.errors import QuantizationError

# The interpreter's own bookkeeping and all tensors of the largest networks a microcontroller
# holds; it says nothing about the arena of the generated code.
_ARENA_SIZE = 8 * 1024 * 1024


@dataclass(frozen=True)
class Quantization:
    """real = scale * (quantized - zero_point)"""

    scale: float
    zero_point: int


def input_quantization(tflite: bytes) -> Quantization:
    """Read scale and zero point of a `.tflite`'s int8 input; QuantizationError if it has none."""
    details = _interpreter(tflite).get_input_details(0)
    parameters = details["quantization_parameters"]
    if details["dtype"] is not np.int8 or len(parameters["scales"]) != 1:
        raise QuantizationError(
            "The network's input must be int8 with one scale. "
            f"Received: {details['dtype'].__name__}, {len(parameters['scales'])} scales. "
            "Convert it with int8 input and output."
        )
    return Quantization(float(parameters["scales"][0]), int(parameters["zero_points"][0]))


def run_reference(tflite: bytes, inputs: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """Run the reference kernels on int8 [n, ...] and return the outputs, int8 [n, n_labels].

    Raises QuantizationError if the inputs' shape is not the network's.
    """
    interpreter = _interpreter(tflite)
    shape = tuple(int(size) for size in interpreter.get_input_details(0)["shape"])
    if inputs.dtype != np.int8 or inputs[:1].size != np.prod(shape):
        raise QuantizationError(
            f"Inputs must be int8 of shape [n, {', '.join(map(str, shape[1:]))}]. "
            f"Received: {inputs.dtype} {list(inputs.shape)}. Quantize this network's features."
        )
    n_labels = int(interpreter.get_output_details(0)["shape"][-1])
    outputs = np.empty((len(inputs), n_labels), dtype=np.int8)
    for index, values in enumerate(inputs):
        interpreter.set_input(values.reshape(shape), 0)
        interpreter.invoke()
        outputs[index] = interpreter.get_output(0)[0]
    return outputs


def _interpreter(tflite: bytes) -> Any:
    # Deferred: the interpreter's library takes a while to load.
    from tflite_micro import runtime

    try:
        return runtime.Interpreter.from_bytes(tflite, arena_size=_ARENA_SIZE)
    except (RuntimeError, ValueError) as error:
        raise QuantizationError(
            f"The reference interpreter must accept the network. Received: {error}. "
            "See its message above for the operator or tensor it refuses."
        ) from error
