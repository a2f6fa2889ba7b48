"""AVERAGE_POOL_2D and MAX_POOL_2D."""

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.clearance import pixel_clearance
from moteflow.codegen.kernels.convolution import window_fields
from moteflow.codegen.kernels.layer import Layer, LayerView, calls, integer_fields, needs
from moteflow.graph import KernelMemory, Overlap
from moteflow.graph.operators.pooling import Pool2d

SUFFIXES = {"int8": "s8", "int16": "s16"}


@calls(Pool2d)
def pool_2d(layer: Layer, a: Pool2d) -> LayerView:
    fields = (
        *integer_fields(batches=a.batches),
        *window_fields(a.window),
        *integer_fields(
            channels=a.channels,
            activation_min=a.activation_min,
            activation_max=a.activation_max,
        ),
    )
    suffix = SUFFIXES[layer.graph.tensors[layer.op.inputs[0]].dtype]
    kernel = "mote_max_pool_2d" if layer.op.kind == "MAX_POOL_2D" else "mote_average_pool_2d"
    return layer.call(
        f"{kernel}_{suffix}",
        fields,
        (layer.input(0), layer.output()),
        family=f"mote_pool_2d_{suffix}",
    )


@needs(Pool2d)
def pool_2d_memory(a: Pool2d, _: Architecture) -> KernelMemory:
    clearance = pixel_clearance(a.window, a.batches, a.channels, a.channels)
    return KernelMemory(overlaps=(Overlap(0, 0, a.element_bytes * clearance),))
