"""SOFTMAX."""

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.layer import Layer, LayerView, calls, integer_fields, needs
from moteflow.graph import KernelMemory, Overlap
from moteflow.graph.operators.softmax import Softmax


@calls(Softmax)
def softmax(layer: Layer, a: Softmax) -> LayerView:
    fields = integer_fields(**vars(a))
    return layer.call("mote_softmax_s8", fields, (layer.input(0), layer.output()))


@needs(Softmax)
def softmax_memory(_: Softmax, __: Architecture) -> KernelMemory:
    return KernelMemory(overlaps=(Overlap(0, 0, clearance=0),))
