"""FULLY_CONNECTED."""

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels import helium
from moteflow.codegen.kernels.layer import Layer, LayerView, calls, integer_fields
from moteflow.codegen.kernels.output_stage import output_fields
from moteflow.graph.operators.fully_connected import FullyConnected


@calls(FullyConnected)
def fully_connected(layer: Layer, a: FullyConnected) -> LayerView:
    if layer.architecture is Architecture.HELIUM:
        return helium.fully_connected(layer, a)
    arguments = (
        layer.input(0),
        layer.constant(1, "weights", "int8_t"),
        layer.constant(2, "bias", "int32_t"),
        layer.output(),
    )
    fields = (
        *integer_fields(batches=a.batches, input_depth=a.input_depth, output_depth=a.output_depth),
        *output_fields(layer, a.rescale, a.output_zero_point, a.activation_min, a.activation_max),
    )
    macs = a.batches * a.input_depth * a.output_depth
    return layer.call("mote_fully_connected_s8", fields, arguments, macs)
