"""Functions of one byte, which are tables."""

from dataclasses import replace

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.elementwise import unary_memory
from moteflow.codegen.kernels.layer import Layer, LayerView, calls, integer_fields, needs
from moteflow.graph import KernelMemory
from moteflow.graph.operators.lookup import Lookup


@calls(Lookup)
def lookup(layer: Layer, a: Lookup) -> LayerView:
    """Bytes of any type: layers of int8 and uint8 share the kernel."""
    source = replace(layer.input(0), ctype="const void *")
    output = replace(layer.output(), ctype="void *")
    arguments = (source, layer.array("table", "int8_t", a.table), output)
    return layer.call("mote_lookup_s8", integer_fields(n_elements=a.n_elements), arguments)


@needs(Lookup)
def lookup_memory(a: Lookup, _: Architecture) -> KernelMemory:
    return unary_memory(a.n_elements, "int8", "int8")
