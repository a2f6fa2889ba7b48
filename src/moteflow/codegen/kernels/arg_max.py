"""ARG_MAX and ARG_MIN."""

from moteflow.codegen.kernels.layer import Layer, LayerView, calls, integer_fields
from moteflow.graph.operators.arg_max import ArgMax


@calls(ArgMax)
def arg_max(layer: Layer, a: ArgMax) -> LayerView:
    fields = integer_fields(
        outer=a.outer, depth=a.depth, inner=a.inner, is_minimum=int(a.is_minimum)
    )
    return layer.call("mote_arg_max_s8", fields, (layer.input(0), layer.output()))
