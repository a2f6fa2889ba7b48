"""RESIZE_BILINEAR."""

from moteflow.codegen.kernels.layer import Layer, LayerView, calls, integer_fields
from moteflow.graph.operators.resize import ResizeBilinear


@calls(ResizeBilinear)
def resize_bilinear(layer: Layer, a: ResizeBilinear) -> LayerView:
    fields = (
        *integer_fields(batches=a.batches, channels=a.channels),
        *integer_fields("rows.", **vars(a.rows)),
        *integer_fields("columns.", **vars(a.columns)),
    )
    return layer.call("mote_resize_bilinear_s8", fields, (layer.input(0), layer.output()))
