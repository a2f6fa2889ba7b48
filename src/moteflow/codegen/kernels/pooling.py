"""AVERAGE_POOL_2D and MAX_POOL_2D."""

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels import helium
from moteflow.codegen.kernels.convolution import window_fields
from moteflow.codegen.kernels.layer import Layer, LayerView, calls, integer_fields
from moteflow.graph.operators.pooling import Pool2d


@calls(Pool2d)
def pool_2d(layer: Layer, a: Pool2d) -> LayerView:
    if layer.architecture is Architecture.HELIUM:
        return helium.pool_2d(layer, a)
    fields = (
        *integer_fields(batches=a.batches),
        *window_fields(a.window),
        *integer_fields(
            channels=a.channels,
            activation_min=a.activation_min,
            activation_max=a.activation_max,
        ),
    )
    kernel = "mote_max_pool_2d_s8" if layer.op.kind == "MAX_POOL_2D" else "mote_average_pool_2d_s8"
    return layer.call(kernel, fields, (layer.input(0), layer.output()), family="mote_pool_2d_s8")
