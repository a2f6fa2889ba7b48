"""Each operator as a call of its kernel: parameters, constant arrays and arguments.

One function per kind of attributes; templates only print what it returns.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from moteflow.codegen.c_literals import c_int32, c_integers
from moteflow.graph.ir import (
    Add,
    Conv2d,
    DepthwiseConv2d,
    FullyConnected,
    Graph,
    Lookup,
    Mean,
    Op,
    Pad,
    Pool2d,
    Rescale,
    Softmax,
    Window,
)
from moteflow.graph.memory_plan import MemoryPlan

C_BYTES = {"int8_t": 1, "int32_t": 4}


@dataclass(frozen=True)
class FieldView:
    """One designated initialiser, `.name = value`."""

    name: str
    value: str


@dataclass(frozen=True)
class ArrayView:
    """A constant array; `lines` is what stands between the braces."""

    symbol: str
    ctype: str
    size: int
    lines: str

    @property
    def n_bytes(self) -> int:
        return self.size * C_BYTES[self.ctype]


@dataclass(frozen=True)
class LayerView:
    """One generated function: `kernel(&parameters, arguments)`."""

    symbol: str
    comment: str
    kernel: str
    header: str
    parameters_type: str
    fields: tuple[FieldView, ...]
    arguments: tuple[str, ...]
    arrays: tuple[ArrayView, ...]
    macs: int


@dataclass
class _Layer:
    """An operator on its way to C: hands out its operands, collects its constant arrays."""

    op: Op
    symbol: str
    graph: Graph
    plan: MemoryPlan
    arrays: list[ArrayView] = field(default_factory=list)

    def input(self, position: int) -> str:
        """The C expression of an input: an address in the arena, or a constant's name."""
        number = self.op.inputs[position]
        if self.graph.tensors[number].is_constant:
            return self.constant(position, f"input_{position}", "int8_t")
        return f"tensor_arena + {self.plan.offsets[number]}"

    def output(self) -> str:
        """The C expression of the output's address."""
        return f"tensor_arena + {self.plan.offsets[self.op.outputs[0]]}"

    def constant(self, position: int, name: str, ctype: str) -> str:
        """The name of an array with the value of a constant input."""
        data = self.graph.tensors[self.op.inputs[position]].data
        assert data is not None
        return self.array(name, ctype, data.ravel().tolist())

    def array(self, name: str, ctype: str, values: Iterable[int]) -> str:
        """The name of an array with these values."""
        numbers = list(values)
        symbol = f"model_{self.symbol}_{name}"
        self.arrays.append(ArrayView(symbol, ctype, len(numbers), c_integers(numbers)))
        return symbol

    def output_fields(
        self, rescale: Rescale, zero_point: int, low: int = -128, high: int = 127
    ) -> tuple[FieldView, ...]:
        """Initialisers of the member `output`, a mote_output_t."""
        return (
            FieldView(
                "output.multipliers", self.array("multipliers", "int32_t", rescale.multipliers)
            ),
            FieldView("output.shifts", self.array("shifts", "int8_t", rescale.shifts)),
            *_fields(
                "output.",
                channel_step=int(len(rescale.multipliers) > 1),
                zero_point=zero_point,
                activation_min=low,
                activation_max=high,
            ),
        )

    def call(
        self,
        kernel: str,
        fields: tuple[FieldView, ...],
        arguments: tuple[str, ...],
        macs: int = 0,
        family: str | None = None,
    ) -> LayerView:
        """The finished view; `family` names header and parameters where the kernel does not."""
        family = family or kernel
        return LayerView(
            symbol=self.symbol,
            comment=f"{self.op.label}: {_shapes(self.graph, self.op)}",
            kernel=kernel,
            header=f"{family}.h",
            parameters_type=f"{family}_t",
            fields=fields,
            arguments=arguments,
            arrays=tuple(self.arrays),
            macs=macs,
        )


def layer_view(graph: Graph, plan: MemoryPlan, position: int) -> LayerView:
    """The layer at `position` of `graph.ops`; the graph is past `invariants.check_ready`."""
    op = graph.ops[position]
    layer = _Layer(op, f"layer_{position:02d}_{op.kind.lower()}", graph, plan)
    return CALLS[type(op.attributes)](layer, op.attributes)


def _fields(prefix: str = "", **values: int) -> tuple[FieldView, ...]:
    return tuple(FieldView(prefix + name, c_int32(value)) for name, value in values.items())


def _window_fields(window: Window) -> tuple[FieldView, ...]:
    return _fields("window.", **vars(window))


def _shapes(graph: Graph, op: Op) -> str:
    """The shapes of what it reads and writes, constants left out."""
    read = [graph.tensors[i].shape for i in op.inputs if not graph.tensors[i].is_constant]
    written = [graph.tensors[i].shape for i in op.outputs]
    return f"{', '.join(map(_shape, read))} -> {', '.join(map(_shape, written))}"


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "scalar"


