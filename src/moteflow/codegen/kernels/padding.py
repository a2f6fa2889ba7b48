"""PAD."""

from moteflow.codegen.kernels.layer import Layer, LayerView, calls, integer_fields, list_field
from moteflow.graph.operators.padding import Pad


@calls(Pad)
def pad(layer: Layer, a: Pad) -> LayerView:
    fields = (
        list_field("input_shape", a.input_shape),
        list_field("before", a.before),
        list_field("after", a.after),
        *integer_fields(value=a.value),
    )
    return layer.call("mote_pad_s8", fields, (layer.input(0), layer.output()))
