"""The graph between a `.tflite` and C: immutable tensors, operators and their integer attributes.

An operator's attributes hold all that its kernel needs (shapes, strides, multipliers, ranges), so
no pass and no template looks at a scale again. Layout is NHWC; a tensor's number is its index in
`Graph.tensors`.
"""

from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class Conv2d:
    """inputs: activation, weights [out, height, width, in], bias int32 [out]."""

    batches: int
    window: Window
    input_channels: int
    output_channels: int
    input_zero_point: int
    output_zero_point: int
    rescale: Rescale
    activation_min: int
    activation_max: int


@dataclass(frozen=True)
class DepthwiseConv2d:
    """inputs: activation, weights [1, height, width, out], bias int32 [out].

    Output channel c reads input channel c // depth_multiplier.
    """

    batches: int
    window: Window
    input_channels: int
    depth_multiplier: int
    input_zero_point: int
    output_zero_point: int
    rescale: Rescale
    activation_min: int
    activation_max: int


@dataclass(frozen=True)
class FullyConnected:
    """inputs: activation, weights [out, in], bias int32 [out]."""

    batches: int
    input_depth: int
    output_depth: int
    input_zero_point: int
    output_zero_point: int
    rescale: Rescale
    activation_min: int
    activation_max: int


@dataclass(frozen=True)
class Pool2d:
    """Average or maximum over the part of the window that lies inside the input."""

    batches: int
    window: Window
    channels: int
    activation_min: int
    activation_max: int


@dataclass(frozen=True)
class Mean:
    """Mean over the middle of [outer, reduced, inner]; `rescale` includes 1 / reduced."""

    outer: int
    reduced: int
    inner: int
    input_zero_point: int
    output_zero_point: int
    rescale: Rescale


@dataclass(frozen=True)
class Add:
    """Elementwise sum of two tensors of one shape; inputs are shifted left before their rescale."""

    n_elements: int
    left_shift: int
    zero_points: tuple[int, int]
    rescales: tuple[Rescale, Rescale]
    output_zero_point: int
    output_rescale: Rescale
    activation_min: int
    activation_max: int


@dataclass(frozen=True)
class Pad:
    """Constant border around an NHWC tensor; `before` and `after` count elements per axis."""

    input_shape: tuple[int, int, int, int]
    before: tuple[int, int, int, int]
    after: tuple[int, int, int, int]
    value: int


@dataclass(frozen=True)
class Reshape:
    """The same bytes under another shape."""


@dataclass(frozen=True)
class Softmax:
    """Softmax over the last axis: [rows, depth]; differences below `diff_min` count as zero."""

    rows: int
    depth: int
    multiplier: int
    left_shift: int
    diff_min: int


@dataclass(frozen=True)
class Lookup:
    """Any int8 function of one int8 element: output = table[input + 128]."""

    n_elements: int
    table: tuple[int, ...]


Attributes = (
    Conv2d
    | DepthwiseConv2d
    | FullyConnected
    | Pool2d
    | Mean
    | Add
    | Pad
    | Reshape
    | Softmax
    | Lookup
)


@dataclass(frozen=True)
class Op:
    """One step. `kind` and `index` are the operator's name and place in the `.tflite`."""

    kind: str
    index: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    attributes: Attributes
    scratch_bytes: int = 0

    @property
    def label(self) -> str:
        """How messages and reports name it."""
        return f"op {self.index} {self.kind}"

    @property
    def runs_in_place(self) -> bool:
        """Whether the output may take the memory of an input of the same size."""
        return isinstance(self.attributes, Add | Lookup | Softmax)


@dataclass(frozen=True)
class Graph:
    """Operators in the order in which they run."""

    tensors: tuple[Tensor, ...]
    ops: tuple[Op, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
