"""The truth for int8 inference, for each rule of rounding.

Double rounding: TensorFlow Lite Micro's reference kernels. Single rounding: TensorFlow Lite's
default interpreter, whose kernels are XNNPACK's.
"""

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from moteflow.errors import QuantizationError
from moteflow.graph import Rounding

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


def run_reference(
    tflite: bytes, inputs: npt.NDArray[np.int8], rounding: Rounding = Rounding.DOUBLE
) -> npt.NDArray[np.int8]:
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
    cases = [[x] for x in inputs]
    outputs = [output for [output] in run_reference_cases(tflite, cases, 1, rounding)]
    return np.stack([output[0] for output in outputs])


def run_reference_cases(
    tflite: bytes,
    cases: Iterable[Sequence[npt.NDArray[Any]]],
    n_outputs: int,
    rounding: Rounding = Rounding.DOUBLE,
) -> list[list[npt.NDArray[Any]]]:
    """Run the reference kernels on one case after the other, so that state carries over.

    A case is an array per input, of the input's dtype and size; each gives an array per output.
    """
    if rounding is Rounding.SINGLE:
        return [outputs[:n_outputs] for outputs in _run_lite(tflite, cases)]
    interpreter = _interpreter(tflite)
    results = []
    for case in cases:
        for position, values in enumerate(case):
            shape = interpreter.get_input_details(position)["shape"]
            interpreter.set_input(values.reshape(shape), position)
        interpreter.invoke()
        results.append([interpreter.get_output(i).copy() for i in range(n_outputs)])
    return results


def _run_lite(
    tflite: bytes, cases: Iterable[Sequence[npt.NDArray[Any]]]
) -> Iterator[list[npt.NDArray[Any]]]:
    from moteflow.models.backend import tf

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its deprecation
        try:
            interpreter = tf.lite.Interpreter(model_content=tflite)
            interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise QuantizationError(
                "TensorFlow Lite's default interpreter must accept the network. "
                f"Received: {error}. Use double rounding."
            ) from error
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    for case in cases:
        for details, values in zip(inputs, case, strict=True):
            interpreter.set_tensor(details["index"], values.reshape(details["shape"]))
        interpreter.invoke()
        yield [interpreter.get_tensor(details["index"]) for details in outputs]


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
