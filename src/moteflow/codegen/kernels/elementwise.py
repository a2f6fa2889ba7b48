"""ADD, and functions of one int8 element that are tables."""

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels import helium
from moteflow.codegen.kernels.layer import Layer, LayerView, calls, integer_fields, needs
from moteflow.codegen.kernels.output_stage import output_fields
from moteflow.graph import KernelMemory, Overlap
from moteflow.graph.operators.elementwise import Add, Lookup


@calls(Add)
def add(layer: Layer, a: Add) -> LayerView:
    if layer.architecture is Architecture.HELIUM:
        return helium.add(layer, a)
    fields = integer_fields(n_elements=a.n_elements, left_shift=a.left_shift)
    addends = zip(("first", "second"), a.zero_points, a.rescales, strict=True)
    for name, zero_point, rescale in addends:
        fields += integer_fields(
            f"{name}.",
            zero_point=zero_point,
            multiplier=rescale.multipliers[0],
            shift=rescale.shifts[0],
        )
    fields += output_fields(
        layer, a.output_rescale, a.output_zero_point, a.activation_min, a.activation_max
    )
    arguments = (layer.input(0, "first"), layer.input(1, "second"), layer.output())
    return layer.call("mote_add_s8", fields, arguments)


@needs(Add)
def add_memory(_: Add, __: Architecture) -> KernelMemory:
    return KernelMemory(overlaps=(Overlap(0, 0, clearance=0), Overlap(1, 0, clearance=0)))


@calls(Lookup)
def lookup(layer: Layer, a: Lookup) -> LayerView:
    arguments = (layer.input(0), layer.array("table", "int8_t", a.table), layer.output())
    return layer.call("mote_lookup_s8", integer_fields(n_elements=a.n_elements), arguments)


@needs(Lookup)
def lookup_memory(_: Lookup, __: Architecture) -> KernelMemory:
    return KernelMemory(overlaps=(Overlap(0, 0, clearance=0),))
