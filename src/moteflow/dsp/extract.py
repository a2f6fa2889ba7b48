"""Features of whole clips, by the code that runs on the device, in parallel over cores."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from moteflow.dsp.blocks import FeatureConfig, describe, feature_shape
from moteflow.dsp.native import NativeBlock, native, native_block
from moteflow.errors import FeatureError


def extract(
    samples: npt.NDArray[np.int16], config: FeatureConfig, n_threads: int | None = None
) -> npt.NDArray[np.float32]:
    """Features of clips: float32 [n, n_frames, n_features] from int16 [n, n_samples].

    Each clip is a stream of its own, pushed through `mote_features_push`. The clips are shared
    among `n_threads` (all cores unless given), which run without the interpreter's lock; the result
    does not depend on their number. Raises FeatureError for another dtype or shape, or clips
    shorter than a frame.
    """
    if samples.dtype != np.int16 or samples.ndim != 2:
        raise FeatureError(
            "Samples must be an int16 array of shape [clips, samples]; convert them first."
            f" Received: {samples.dtype} {list(samples.shape)}"
        )
    n_clips, n_samples = samples.shape
    features = np.empty((n_clips, *feature_shape(config, n_samples)), np.float32)
    samples = np.ascontiguousarray(samples)
    block = _block(config)
    n_threads = min(n_threads or os.cpu_count() or 1, max(n_clips, 1))
    bounds = np.linspace(0, n_clips, n_threads + 1).astype(int)
    with ThreadPoolExecutor(n_threads) as pool:
        list(
            pool.map(
                lambda start, end: _extract(block, samples[start:end], features[start:end]),
                bounds[:-1],
                bounds[1:],
            )
        )
    return features


def quantize(
    features: npt.NDArray[np.float32], scale: float, zero_point: int
) -> npt.NDArray[np.int8]:
    """The model's int8 input by `mote_quantize_f32_s8`, of the same shape.

    round(x / scale), halves away from zero, plus zero_point, saturated: TFLite's QUANTIZE. Raises
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
    values = np.ascontiguousarray(features)
    quantized = np.empty(values.shape, np.int8)
    lib.host_quantize(
        ffi.from_buffer("float[]", values),
        values.size,
        scale,
        zero_point,
        ffi.from_buffer("int8_t[]", quantized),
    )
    return quantized


@lru_cache(maxsize=8)
def _block(config: FeatureConfig) -> NativeBlock:
    return native_block(describe(config))


def _extract(
    block: NativeBlock, samples: npt.NDArray[np.int16], features: npt.NDArray[np.float32]
) -> None:
    ffi, lib = native().ffi, native().lib
    lib.host_extract(
        block.config,
        ffi.from_buffer("int16_t[]", samples),
        *samples.shape,
        ffi.new("int16_t[]", block.description.frame_length),
        ffi.new("float[]", block.description.scratch_length),
        ffi.from_buffer("float[]", features),
    )
