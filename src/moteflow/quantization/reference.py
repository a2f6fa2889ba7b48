"""The truth for int8 inference: TensorFlow Lite Micro's reference kernels."""

from collections.abc import Iterable, Sequence
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
    details = _interpreter(tflite).get_input_details(0)
    shape = tuple(int(size) for size in details["shape"])
    if inputs.dtype != np.int8 or inputs[:1].size != np.prod(shape):
        raise QuantizationError(
            f"Inputs must be int8 of shape [n, {', '.join(map(str, shape[1:]))}]. "
            f"Received: {inputs.dtype} {list(inputs.shape)}. Quantize this network's features."
        )
    outputs = [output for [output] in run_reference_cases(tflite, [[x] for x in inputs], 1)]
    return np.stack([output[0] for output in outputs])


def run_reference_cases(
    tflite: bytes, cases: Iterable[Sequence[npt.NDArray[Any]]], n_outputs: int
) -> list[list[npt.NDArray[Any]]]:
    """Run the reference kernels on one case after the other, so that state carries over.

    A case is an array per input, of the input's dtype and size; each gives an array per output.
    """
    interpreter = _interpreter(tflite)
    results = []
    for case in cases:
        for position, values in enumerate(case):
            shape = interpreter.get_input_details(position)["shape"]
            interpreter.set_input(values.reshape(shape), position)
        interpreter.invoke()
        results.append([interpreter.get_output(i).copy() for i in range(n_outputs)])
    return results


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
