"""Guest instructions per inference, per window of features and per layer, counted in QEMU."""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection
from numpy.typing import NDArray

from moteflow.errors import FirmwareError, ToolchainError
from moteflow.files import replacing

INFERENCE = ("mote_mark_inference_begin", "mote_mark_inference_end")
FEATURES = ("mote_mark_features_begin", "mote_mark_features_end")
_LAYER = re.compile(r"layer_(\d+)_\w+")


@dataclass(frozen=True)
class Count:
    """Executed instructions over the counted clips; the mean is rounded."""

    mean: int
    minimum: int
    maximum: int


@dataclass(frozen=True)
class LayerCount:
    """A layer's function and its executed instructions, up to the next layer's entry.

    Functions `layer_NN_*` of one number are parts of one layer, named after the first to run.
    """

    name: str
    instructions: Count


@dataclass(frozen=True)
class Profile:
    """Executed instructions (not cycles) of one inference, of one window's features, per layer."""

    inference: Count
    window: Count
    layers: tuple[LayerCount, ...]


def marker_addresses(elf: Path, required: Sequence[str] = INFERENCE) -> dict[str, int]:
    """Return the addresses of the markers and of the layers' functions, in order of address.

    Raises FirmwareError if a required one is missing or one shares its address with another.
    """
    functions = {}
    with elf.open("rb") as stream:
        for table in ELFFile(stream).iter_sections():
            if isinstance(table, SymbolTableSection):
                for symbol in table.iter_symbols():
                    if symbol["st_info"]["type"] == "STT_FUNC":
                        functions[symbol.name] = symbol["st_value"] & ~1
    markers = {
        name: address
        for name, address in sorted(functions.items(), key=lambda item: (item[1], item[0]))
        if name in INFERENCE + FEATURES or _LAYER.match(name)
    }
    if missing := [name for name in required if name not in markers]:
        raise FirmwareError(
            f"Counting needs the functions {', '.join(required)} in the ELF. "
            f"Missing: {', '.join(missing)}. Build the firmware with its markers kept."
        )
    if len(set(markers.values())) != len(markers):
        raise FirmwareError(
            "Markers and layers must have addresses of their own. "
            f"Received: {markers}. Keep the compiler from merging identical functions."
        )
    return markers


def read_profile(notes: NDArray[np.uint64], names: Sequence[str]) -> Profile:
    """Turn the counter's notes, uint64 [n, 2] of (marker, executed before), into a profile.

    A window's features are all spans between the features' markers since the inference before.
    Raises FirmwareError if a span does not close, or if inferences differ in their layers.
    """
    inferences: list[int] = []
    windows: list[int] = []
    layers: list[list[tuple[str, int]]] = []
    entered: list[tuple[str, int]] = []
    open_marker: tuple[str, int] | None = None
    features = 0
    for marker, executed in notes.tolist():
        name = names[marker]
        if name in (INFERENCE[0], FEATURES[0]):
            if open_marker is not None:
                raise _unbalanced(open_marker[0], name)
            open_marker, entered = (name, executed), []
        elif name in (INFERENCE[1], FEATURES[1]):
            if open_marker is None or open_marker[0] != name.replace("_end", "_begin"):
                raise _unbalanced(open_marker[0] if open_marker else "nothing", name)
            span = executed - open_marker[1]
            open_marker = None
            if name == FEATURES[1]:
                features += span
                continue
            inferences.append(span)
            windows.append(features)
            ends = [*(begin for _, begin in entered[1:]), executed]
            layers.append([(n, end - at) for (n, at), end in zip(entered, ends, strict=False)])
            features = 0
        elif open_marker is None or open_marker[0] != INFERENCE[0]:
            continue
        elif not entered or layer_number(entered[-1][0]) != layer_number(name):
            entered.append((name, executed))
    if not inferences or open_marker is not None:
        raise _unbalanced(open_marker[0] if open_marker else "nothing", "the end of the run")
    order = [name for name, _ in layers[0]]
    if any([name for name, _ in counted] != order for counted in layers):
        raise FirmwareError(
            "Every inference must run the same layers in the same order. "
            f"Received: {[[name for name, _ in counted] for counted in layers]}. "
            "Report this with the model: generated code has no branches between layers."
        )
    return Profile(
        inference=_count(inferences),
        window=_count(windows),
        layers=tuple(
            LayerCount(name, _count([counted[i][1] for counted in layers]))
            for i, name in enumerate(order)
        ),
    )


def executed_between(
    notes: NDArray[np.uint64], names: Sequence[str], marks: tuple[str, str]
) -> int:
    """All instructions between the marks (begin, end), from notes as `read_profile` takes them."""
    marked, executed = notes[:, 0], notes[:, 1].astype(np.int64)
    begins, ends = (executed[marked == names.index(mark)] for mark in marks)
    return int(np.sum(ends - begins))


def layer_number(name: str) -> int | None:
    """The number in a layer's name; None for any other marker."""
    match = _LAYER.match(name)
    return int(match[1]) if match else None


def build_plugin(source: Path, qemu: str) -> Path:
    """Compile the counting plugin for an installed QEMU and return its path.

    It is built once for each source and plugin API and kept in the environment's cache.
    Raises ToolchainError if QEMU or the host's C compiler is missing or fails.
    """
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise ToolchainError(
            "Counting instructions needs a C compiler on this machine. Received: no gcc or cc "
            "on the PATH. Run: apt-get install gcc"
        )
    command = [compiler, "-std=c11", "-O2", "-shared", "-fPIC", "-fvisibility=hidden"]
    if sys.platform == "darwin":
        command += ["-undefined", "dynamic_lookup"]
    command += [f"-DPLUGIN_API={1 if _major_version(qemu) < 9 else 2}"]
    key = sha256(source.read_bytes() + " ".join(command).encode()).hexdigest()[:16]
    library = Path(sys.prefix, "cache", "moteflow", f"{source.stem}-{key}.so")
    if not library.exists():
        with replacing(library) as temporary:
            result = subprocess.run(
                [*command, "-o", str(temporary), str(source)],
                capture_output=True,
                text=True,
                check=False,
            )
            if result.returncode:
                raise ToolchainError(
                    f"The counting plugin {source.name} must compile with {compiler}. "
                    f"Received: {result.stderr.strip()[-500:]}. Check the compiler's installation."
                )
    return library


def _major_version(qemu: str) -> int:
    try:
        output = subprocess.run(
            [qemu, "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise ToolchainError(
            f"Emulation needs {qemu}. Received: {error}. Run: apt-get install qemu-system-arm"
        ) from error
    match = re.search(r"version (\d+)", output)
    if match is None:
        raise ToolchainError(
            f"{qemu} --version must tell its version. Received: {output[:80]!r}. "
            "Install qemu-system-arm 7.2 or later."
        )
    return int(match[1])


def _count(values: Sequence[int]) -> Count:
    return Count(round(sum(values) / len(values)), min(values), max(values))


def _unbalanced(before: str, name: str) -> FirmwareError:
    return FirmwareError(
        "Markers must come in pairs, begin then end, not nested. "
        f"Received: {name} after {before}. Check where the firmware calls its markers."
    )