def _conv_2d(layer: _Layer, a: Conv2d) -> LayerView:
    arguments = (
        layer.input(0),
        layer.constant(1, "weights", "int8_t"),
        layer.constant(2, "bias", "int32_t"),
        layer.output(),
    )
    fields = (
        *_fields(batches=a.batches),
        *_window_fields(a.window),
        *_fields(
            input_channels=a.input_channels,
            output_channels=a.output_channels,
            input_zero_point=a.input_zero_point,
        ),
        *layer.output_fields(a.rescale, a.output_zero_point, a.activation_min, a.activation_max),
    )
    macs = a.batches * _taps(a.window) * a.input_channels * a.output_channels
    return layer.call("mote_conv_2d_s8", fields, arguments, macs)


def _depthwise_conv_2d(layer: _Layer, a: DepthwiseConv2d) -> LayerView:
    arguments = (
        layer.input(0),
        layer.constant(1, "weights", "int8_t"),
        layer.constant(2, "bias", "int32_t"),
        layer.output(),
    )
    fields = (
        *_fields(batches=a.batches),
        *_window_fields(a.window),
        *_fields(
            input_channels=a.input_channels,
            depth_multiplier=a.depth_multiplier,
            input_zero_point=a.input_zero_point,
        ),
        *layer.output_fields(a.rescale, a.output_zero_point, a.activation_min, a.activation_max),
    )
    macs = a.batches * _taps(a.window) * a.input_channels * a.depth_multiplier
    return layer.call("mote_depthwise_conv_2d_s8", fields, arguments, macs)


def _fully_connected(layer: _Layer, a: FullyConnected) -> LayerView:
    arguments = (
        layer.input(0),
        layer.constant(1, "weights", "int8_t"),
        layer.constant(2, "bias", "int32_t"),
        layer.output(),
    )
    fields = (
        *_fields(batches=a.batches, input_depth=a.input_depth, output_depth=a.output_depth),
        *layer.output_fields(a.rescale, a.output_zero_point, a.activation_min, a.activation_max),
    )
    macs = a.batches * a.input_depth * a.output_depth
    return layer.call("mote_fully_connected_s8", fields, arguments, macs)


def _pool_2d(layer: _Layer, a: Pool2d) -> LayerView:
    fields = (
        *_fields(batches=a.batches),
        *_window_fields(a.window),
        *_fields(
            channels=a.channels,
            activation_min=a.activation_min,
            activation_max=a.activation_max,
        ),
    )
    kernel = "mote_max_pool_2d_s8" if layer.op.kind == "MAX_POOL_2D" else "mote_average_pool_2d_s8"
    return layer.call(kernel, fields, (layer.input(0), layer.output()), family="mote_pool_2d_s8")


def _mean(layer: _Layer, a: Mean) -> LayerView:
    fields = (
        *_fields(
            outer=a.outer, reduced=a.reduced, inner=a.inner, input_zero_point=a.input_zero_point
        ),
        *layer.output_fields(a.rescale, a.output_zero_point),
    )
    return layer.call("mote_mean_s8", fields, (layer.input(0), layer.output()))


def _add(layer: _Layer, a: Add) -> LayerView:
    fields = _fields(n_elements=a.n_elements, left_shift=a.left_shift)
    addends = zip(("first", "second"), a.zero_points, a.rescales, strict=True)
    for name, zero_point, rescale in addends:
        fields += _fields(
            f"{name}.",
            zero_point=zero_point,
            multiplier=rescale.multipliers[0],
            shift=rescale.shifts[0],
        )
    fields += layer.output_fields(
        a.output_rescale, a.output_zero_point, a.activation_min, a.activation_max
    )
    arguments = (layer.input(0), layer.input(1), layer.output())
    return layer.call("mote_add_s8", fields, arguments)


def _pad(layer: _Layer, a: Pad) -> LayerView:
    axes = {"input_shape": a.input_shape, "before": a.before, "after": a.after}
    fields = tuple(
        FieldView(name, "{" + ", ".join(map(c_int32, values)) + "}")
        for name, values in axes.items()
    )
    fields += _fields(value=a.value)
    return layer.call("mote_pad_s8", fields, (layer.input(0), layer.output()))


def _softmax(layer: _Layer, a: Softmax) -> LayerView:
    return layer.call("mote_softmax_s8", _fields(**vars(a)), (layer.input(0), layer.output()))


def _lookup(layer: _Layer, a: Lookup) -> LayerView:
    arguments = (layer.input(0), layer.array("table", "int8_t", a.table), layer.output())
    return layer.call("mote_lookup_s8", _fields(n_elements=a.n_elements), arguments)


def _taps(window: Window) -> int:
    outputs = window.output_height * window.output_width
    return outputs * window.filter_height * window.filter_width


CALLS: dict[type, Callable[[_Layer, Any], LayerView]] = {
    Conv2d: _conv_2d,
    DepthwiseConv2d: _depthwise_conv_2d,
    FullyConnected: _fully_connected,
    Pool2d: _pool_2d,
    Mean: _mean,
    Add: _add,
    Pad: _pad,
    Softmax: _softmax,
    Lookup: _lookup,
}
