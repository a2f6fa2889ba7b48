"""An operator on its way to C: its operands, its constant arrays, the call of its kernel.

A family's module registers, for each kind of attributes, what its kernel asks of memory
(`@needs`) and how it is called (`@calls`); templates only print what these return.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.c_literals import c_float, c_floats, c_int32, c_integers
from moteflow.graph import Attributes, Graph, KernelMemory, MemoryPlan, Op

C_BYTES = {"int8_t": 1, "uint8_t": 1, "int16_t": 2, "uint16_t": 2, "int32_t": 4}
C_BYTES |= {"int64_t": 8, "float": 4}
C_TYPES = {
    "int8": "int8_t",
    "uint8": "uint8_t",
    "bool": "uint8_t",
    "int16": "int16_t",
    "int32": "int32_t",
    "int64": "int64_t",
    "float32": "float",
}
"""The C type of an element of each tensor type that a kernel may read or write."""


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
class ArgumentView:
    """One argument of a kernel: `ctype name = expression`; the type is a pointer's."""

    ctype: str
    name: str
    expression: str


@dataclass(frozen=True)
class LayerView:
    """One generated function: `kernel(&parameters, arguments)`.

    `fields` are integers only where layers of equal shape are to share one compiled kernel: layers
    with the same kernel and the same fields do. `stages` are functions of rows for the kernel.
    """

    symbol: str
    comment: str
    kernel: str
    header: str
    parameters_type: str
    fields: tuple[FieldView, ...]
    arguments: tuple[ArgumentView, ...]
    arrays: tuple[ArrayView, ...]
    macs: int
    stages: tuple["StageView", ...] = ()

    @property
    def label(self) -> str:
        """The operator's, as the memory plan names its step."""
        return self.comment.partition(":")[0]


@dataclass(frozen=True)
class StageView:
    """A generated function that computes row `row` of a layer: `call` on the rows at `input`.

    `fields` are those of a mote_stream_stage_t called `stage`.
    """

    symbol: str
    fields: tuple[FieldView, ...]
    input: str
    call: LayerView


@dataclass
class Layer:
    """The operator at `position` of `graph.ops`; collects its constant arrays."""

    position: int
    graph: Graph
    plan: MemoryPlan
    architecture: Architecture
    prefix: str = "model"
    arrays: list[ArrayView] = field(default_factory=list)

    @property
    def op(self) -> Op:
        return self.graph.ops[self.position]

    @property
    def symbol(self) -> str:
        return f"layer_{self.position:02d}_{self.op.kind.lower()}"

    @property
    def reversed(self) -> bool:
        """Whether the kernel must run from the last element to the first."""
        return self.position in self.plan.reversed

    def input(self, position: int, name: str = "input") -> ArgumentView:
        """An input: an address in the arena, or a constant's array."""
        number = self.op.inputs[position]
        tensor = self.graph.tensors[number]
        ctype = C_TYPES[tensor.dtype]
        if tensor.is_constant:
            return self.constant(position, name, ctype)
        return ArgumentView(f"const {ctype} *", name, _address(self.plan.offsets[number], ctype))

    def output(self, position: int = 0, name: str = "output") -> ArgumentView:
        """An output's address in the arena."""
        number = self.op.outputs[position]
        ctype = C_TYPES[self.graph.tensors[number].dtype]
        return ArgumentView(f"{ctype} *", name, _address(self.plan.offsets[number], ctype))

    def input_bytes(self, position: int, offset: int = 0, name: str = "input") -> ArgumentView:
        """An input of any type as bytes, from `offset` on."""
        number = self.op.inputs[position]
        tensor = self.graph.tensors[number]
        if tensor.is_constant:
            array = self.constant(position, f"{name}_{position}", C_TYPES[tensor.dtype])
            address = f"(const int8_t *){array.expression}"
            address = f"{address} + {offset}" if offset else address
        else:
            address = _address(self.plan.offsets[number] + offset, "int8_t")
        return ArgumentView("const int8_t *", name, address)

    def output_bytes(self, position: int = 0) -> ArgumentView:
        """An output of any type as bytes."""
        offset = self.plan.offsets[self.op.outputs[position]]
        return ArgumentView("int8_t *", "output", _address(offset, "int8_t"))

    def is_aligned(self, position: int) -> bool:
        """Whether an input begins at a multiple of the plan's alignment: constants may not."""
        return not self.graph.tensors[self.op.inputs[position]].is_constant

    def scratch(self, ctype: str = "int8_t") -> ArgumentView:
        """The scratch memory that `@needs` asked for, aligned to the plan's alignment."""
        offset = self.plan.scratch_offsets[self.position]
        return ArgumentView(f"{ctype} *", "scratch", _address(offset, ctype))

    def has_input(self, position: int) -> bool:
        """Whether an optional input is there."""
        return position < len(self.op.inputs) and self.op.inputs[position] >= 0

    def state(self, position: int, name: str) -> ArgumentView:
        """The address of an input that the kernel changes and finds again next time."""
        number = self.op.inputs[position]
        ctype = C_TYPES[self.graph.tensors[number].dtype]
        return ArgumentView(f"{ctype} *", name, _address(self.plan.offsets[number], ctype))

    def weights(self, position: int) -> np.ndarray[Any, Any]:
        """A constant input in its shape."""
        data = self.graph.tensors[self.op.inputs[position]].data
        assert data is not None
        return data

    def values(self, position: int) -> list[Any]:
        """The elements of a constant input."""
        return list(self.weights(position).ravel().tolist())

    def constant(self, position: int, name: str, ctype: str) -> ArgumentView:
        """An array with the value of a constant input."""
        return self.array(name, ctype, self.values(position))

    def array(self, name: str, ctype: str, values: Iterable[Any]) -> ArgumentView:
        """An array with these values."""
        numbers = list(values)
        symbol = f"{self.prefix}_{self.symbol}_{name}"
        lines = c_floats(numbers) if ctype == "float" else c_integers(numbers)
        self.arrays.append(ArrayView(symbol, ctype, len(numbers), lines))
        return ArgumentView(f"const {ctype} *", name, symbol)

    def call(
        self,
        kernel: str,
        fields: tuple[FieldView, ...],
        arguments: Iterable[ArgumentView],
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
            arguments=tuple(arguments),
            arrays=tuple(self.arrays),
            macs=macs,
        )


