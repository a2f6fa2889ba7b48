"""Graph, plan and application as the plain values that templates print."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

from moteflow import __version__, dsp
from moteflow.codegen.application import ApplicationConfig
from moteflow.codegen.architecture import Architecture
from moteflow.codegen.c_literals import c_float, c_integers, c_string
from moteflow.codegen.features import FeaturesView, features_view
from moteflow.codegen.kernels import ArgumentView, ArrayView, FieldView, LayerView, layer_view
from moteflow.codegen.kernels.layer import C_TYPES
from moteflow.graph import Graph, MemoryPlan, Rounding, State
from moteflow.graph.operators.view import Placed


@dataclass(frozen=True)
class Provenance:
    """What every generated file says about its origin."""

    version: str
    model_sha256: str
    params_sha256: str


@dataclass(frozen=True)
class PortView:
    """An input or output. `macro` and `function` end in its number where there are several."""

    macro: str
    function: str
    dtype: str
    size: int
    offset: int
    scale: float
    zero_point: int
    shape: tuple[int, ...]

    @property
    def scale_literal(self) -> str:
        return c_float(self.scale)

    @property
    def ctype(self) -> str:
        return C_TYPES[self.dtype]

    @property
    def quantization(self) -> str:
        """How to read its values, in words."""
        if self.dtype == "float32":
            return "real numbers"
        return f"scale {self.scale:.9g}, zero point {self.zero_point}"

    @property
    def address(self) -> str:
        """Where it lies, as a C expression of type `ctype *`."""
        cast = "" if self.ctype == "int8_t" else f"({self.ctype} *)"
        return f"{cast}(tensor_arena + {self.offset})"


class Optimize(Enum):
    """What the generated code is compiled for, whatever the build's own flags.

    Kernels are specialised for their parameters either way: one for all shapes, with its
    parameters as data, was measured to be larger than a dozen specialised ones.
    """

    SPEED = "speed"
    SIZE = "size"

    @property
    def flag(self) -> str:
        """GCC's optimization level."""
        return "O2" if self is Optimize.SPEED else "Os"


@dataclass(frozen=True)
class StateView:
    """Memory that keeps its value between inferences; `array` is its first value, or all of its
    bytes are `fill`.
    """

    offset: int
    size: int
    fill: int
    array: ArrayView | None


@dataclass(frozen=True)
class KernelView:
    """A kernel compiled for one set of parameters, shared by the layers that have them."""

    symbol: str
    kernel: str
    parameters_type: str
    fields: tuple[FieldView, ...]
    arguments: tuple[ArgumentView, ...]


@dataclass(frozen=True)
class ModelView:
    """All that model.h, model.c and model_weights need."""

    name: str
    provenance: Provenance
    inputs: tuple[PortView, ...]
    outputs: tuple[PortView, ...]
    layers: tuple[LayerView, ...]
    states: tuple[StateView, ...]
    arena_size: int
    architecture: Architecture
    optimize: Optimize = Optimize.SPEED
    rounding: Rounding = Rounding.DOUBLE
    prefix: str = "model"

    @property
    def rounds_once(self) -> bool:
        """Whether its kernels are those for single rounding."""
        return self.rounding is Rounding.SINGLE

    @property
    def macro(self) -> str:
        """What macros begin with."""
        return self.prefix.upper()

    @property
    def constants(self) -> tuple[ArrayView, ...]:
        """All constant arrays: the layers' and the first values of states."""
        arrays = [array for layer in self.layers for array in layer.arrays]
        return (*arrays, *(state.array for state in self.states if state.array))

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers of the kernels in use."""
        return tuple(sorted({call.header for call in self.calls}))

    @property
    def calls(self) -> tuple[LayerView, ...]:
        """What calls a kernel: layers, each after its stages."""
        return tuple(
            call
            for layer in self.layers
            for call in (*(stage.call for stage in layer.stages), layer)
        )

    @property
    def kernels(self) -> tuple[KernelView, ...]:
        """Every kernel with every set of parameters, in the order of first use."""
        return tuple(self._kernels.values())

    def kernel_of(self, layer: LayerView) -> KernelView:
        """The kernel that a layer calls."""
        return self._kernels[layer.kernel, layer.fields]

    @cached_property
    def _kernels(self) -> dict[tuple[str, tuple[FieldView, ...]], KernelView]:
        seen: dict[tuple[str, tuple[FieldView, ...]], KernelView] = {}
        for layer in self.calls:
            key = (layer.kernel, layer.fields)
            symbol = f"{layer.kernel.removeprefix('mote_')}_{len(seen)}"
            seen.setdefault(
                key,
                KernelView(
                    symbol, layer.kernel, layer.parameters_type, layer.fields, layer.arguments
                ),
            )
        return seen


@dataclass(frozen=True)
class ApplicationView:
    """All that application.h and application.c need."""

    provenance: Provenance
    config: ApplicationConfig
    labels: tuple[str, ...]
    n_frames: int
    n_features: int
    features: FeaturesView
    step: dsp.FixedStep | None
    """From an integer feature to a step of the model's input; None for float features."""
    score_offset: int
    """A score from 0 to 255 is a value of the model's output plus this."""


