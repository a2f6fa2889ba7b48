"""firmware/lib/mote_dsp as a library of this machine: compiled once, loaded with cffi."""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from cffi import FFI

from moteflow.dsp.block import BlockDescription, SampleType, Table
from moteflow.errors import ToolchainError
from moteflow.files import replacing

LIBRARY_FOLDER = Path(__file__).resolve().parents[3] / "firmware" / "lib" / "mote_dsp" / "src"
HOST_SOURCE = Path(__file__).with_name("host.c")
CACHE_FOLDER = Path(sys.prefix) / "cache" / "moteflow"
FLAGS = (
    "-std=c11",
    "-O3",
    "-ffp-contract=off",
    "-fPIC",
    "-shared",
    "-Wall",
    "-Wextra",
    "-Wconversion",
    "-Wdouble-promotion",
    "-Werror",
)
SIZES = ("n_axes", "frame_length", "hop_length", "n_features", "state_size", "scratch_size")
HOST_FUNCTIONS = """
size_t host_extract(const mote_features_config_t *config, const char *samples, size_t n_clips,
                    size_t n_samples, void *frame, void *state, void *scratch, char *values);
void host_quantize_f32(const float *values, size_t count, float scale, int32_t zero_point,
                       int8_t *quantized);
void host_quantize_s32(const int32_t *values, size_t count, int32_t multiplier, uint32_t shift,
                       int32_t zero_point, int8_t *quantized);
"""
# What mote_lane.h says to code that is no block.
LANE_TYPES = "typedef float mote_lane_t; typedef int16_t mote_lane_s16_t;"

_LOADING = Lock()
"""Threads that begin at once must not get a library each: their types would not mix."""


@dataclass(frozen=True)
class Native:
    """The loaded library and the cffi instance that knows its types."""

    ffi: Any
    lib: Any


@dataclass(frozen=True, eq=False)
class NativeBlock:
    """A `mote_features_config_t` with all that it points to, alive as long as this object."""

    config: Any
    description: BlockDescription
    memory: tuple[Any, ...]


def native() -> Native:
    """The library of this machine, compiled if its sources or flags are new.

    Raises ToolchainError if there is no C compiler or it refuses the sources.
    """
    with _LOADING:
        return _load()


@cache
def _load() -> Native:
    ffi = FFI()
    ffi.cdef(_declarations() + HOST_FUNCTIONS)
    return Native(ffi, ffi.dlopen(str(build_library(CACHE_FOLDER))))


def native_block(description: BlockDescription) -> NativeBlock:
    """Fill the block's C structs from its description."""
    ffi, lib = native().ffi, native().lib
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
    for name in SIZES:
        setattr(config, name, getattr(description, name))
    return NativeBlock(config, description, tuple(memory))


def build_library(folder: Path) -> Path:
    """Compile the library into `folder` under a name made of its sources and flags.

    A library that is there already is kept. Processes that build at once do not disturb each
    other: each renames its own whole file into place. Raises ToolchainError.
    """
    sources = [*sorted(LIBRARY_FOLDER.glob("*.c")), HOST_SOURCE]
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for path in (*sorted(LIBRARY_FOLDER.glob("*.h")), *sources):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    library = folder / f"mote_dsp-{digest.hexdigest()}.so"
    if not library.exists():
        with replacing(library) as temporary:
            _compile(sources, temporary)
    return library


def _compile(sources: list[Path], library: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise ToolchainError(
            "A C compiler must be installed to compute features on this machine. Received: neither"
            " cc nor gcc on PATH. Install one, on Debian with: apt-get install gcc libc6-dev"
        )
    command = [compiler, *FLAGS, f"-I{LIBRARY_FOLDER}", *map(str, sources), "-o", str(library)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise ToolchainError(
            "The feature library must compile on this machine. Received from"
            f" {compiler} ({result.returncode}):\n{result.stderr}\n"
            "If a standard header is missing, on Debian: apt-get install gcc libc6-dev"
        )


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