A = TypeVar("A", bound=Attributes)
Call = Callable[[Layer, Any], LayerView]
Needs = Callable[[Any, Architecture], KernelMemory]
CALLS: dict[tuple[type, Architecture | None], Call] = {}
NEEDS: dict[tuple[type, Architecture | None], Needs] = {}


def calls(attributes: type[A], architecture: Architecture | None = None) -> Callable[[Call], Call]:
    """Register how the kernel of this kind of attributes is called: on one architecture, or on all
    that have no kernel of their own.
    """

    def register(call: Call) -> Call:
        CALLS[attributes, architecture] = call
        return call

    return register


def needs(
    attributes: type[A], architecture: Architecture | None = None
) -> Callable[[Needs], Needs]:
    """Register what that kernel asks of memory; default: nothing."""

    def register(need: Needs) -> Needs:
        NEEDS[attributes, architecture] = need
        return need

    return register


def call_of(layer: Layer) -> LayerView:
    """The call of the layer's kernel on its architecture."""
    kind = type(layer.op.attributes)
    call = CALLS.get((kind, layer.architecture)) or CALLS[kind, None]
    return call(layer, layer.op.attributes)


def layer_view(
    graph: Graph, plan: MemoryPlan, architecture: Architecture, position: int, prefix: str
) -> LayerView:
    """The layer at `position` of `graph.ops`; the graph is past `invariants.check_ready`.

    `prefix` begins the names of its arrays.
    """
    layer = Layer(position, graph, plan, architecture, prefix)
    return call_of(layer)


def kernel_memory(op: Op, architecture: Architecture) -> KernelMemory:
    """What the operator's kernel asks of the planner."""
    kind = type(op.attributes)
    need = NEEDS.get((kind, architecture)) or NEEDS.get((kind, None))
    return need(op.attributes, architecture) if need else KernelMemory()


def integer_fields(prefix: str = "", /, **values: int) -> tuple[FieldView, ...]:
    """Initialisers of integer members, `prefix` before each name."""
    return tuple(FieldView(prefix + name, c_int32(value)) for name, value in values.items())


def float_fields(prefix: str = "", /, **values: float) -> tuple[FieldView, ...]:
    """Initialisers of float members; each value is a float32."""
    return tuple(FieldView(prefix + name, c_float(value)) for name, value in values.items())


def list_field(name: str, values: Iterable[int]) -> FieldView:
    """The initialiser of an array member."""
    return FieldView(name, "{" + ", ".join(map(c_int32, values)) + "}")


def _address(offset: int, ctype: str) -> str:
    cast = "" if ctype == "int8_t" else f"({ctype} *)"
    address = f"tensor_arena + {offset}"
    return f"{cast}({address})" if cast else address


def _shapes(graph: Graph, op: Op) -> str:
    """The shapes of what it reads and writes, constants left out."""
    read = [
        graph.tensors[i].shape for i in op.inputs if i >= 0 and not graph.tensors[i].is_constant
    ]
    written = [graph.tensors[i].shape for i in op.outputs]
    return f"{', '.join(map(_shape, read))} -> {', '.join(map(_shape, written))}"


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "scalar"
