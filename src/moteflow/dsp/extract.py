"""Features of whole clips, by the code that runs on the device, in parallel over cores."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from moteflow.dsp.block import FeatureConfig, feature_shape
from moteflow.dsp.native import NativeBlock, native, native_block
from moteflow.errors import FeatureError


def extract(
    samples: npt.NDArray[Any], config: FeatureConfig, n_threads: int | None = None
) -> npt.NDArray[np.float32]:
    """Features of clips: float32 [n, n_frames, n_features].

    `samples` is an array [n, n_samples] (or [n, n_samples, n_axes]) of the block's sample type.
    Each clip is a stream of its own, pushed through `mote_features_push`. The clips are shared
    among `n_threads` (all cores unless given), which run without the interpreter's lock; the result
    does not depend on their number. Raises FeatureError for another dtype or shape, clips shorter
    than a frame, or float samples that are NaN, infinite or beyond +-2^24.
    """
    clips = _clips(samples, config)
    n_clips, n_samples, _ = clips.shape
    block = _block(config)
    features = np.empty((n_clips, *feature_shape(config, n_samples)), np.float32)
    n_threads = min(n_threads or os.cpu_count() or 1, max(n_clips, 1))
    bounds = np.linspace(0, n_clips, n_threads + 1).astype(int)
    with ThreadPoolExecutor(n_threads) as pool:
        parts = pool.map(
            lambda start, end: start + _extract(block, clips[start:end], features[start:end]),
            bounds[:-1],
            bounds[1:],
        )
        for end, done in zip(bounds[1:], parts, strict=True):
            if done < end:
                raise FeatureError(
                    "Float samples must be finite and within +-2^24; clean the recording."
                    f" Received: clip {done} with values from {clips[done].min()} to"
                    f" {clips[done].max()}"
                )
    if block.description.features_type == "int32_t":
        scale = np.float32(block.description.features_scale)
        np.multiply(features.view(np.int32), scale, out=features, casting="unsafe")
    return features


def _clips(samples: npt.NDArray[Any], config: FeatureConfig) -> npt.NDArray[Any]:
    """The samples as [clips, samples, axes] in C order."""
    clips = samples[..., None] if samples.ndim == 2 and config.n_axes == 1 else samples
    if clips.dtype != config.sample_type.value or clips.shape[2:] != (config.n_axes,):
        axes = f", {config.n_axes} axes" if config.n_axes > 1 else ""
        raise FeatureError(
            f"Samples must be an {config.sample_type.value} array of shape [clips, samples{axes}];"
            f" convert them first. Received: {samples.dtype} {list(samples.shape)}"
        )
    return np.ascontiguousarray(clips)


@lru_cache(maxsize=8)
def _block(config: FeatureConfig) -> NativeBlock:
    return native_block(config.describe())


def _extract(block: NativeBlock, clips: npt.NDArray[Any], features: npt.NDArray[np.float32]) -> int:
    """The number of clips before the first that was refused."""
    ffi, lib = native().ffi, native().lib
    description = block.description
    done: int = lib.host_extract(
        block.config,
        ffi.from_buffer(clips),
        *clips.shape[:2],
        ffi.new("uint64_t[]", -(-description.frame_size // 8)),
        ffi.new("uint64_t[]", -(-description.state_size // 8)),
        ffi.new("uint64_t[]", -(-description.scratch_size // 8)),
        ffi.from_buffer(features),
    )
    return done
