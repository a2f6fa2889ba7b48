"""Float network in, full-integer `.tflite` out."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from moteflow.errors import QuantizationError


def calibration_set(features: npt.NDArray[np.float32], n: int) -> npt.NDArray[np.float32]:
    """Pick `n` clips, evenly spaced, from features float32 [clips, frames, values].

    Clips sorted by label are thereby drawn in proportion. All are taken if there are fewer.
    """
    chosen = np.linspace(0, len(features) - 1, min(n, len(features))).round().astype(np.int64)
    return features[chosen]


def convert(model: Any, calibration: npt.NDArray[np.float32]) -> bytes:
    """Convert a `keras.Model` to int8 in and out, per-channel weights, batch 1.

    `calibration` are features float32 [n, frames, values] of the training subset; their ranges
    set the scales. The same weights and calibration give the same bytes. Raises
    QuantizationError if they do not fit the network or an operator has no int8 form.
    """
    shape = (1, *model.input_shape[1:])
    expected = shape[1:-1]
    if len(calibration) == 0 or calibration.shape[1:] != expected:
        raise QuantizationError(
            f"Calibration needs features of shape [n, {expected[0]}, {expected[1]}], n >= 1. "
            f"Received: {list(calibration.shape)}. "
            "Use the training subset's features that the network was trained for."
        )
    if not np.isfinite(calibration).all():
        raise QuantizationError(
            "Calibration features must be finite. Received: NaN or infinity. "
            "Look for a broken recording in the training subset."
        )
    from moteflow.models.backend import tf

    def representative() -> Iterator[list[npt.NDArray[np.float32]]]:
        for clip in calibration.astype(np.float32):
            yield [clip.reshape(shape)]

    # A function of fixed batch: the converter would otherwise keep shape arithmetic in the graph.
    module = tf.Module()
    module.weights = [variable.value for variable in model.variables]
    function = tf.function(lambda features: model(features, training=False)).get_concrete_function(
        tf.TensorSpec(shape, tf.float32, name="features")
    )
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], module)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    converter.representative_dataset = representative
    try:
        with warnings.catch_warnings():
            # It warns that statistics are missing although the representative set gives them.
            warnings.filterwarnings("ignore", "Statistics for quantized inputs", UserWarning)
            return bytes(converter.convert())
    except (RuntimeError, ValueError, tf.errors.OpError) as error:
        raise QuantizationError(
            f"The network {model.name} cannot be converted to int8. Received: {error}. "
            "Use layers that TensorFlow Lite has in int8."
        ) from error
