"""Functions of one int16 element: LOGISTIC, TANH, LEAKY_RELU."""

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.elementwise import unary_memory
from moteflow.codegen.kernels.layer import Layer, LayerView, calls, integer_fields, needs
from moteflow.graph import KernelMemory
from moteflow.graph.fixed_point_tables import sigmoid_table
from moteflow.graph.operators.activations import LeakyRelu, Sigmoid


@calls(Sigmoid)
def sigmoid(layer: Layer, a: Sigmoid) -> LayerView:
    fields = integer_fields(n_elements=a.n_elements, multiplier=a.multiplier, shift=a.shift)
    table = layer.array("table", "uint16_t", sigmoid_table())
    kernel = "mote_tanh_s16" if a.is_tanh else "mote_logistic_s16"
    return layer.call(
        kernel, fields, (layer.input(0), table, layer.output()), family="mote_sigmoid_s16"
    )


@calls(LeakyRelu)
def leaky_relu(layer: Layer, a: LeakyRelu) -> LayerView:
    fields = integer_fields(
        n_elements=a.n_elements,
        positive_multiplier=a.positive_rescale.multipliers[0],
        positive_shift=a.positive_rescale.shifts[0],
        negative_multiplier=a.negative_rescale.multipliers[0],
        negative_shift=a.negative_rescale.shifts[0],
    )
    return layer.call("mote_leaky_relu_s16", fields, (layer.input(0), layer.output()))


@needs(Sigmoid)
@needs(LeakyRelu)
def activation_memory(a: Sigmoid | LeakyRelu, _: Architecture) -> KernelMemory:
    return unary_memory(a.n_elements, "int16", "int16")
