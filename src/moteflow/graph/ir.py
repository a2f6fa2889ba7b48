"""The graph between a `.tflite` and C: immutable tensors, operators and their integer attributes.

An operator's attributes (see `graph.operators`) hold all that its kernel needs: shapes, strides,
multipliers, ranges; no pass and no template looks at a scale again. Layout is NHWC; a tensor's
number is its index in `Graph.tensors`.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

DTYPE_BYTES = {"int8": 1, "uint8": 1, "bool": 1, "int16": 2, "float16": 2, "int32": 4}
DTYPE_BYTES |= {"float32": 4, "int64": 8}


@dataclass(frozen=True, eq=False)
class Tensor:
    """A constant (`data` is set) or an activation.

    `scales` are exact float32 values: none (not quantized), one (per tensor) or one for each index
    along `quantized_dimension` (per channel). real = scale * (value - zero_point).
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    scales: tuple[float, ...] = ()
    zero_point: int = 0
    quantized_dimension: int = 0
    data: np.ndarray[Any, Any] | None = None
    is_variable: bool = False
    """An operator changes it in place and finds it so at the next inference."""

    @property
    def n_elements(self) -> int:
        return int(np.prod(self.shape, dtype=object))

    @property
    def n_bytes(self) -> int:
        return self.n_elements * DTYPE_BYTES[self.dtype]

    @property
    def is_constant(self) -> bool:
        return self.data is not None


@dataclass(frozen=True)
class Rescale:
    """Fixed-point factors multiplier * 2^(shift - 31): one for all channels, or one per channel."""

    multipliers: tuple[int, ...]
    shifts: tuple[int, ...]

    def per_channel(self, channels: int) -> list[tuple[int, int]]:
        """(multiplier, shift) of each of so many channels."""
        factors = list(zip(self.multipliers, self.shifts, strict=True))
        return factors if len(factors) == channels else factors * channels


@dataclass(frozen=True)
class Window:
    """How a filter moves over the rows and columns of an image; padding is what lies outside."""

    input_height: int
    input_width: int
    output_height: int
    output_width: int
    filter_height: int
    filter_width: int
    stride_height: int
    stride_width: int
    dilation_height: int
    dilation_width: int
    pad_top: int
    pad_left: int

    @property
    def is_padded(self) -> bool:
        """Whether some tap of some output falls outside the input."""
        bottom = (self.output_height - 1) * self.stride_height - self.pad_top
        bottom += (self.filter_height - 1) * self.dilation_height
        right = (self.output_width - 1) * self.stride_width - self.pad_left
        right += (self.filter_width - 1) * self.dilation_width
        outside = bottom >= self.input_height or right >= self.input_width
        return self.pad_top > 0 or self.pad_left > 0 or outside


class Attributes:
    """What a kernel needs to know of an operator: subclasses are frozen dataclasses of integers.

    `has_effect` is set where the operator reads or changes state that outlives it: such operators
    keep their order.
    """

    has_effect: ClassVar[bool] = False


@dataclass(frozen=True)
class Op:
    """One step. `kind` and `index` are the operator's name and place in the `.tflite`."""

    kind: str
    index: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    attributes: Attributes

    @property
    def label(self) -> str:
        """How messages and reports name it."""
        return f"op {self.index} {self.kind}"


@dataclass(frozen=True, eq=False)
class State:
    """Memory that lasts from one inference to the next.

    Tensor `before` is its value when an inference starts, tensor `after`, computed by an operator,
    the value when it ends; both lie in the same place. They are the same tensor where an operator
    changes it in place. `initial` is the value at the very start.
    """

    before: int
    after: int
    initial: np.ndarray[Any, Any]


@dataclass(frozen=True)
class Graph:
    """Operators in the order in which they run."""

    tensors: tuple[Tensor, ...]
    ops: tuple[Op, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    states: tuple[State, ...] = ()
