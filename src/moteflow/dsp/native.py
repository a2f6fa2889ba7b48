"""firmware/lib/mote_dsp as libraries of this machine: compiled once, loaded with cffi."""

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from cffi import FFI

from moteflow.dsp.block import BlockDescription, SampleType, Table
from moteflow.dsp.library import LIBRARY_FOLDER, Variant, build_library, lanes, scalar

CACHE_FOLDER = Path(sys.prefix) / "cache" / "moteflow"
SIZES = ("n_axes", "frame_length", "hop_length", "n_features", "scratch_size")
LANE_TYPES = "typedef float mote_lane_t; typedef int16_t mote_lane_s16_t;"
"""What mote_lane.h defines for one lane; with more lanes, memory is handed over untyped."""
HOST_FUNCTIONS = """
size_t host_n_lanes(void);
size_t host_extract(const mote_features_config_t *config, const char *samples, size_t n_clips,
                    size_t n_samples, size_t n_frames, void *frame, void *state, void *scratch,
                    void *row, char *values);
void host_quantize_f32(const float *values, size_t count, float scale, int32_t zero_point,
                       int8_t *quantized);
void host_quantize_s32(const int32_t *values, size_t count, int32_t multiplier, uint32_t shift,
                       int32_t zero_point, int8_t *quantized);
"""

_LOADING = Lock()
"""Threads that begin at once must not get a library each: their types would not mix."""


@dataclass(frozen=True)
class Native:
    """A loaded library, the cffi instance that knows its types, and the streams it runs at once."""

    ffi: Any
    lib: Any
    n_lanes: int


@dataclass(frozen=True, eq=False)
class NativeBlock:
    """A `mote_features_config_t` with all that it points to, alive as long as this object."""

    native: Native
    config: Any
    description: BlockDescription
    memory: tuple[Any, ...]


_LOADING = Lock()
"""Threads that begin at once must not get libraries of their own: their types would not mix."""


def native() -> Native:
    """All blocks as devices run them, compiled if sources or flags are new; ToolchainError."""
    with _LOADING:
        return _load(scalar())


def native_lanes() -> Native:
    """The blocks that say `lanes`, several streams at once with the same bytes; ToolchainError."""
    with _LOADING:
        return _load(lanes())


@cache
def _types() -> Any:
    ffi = FFI()
    ffi.cdef(_declarations() + HOST_FUNCTIONS)
    return ffi


@cache
def _load(variant: Variant) -> Native:
    lib = _types().dlopen(str(build_library(CACHE_FOLDER, variant)))
    return Native(_types(), lib, lib.host_n_lanes())


def native_block(description: BlockDescription, over_lanes: bool = False) -> NativeBlock:
    """Fill the block's C structs from its description, for `native_lanes` or for `native`."""
    library = native_lanes() if over_lanes else native()
    ffi, lib = library.ffi, library.lib
    parameters = ffi.new(f"{description.parameters_type} *")
    memory = [parameters]
    for field in description.parameters:
        *outer, member = field.name.split(".")
        struct: Any = parameters
        for name in outer:
            struct = getattr(struct, name)
        if isinstance(field.value, Table):
            pointer = ffi.from_buffer(f"{field.value.ctype}[]", field.value.values)
            memory.append(pointer)
            setattr(struct, member, pointer)
        else:
            setattr(struct, member, field.value)
    config = ffi.new("mote_features_config_t *")
    config.compute = ffi.addressof(lib, description.compute)
    config.parameters = parameters
    is_float = description.sample_type is SampleType.FLOAT32
    config.sample_type = lib.MOTE_SAMPLES_F32 if is_float else lib.MOTE_SAMPLES_S16
    config.state_size = library.n_lanes * description.state_size
    for name in SIZES:
        setattr(config, name, getattr(description, name))
    return NativeBlock(library, config, description, tuple(memory))


def _declarations() -> str:
    """The headers without their preprocessor lines, each after the headers that it includes.

    Headers that define functions instead of declaring them are for the library alone.
    """
    declared = {"mote_lane.h": LANE_TYPES}

    def declare(name: str) -> None:
        if name in declared:
            return
        lines = (LIBRARY_FOLDER / name).read_text().splitlines()
        for line in lines:
            if line.startswith('#include "'):
                declare(line.split('"')[1])
        declared[name] = "\n".join(line for line in lines if not line.startswith("#"))

    for path in sorted(LIBRARY_FOLDER.glob("*.h")):
        if "static inline" not in path.read_text():
            declare(path.name)
    return "\n".join(declared.values())
