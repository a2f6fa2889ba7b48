"""Features of whole clips, by the code that runs on the device, in parallel over cores."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from moteflow.dsp.block import FeatureConfig, feature_shape
from moteflow.dsp.native import NativeBlock, native_block
from moteflow.errors import FeatureError

LINE_SIZE = 64
"""Bytes of a cache line; no vector is larger."""
SAMPLE_MAX = 2**24
"""MOTE_SAMPLE_MAX_BITS of mote_features.h."""
MAX_PART = 512
"""Clips between two reports of progress."""


def extract(
    samples: npt.NDArray[Any],
    config: FeatureConfig,
    n_threads: int | None = None,
    progress: Callable[[int], None] = lambda n_clips: None,
) -> npt.NDArray[np.float32]:
    """Features of clips: float32 [n, n_frames, n_features].

    `samples` is an array [n, n_samples] (or [n, n_samples, n_axes]) of the block's sample type.
    Each clip is a stream of its own, pushed through `mote_features_push`. The clips are shared
    among `n_threads` (all cores unless given), which run without the interpreter's lock; the result
    does not depend on their number. `progress` gets the number of clips done since its last call.
    Raises FeatureError for another dtype or shape, clips shorter than a frame, or float samples
    that are NaN, infinite or beyond +-2^24.
    """
    clips = _clips(samples, config)
    n_clips, n_samples, _ = clips.shape
    block = _block(config, n_clips == 1)
    features = np.empty((n_clips, *feature_shape(config, n_samples)), np.float32)
    n_threads = n_threads or os.cpu_count() or 1
    size = _part_size(n_clips, n_threads, block.native.n_lanes)
    parts = [slice(start, start + size) for start in range(0, n_clips, size)]
    with ThreadPoolExecutor(n_threads) as pool:
        counts = pool.map(lambda part: _extract(block, clips[part], features[part]), parts)
        for part, count in zip(parts, counts, strict=True):
            if count < len(clips[part]):
                raise _refusal(clips, part.start + count)
            progress(count)
    if block.description.features_type == "int32_t":
        scale = np.float32(block.description.features_scale)
        np.multiply(features.view(np.int32), scale, out=features, casting="unsafe")
    return features


def _part_size(n_clips: int, n_threads: int, n_lanes: int) -> int:
    """Clips that a thread takes at once: whole groups of lanes, and a share for each thread."""
    share = min(MAX_PART, max(1, -(-n_clips // n_threads)))
    return -(-share // n_lanes) * n_lanes


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
def _block(config: FeatureConfig, alone: bool) -> NativeBlock:
    """A clip alone would leave all lanes but one to do the same again."""
    description = config.describe()
    return native_block(description, over_lanes=description.lanes and not alone)


def _extract(block: NativeBlock, clips: npt.NDArray[Any], features: npt.NDArray[np.float32]) -> int:
    """Fill `features`; the number of clips before the lanes in which a sample was refused."""
    ffi, lib = block.native.ffi, block.native.lib
    description = block.description
    sizes = (
        description.frame_size,
        description.state_size,
        description.scratch_size,
        4 * description.n_features,
    )
    memory = [_memory(block.native.n_lanes * size) for size in sizes]
    count: int = lib.host_extract(
        block.config,
        ffi.from_buffer(clips),
        *clips.shape[:2],
        features.shape[1],
        *map(ffi.from_buffer, memory),
        ffi.from_buffer(features),
    )
    return count


def _refusal(clips: npt.NDArray[Any], start: int) -> FeatureError:
    """What to tell about the first clip from `start` on that has an unsound sample."""
    sound = (bool((np.abs(clip) <= SAMPLE_MAX).all()) for clip in clips[start:])
    unsound = next(i for i, is_sound in enumerate(sound, start) if not is_sound)
    lowest, highest = clips[unsound].min(), clips[unsound].max()
    return FeatureError(
        "Float samples must be finite and within +-2^24; clean the recording."
        f" Received: clip {unsound} with values from {lowest} to {highest}"
    )


def _memory(size: int) -> npt.NDArray[np.uint8]:
    """Bytes that begin at a cache line."""
    memory = np.empty(size + LINE_SIZE, np.uint8)
    offset = -memory.ctypes.data % LINE_SIZE
    return memory[offset : offset + size]
