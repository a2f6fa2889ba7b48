"""From features to the model's int8 input, by the code that runs on the device."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moteflow.dsp.block import FeatureConfig
from moteflow.dsp.native import native
from moteflow.errors import FeatureError


@dataclass(frozen=True)
class FixedStep:
    """The factor multiplier / 2^shift of `mote_quantize_s32_s8`."""

    multiplier: int
    shift: int


def fixed_step(features_scale: float, scale: float) -> FixedStep:
    """features_scale / scale with 31 significant bits; FeatureError if it is out of range."""
    mantissa, exponent = math.frexp(features_scale / scale)
    multiplier, shift = round(mantissa * 2**31), 31 - exponent
    if multiplier == 2**31:
        multiplier, shift = 2**30, shift - 1
    if not 1 <= shift <= 62:
        raise FeatureError(
            "A feature's step over the model's input scale must be from 2^-32 to below 2^30; train"
            f" the model on these features. Received: scale {scale}, step {features_scale}"
        )
    return FixedStep(multiplier, shift)


def device_values(
    features: npt.NDArray[np.float32], config: FeatureConfig
) -> npt.NDArray[np.float32] | npt.NDArray[np.int32]:
    """Features as the device has them: float32, or the integers that `extract` scaled."""
    description = config.describe()
    if description.features_type == "float":
        return features
    steps: npt.NDArray[np.int32] = np.rint(
        features / np.float32(description.features_scale)
    ).astype(np.int32)
    return steps


def quantize(
    features: npt.NDArray[np.float32], config: FeatureConfig, scale: float, zero_point: int
) -> npt.NDArray[np.int8]:
    """The model's int8 input, of the same shape, from features as `extract` gives them.

    Float features by `mote_quantize_f32_s8`: round(x / scale), halves away from zero, plus
    zero_point, saturated, as TFLite's QUANTIZE. Integer features by `mote_quantize_s32_s8`. Raises
    FeatureError for another dtype than float32, or a scale or zero point out of range.
    """
    if features.dtype != np.float32:
        raise FeatureError(
            f"Features must be float32, as extract gives them. Received: {features.dtype}"
        )
    if not (np.finfo(np.float32).tiny <= scale <= np.finfo(np.float32).max):
        raise FeatureError(f"scale must be a positive, normal float32. Received: {scale}")
    if not -128 <= zero_point <= 127:
        raise FeatureError(f"zero_point must be from -128 to 127. Received: {zero_point}")
    ffi, lib = native().ffi, native().lib
    description = config.describe()
    quantized = np.empty(features.shape, np.int8)
    result = ffi.from_buffer("int8_t[]", quantized)
    values = np.ascontiguousarray(device_values(features, config))
    if description.features_type == "float":
        source = ffi.from_buffer("float[]", values)
        lib.host_quantize_f32(source, values.size, scale, zero_point, result)
    else:
        source = ffi.from_buffer("int32_t[]", values)
        step = fixed_step(description.features_scale, scale)
        lib.host_quantize_s32(source, values.size, step.multiplier, step.shift, zero_point, result)
    return quantized