def provenance(model_sha256: str, application: ApplicationConfig | None) -> Provenance:
    """Versions and hashes; no clock and no path, so that equal input gives equal files."""
    return Provenance(__version__, model_sha256, application.params_sha256 if application else "")


def model_view(
    graph: Graph,
    plan: MemoryPlan,
    architecture: Architecture,
    name: str,
    origin: Provenance,
    prefix: str,
    optimize: Optimize,
    rounding: Rounding,
) -> ModelView:
    """The view of an optimized graph; `prefix` begins the names of all that it defines."""
    return ModelView(
        name=c_string(name),
        provenance=origin,
        inputs=_ports(graph, plan, graph.inputs, f"{prefix}_input"),
        outputs=_ports(graph, plan, graph.outputs, f"{prefix}_output"),
        layers=tuple(
            layer_view(graph, plan, architecture, i, prefix)
            for i, op in enumerate(graph.ops)
            if not isinstance(op.attributes, Placed)
        ),
        states=tuple(
            _state(state, plan.offsets[state.before], f"{prefix}_state_{i}")
            for i, state in enumerate(graph.states)
        ),
        arena_size=plan.arena_size,
        architecture=architecture,
        optimize=optimize,
        rounding=rounding,
        prefix=prefix,
    )


SCORE_OFFSETS = {"int8": 128, "uint8": 0}
"""By the dtype of a model's output."""


def application_view(config: ApplicationConfig, model: ModelView) -> ApplicationView:
    """The view of an application around a model whose output has a dtype of SCORE_OFFSETS."""
    features = config.features.describe()
    is_float = features.features_type == "float"
    n_frames, n_features = config.feature_shape
    return ApplicationView(
        provenance=model.provenance,
        config=config,
        labels=tuple(c_string(label) for label in config.labels),
        n_frames=n_frames,
        n_features=n_features,
        features=features_view(features, "app_features"),
        step=None if is_float else dsp.fixed_step(features.features_scale, model.inputs[0].scale),
        score_offset=SCORE_OFFSETS[model.outputs[0].dtype],
    )


def _ports(
    graph: Graph, plan: MemoryPlan, tensors: tuple[int, ...], name: str
) -> tuple[PortView, ...]:
    ports = []
    for position, i in enumerate(tensors):
        suffix = f"_{position}" if len(tensors) > 1 else ""
        tensor = graph.tensors[i]
        ports.append(
            PortView(
                macro=f"{name.upper()}{suffix}",
                function=f"{name}{suffix}",
                dtype=tensor.dtype,
                size=tensor.n_bytes,
                offset=plan.offsets[i],
                scale=tensor.scales[0] if tensor.scales else 1.0,
                zero_point=tensor.zero_point,
                shape=tensor.shape,
            )
        )
    return tuple(ports)


def _state(state: State, offset: int, symbol: str) -> StateView:
    content = np.frombuffer(np.ascontiguousarray(state.initial).tobytes(), np.int8)
    fill = int(content[0])
    array = None
    if np.any(content != fill):
        lines = c_integers(content.tolist())
        array = ArrayView(symbol, "int8_t", content.size, lines)
    return StateView(offset, content.size, fill, array)
