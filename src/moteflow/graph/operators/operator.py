"""What a lowering is given, and which lowering takes which operator."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from moteflow.errors import GraphError, UnsupportedOpError
from moteflow.graph.flatbuffer import Table
from moteflow.graph.ir import Attributes, Op, Rounding, Tensor


@dataclass(frozen=True)
class Operator:
    """An operator as stored in the file; `options` is its table of builtin options."""

    kind: str
    index: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    tensors: Sequence[Tensor]
    options: Table
    rounding: Rounding = Rounding.DOUBLE

    def input(self, position: int) -> Tensor:
        """An input that must be there."""
        if not self.has_input(position):
            raise self.malformed(f"needs input {position}", f"{len(self.inputs)} inputs")
        return self.tensors[self.inputs[position]]

    def has_input(self, position: int) -> bool:
        """Whether an optional input is there."""
        return position < len(self.inputs) and self.inputs[position] >= 0

    def output(self) -> Tensor:
        """The only output."""
        if len(self.outputs) != 1:
            raise self.malformed("has one output", f"{len(self.outputs)} outputs")
        return self.tensors[self.outputs[0]]

    def int8_input(self, position: int) -> Tensor:
        """An int8 input quantized per tensor."""
        return self.quantized_input(position, "int8")

    def int8_output(self) -> Tensor:
        """The only output, int8 and quantized per tensor."""
        return self.quantized_output("int8")

    def quantized_input(self, position: int, *dtypes: str) -> Tensor:
        """An input of one of these types, quantized per tensor."""
        return self._quantized(self.input(position), f"input {position}", dtypes)

    def quantized_output(self, *dtypes: str) -> Tensor:
        """The only output, of one of these types and quantized per tensor."""
        return self._quantized(self.output(), "the output", dtypes)

    def constant(self, position: int, *dtypes: str) -> np.ndarray[Any, Any]:
        """The value of an input that must be known at compile time."""
        tensor = self.input(position)
        if tensor.data is None:
            raise self.unsupported(
                f"input {position} must be a constant", "a computed tensor", "Make it a constant."
            )
        if tensor.dtype not in dtypes:
            raise self.unsupported(
                f"input {position} must be {' or '.join(dtypes)}",
                tensor.dtype,
                "Convert the model with full-integer int8 quantization.",
            )
        return tensor.data

    def op(self, attributes: Attributes, n_inputs: int) -> Op:
        """The graph's operator, which reads the first `n_inputs` inputs."""
        return Op(self.kind, self.index, self.inputs[:n_inputs], self.outputs, attributes)

    def malformed(self, rule: str, received: str) -> GraphError:
        """An error for an operator that breaks the format's own rules."""
        return GraphError(
            f"op {self.index} {self.kind} {rule}. Received: {received}. "
            "The file is corrupt; convert it again."
        )

    def unsupported(self, rule: str, received: str, advice: str) -> UnsupportedOpError:
        """An error for a variant that has no kernel."""
        return UnsupportedOpError(
            f"op {self.index} {self.kind}: {rule}. Received: {received}. {advice}"
        )

    def _quantized(self, tensor: Tensor, role: str, dtypes: tuple[str, ...]) -> Tensor:
        if tensor.dtype not in dtypes:
            raise self.unsupported(
                f"{role} must be {' or '.join(dtypes)}",
                f"{tensor.dtype} ({tensor.name!r})",
                "Convert the model with full-integer int8 quantization, int8 input and output.",
            )
        if len(tensor.scales) != 1:
            raise self.unsupported(
                f"{role} must have one scale",
                f"{len(tensor.scales)} scales ({tensor.name!r})",
                "Convert the model with full-integer int8 quantization.",
            )
        return tensor


Lowering = Callable[[Operator], Op | tuple[Op, ...]]
LOWERINGS: dict[str, Lowering] = {}


@dataclass(frozen=True)
class Support:
    """What users may expect of an operator, in the words of docs/operators.md.

    `single` are the types of its outputs that are proven to be right with single rounding.
    """

    types: str
    limits: str
    single: tuple[str, ...] = ()


SUPPORT: dict[str, Support] = {}


def lowers(
    kind: str, types: str = "int8", limits: str = "", single: tuple[str, ...] = ()
) -> Callable[[Lowering], Lowering]:
    """Register the lowering of the operator with this name in TFLite's schema.

    `types` and `limits` say in plain words what is supported, `single` for which types of output
    with single rounding too: they become its line in docs/operators.md.
    """

    def register(lowering: Lowering) -> Lowering:
        LOWERINGS[kind] = lowering
        SUPPORT[kind] = Support(types, limits, single)
        return lowering

    return register
