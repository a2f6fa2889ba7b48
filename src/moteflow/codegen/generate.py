"""A `.tflite` and an application to a folder with a C library."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from moteflow.codegen.application import ApplicationConfig
from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels import LayerView, kernel_memory
from moteflow.codegen.render import render
from moteflow.codegen.view import (
    SCORE_OFFSETS,
    ModelView,
    Optimize,
    PortView,
    application_view,
    model_view,
    provenance,
)
from moteflow.errors import GraphError, ParamsError
from moteflow.files import replacing
from moteflow.graph import (
    Graph,
    MemoryPlan,
    Rounding,
    import_tflite,
    optimize,
    plan_json,
    plan_streamed,
)

BUILD_FLAGS = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion"]


@dataclass(frozen=True)
class Generated:
    """What was generated: the memory plan and each layer's cost."""

    model_sha256: str
    plan: MemoryPlan
    layers: tuple[LayerView, ...]
    inputs: tuple[PortView, ...]
    outputs: tuple[PortView, ...]
    constant_bytes: int
    """Weights, biases, factors, tables and first values of states."""

    @property
    def macs(self) -> int:
        """Multiplications with accumulation of one inference."""
        return sum(layer.macs for layer in self.layers)


def read_model(path: Path) -> bytes:
    """The bytes of a `.tflite`; GraphError if there is no such file."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise GraphError(
            f"A model must be a file that can be read. Received: {path}: {error.strerror}. "
            "Give the path of a .tflite."
        ) from error


def plan_model(
    tflite: bytes,
    architecture: Architecture,
    arena_limit: int | None = None,
    rounding: Rounding = Rounding.DOUBLE,
) -> tuple[Graph, MemoryPlan]:
    """The optimized graph of a model, in its best order, and the place of each of its tensors.

    Raises GraphError or UnsupportedOpError for a model that cannot be compiled, ArenaError when
    its arena exceeds `arena_limit` bytes.
    """
    graph = optimize(import_tflite(tflite, rounding))
    form = architecture.rounding(rounding)
    graph, plan = plan_streamed(graph, partial(kernel_memory, architecture=form))
    if arena_limit is not None:
        plan.check_limit(arena_limit)
    return graph, plan


def generate(
    tflite: bytes,
    name: str,
    application: ApplicationConfig | None,
    architecture: Architecture,
    arena_limit: int | None,
    folder: Path,
    prefix: str = "model",
    optimize: Optimize = Optimize.SPEED,
    rounding: Rounding = Rounding.DOUBLE,
) -> Generated:
    """Write a model's library (with its application, if given) to `folder`, whole or not at all.

    `prefix` begins the names of its files, functions and macros. Equal arguments give equal bytes.
    Raises GraphError or UnsupportedOpError for a model that cannot be compiled, ArenaError when
    its arena exceeds `arena_limit` bytes, ParamsError when model and application do not fit.
    """
    graph, plan = plan_model(tflite, architecture, arena_limit, rounding)
    model_sha256 = hashlib.sha256(tflite).hexdigest()
    origin = provenance(model_sha256, application)
    form = architecture.rounding(rounding)
    model = model_view(graph, plan, form, name, origin, prefix, optimize, rounding)
    view = None
    if application is not None:
        _check_fit(model, application)
        view = application_view(application, model)
    sources = render(model, view)
    constant_bytes = sum(array.n_bytes for array in model.constants)
    generated = Generated(
        model_sha256, plan, model.layers, model.inputs, model.outputs, constant_bytes
    )
    with replacing(folder) as temporary:
        (temporary / "src").mkdir(parents=True)
        for file_name, text in sources.items():
            (temporary / "src" / file_name).write_bytes(text.encode())
        _write_json(temporary / "library.json", _library(model))
        _write_json(temporary / "manifest.json", _manifest(name, model, application, generated))
    return generated


def _check_fit(model: ModelView, application: ApplicationConfig) -> None:
    n_frames, n_features = application.feature_shape
    inputs, outputs = model.inputs, model.outputs
    if len(inputs) != 1 or inputs[0].dtype != "int8" or inputs[0].size != n_frames * n_features:
        raise ParamsError(
            f"The model must have one int8 input of {n_frames} x {n_features} features. "
            f"Received: {_described(inputs)}. Train it with these features."
        )
    if (
        len(outputs) != 1
        or outputs[0].dtype not in SCORE_OFFSETS
        or outputs[0].size != len(application.labels)
    ):
        raise ParamsError(
            f"The model must have one output of {' or '.join(SCORE_OFFSETS)} for each of "
            f"{len(application.labels)} labels. Received: {_described(outputs)}. "
            "Train it with these labels."
        )
    if model.states and application.step_samples != n_frames * application.features.hop_length:
        raise ParamsError(
            "A model with state must be given every frame once: task.step_samples must be "
            f"{n_frames} frames of {application.features.hop_length} samples. "
            f"Received: {application.step_samples}."
        )


def _described(ports: Sequence[PortView]) -> str:
    return ", ".join(f"{port.dtype} {list(port.shape)}" for port in ports)


def _library(model: ModelView) -> dict[str, Any]:
    return {
        "name": model.prefix,
        "version": model.provenance.version,
        "description": "Generated by moteflow; do not edit",
        "frameworks": "*",
        "platforms": "*",
        "build": {"flags": [*BUILD_FLAGS, "-Werror"]},
    }


def _manifest(
    name: str, model: ModelView, application: ApplicationConfig | None, generated: Generated
) -> dict[str, Any]:
    return {
        "generator": f"moteflow {model.provenance.version}",
        "name": name,
        "model_sha256": model.provenance.model_sha256,
        "params_sha256": model.provenance.params_sha256,
        "rounding": model.rounding.value,
        "labels": list(application.labels) if application else [],
        "inputs": [_port(port) for port in model.inputs],
        "outputs": [_port(port) for port in model.outputs],
        "macs": generated.macs,
        "constant_bytes": generated.constant_bytes,
        "layers": [
            {
                "symbol": layer.symbol,
                "operator": layer.comment,
                "kernel": layer.kernel,
                "macs": layer.macs,
                "constant_bytes": sum(array.n_bytes for array in layer.arrays),
            }
            for layer in model.layers
        ],
        "memory": plan_json(generated.plan),
    }


def _port(port: PortView) -> dict[str, Any]:
    return {
        "function": port.function,
        "dtype": port.dtype,
        "shape": list(port.shape),
        "scale": port.scale,
        "zero_point": port.zero_point,
    }


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")
