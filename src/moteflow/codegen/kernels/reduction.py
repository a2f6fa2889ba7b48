"""MEAN."""

from moteflow.codegen.kernels.layer import Layer, LayerView, calls, integer_fields
from moteflow.codegen.kernels.output_stage import output_fields
from moteflow.graph.operators.reduction import Mean


@calls(Mean)
def mean(layer: Layer, a: Mean) -> LayerView:
    fields = (
        *integer_fields(
            outer=a.outer, reduced=a.reduced, inner=a.inner, input_zero_point=a.input_zero_point
        ),
        *output_fields(layer, a.rescale, a.output_zero_point),
    )
    return layer.call("mote_mean_s8", fields, (layer.input(0), layer.output()))
