"""ADD, SUB, MUL and PRELU."""

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.elementwise import DTYPE_SUFFIXES, range_fields
from moteflow.codegen.kernels.layer import (
    FieldView,
    Layer,
    LayerView,
    calls,
    integer_fields,
    list_field,
    needs,
)
from moteflow.graph import KernelMemory, Overlap, Rescale
from moteflow.graph.operators.binary import Add, Mul, Prelu
from moteflow.graph.operators.broadcast import Broadcast

ROLES = ("first", "second")


@calls(Add)
def add(layer: Layer, a: Add) -> LayerView:
    fields = _broadcast_fields(a.broadcast)
    fields += integer_fields(left_shift=a.left_shift, is_subtraction=int(a.is_subtraction))
    for role, zero_point, rescale in zip(ROLES, a.zero_points, a.rescales, strict=True):
        fields += integer_fields(f"{role}.", zero_point=zero_point)
        fields += _rescale_fields(f"{role}.", rescale)
    output = (a.output_zero_point, a.activation_min, a.activation_max)
    fields += range_fields(a.output_rescale, *output)
    return _call(layer, "mote_add", a.dtype, fields)


@calls(Mul)
def mul(layer: Layer, a: Mul) -> LayerView:
    fields = _broadcast_fields(a.broadcast)
    fields += _zero_point_fields(a.zero_points)
    output = (a.output_zero_point, a.activation_min, a.activation_max)
    fields += range_fields(a.output_rescale, *output)
    return _call(layer, "mote_mul", a.dtype, fields)


@calls(Prelu)
def prelu(layer: Layer, a: Prelu) -> LayerView:
    fields = _broadcast_fields(a.broadcast)
    fields += _zero_point_fields(a.zero_points)
    fields += _rescale_fields("negative_", a.negative_rescale)
    output = (a.output_zero_point, a.activation_min, a.activation_max)
    fields += range_fields(a.positive_rescale, *output)
    return _call(layer, "mote_prelu", a.dtype, fields)


@needs(Add)
@needs(Mul)
@needs(Prelu)
def binary_memory(a: Add | Mul | Prelu, _: Architecture) -> KernelMemory:
    """In place of an input that nothing repeats; int8 alpha is smaller than an int16 output."""
    strides = [a.broadcast.first_strides, a.broadcast.second_strides]
    whole = [i for i in range(2) if all(strides[i])]
    if isinstance(a, Prelu) and a.dtype == "int16":
        whole = [i for i in whole if i == 0]
    return KernelMemory(overlaps=tuple(Overlap(i, 0, clearance=0) for i in whole))


def _call(layer: Layer, family: str, dtype: str, fields: tuple[FieldView, ...]) -> LayerView:
    arguments = (*(layer.input(i, role) for i, role in enumerate(ROLES)), layer.output())
    return layer.call(f"{family}_{DTYPE_SUFFIXES[dtype]}", fields, arguments, family=family)


def _broadcast_fields(broadcast: Broadcast) -> tuple[FieldView, ...]:
    return tuple(list_field(f"broadcast.{name}", value) for name, value in vars(broadcast).items())


def _zero_point_fields(zero_points: tuple[int, int]) -> tuple[FieldView, ...]:
    return integer_fields(first_zero_point=zero_points[0], second_zero_point=zero_points[1])


def _rescale_fields(prefix: str, rescale: Rescale) -> tuple[FieldView, ...]:
    return integer_fields(prefix, multiplier=rescale.multipliers[0], shift=rescale.shifts[0])
