"""SVDF."""

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.layer import Layer, LayerView, calls, integer_fields, needs
from moteflow.graph import KernelMemory, Overlap
from moteflow.graph.fixed_point import wrap_int32
from moteflow.graph.operators.svdf import Svdf


@calls(Svdf)
def svdf(layer: Layer, a: Svdf) -> LayerView:
    time_weights = layer.weights(2)
    is_s16 = time_weights.dtype.name == "int16"
    fields = integer_fields(
        batches=a.batches,
        input_size=a.input_size,
        units=a.units,
        rank=a.rank,
        memory=a.memory,
        feature_multiplier=a.feature_rescale.multipliers[0],
        feature_shift=a.feature_rescale.shifts[0],
        state_is_s16=int(is_s16),
        state_zero_point=a.state_zero_point,
        output_multiplier=a.output_rescale.multipliers[0],
        output_shift=a.output_rescale.shifts[0],
        output_zero_point=a.output_zero_point,
    )
    feature_sums = layer.weights(1).astype("int64").sum(axis=1)
    time_sums = time_weights.astype("int64").reshape(a.units, -1).sum(axis=1)
    feature_biases = (wrap_int32(-a.input_zero_point * int(value)) for value in feature_sums)
    biases = (
        wrap_int32(bias - a.state_zero_point * int(value))
        for bias, value in zip(layer.values(3), time_sums, strict=True)
    )
    arguments = (
        layer.input(0),
        layer.constant(1, "feature_weights", "int8_t"),
        layer.array("feature_biases", "int32_t", feature_biases),
        layer.constant(2, "time_weights", "int16_t" if is_s16 else "int8_t"),
        layer.array("biases", "int32_t", biases),
        layer.state(4, "state"),
        layer.output(),
    )
    filters = a.units * a.rank
    macs = a.batches * filters * (a.input_size + a.memory)
    return layer.call("mote_svdf_s8", fields, arguments, macs)


@needs(Svdf)
def svdf_memory(a: Svdf, _: Architecture) -> KernelMemory:
    """A batch's input is read before its output is written."""
    growth = (a.units - a.input_size) * (a.batches - 1)
    clearance = max(growth, a.units - a.input_size) if a.batches > 1 else -a.input_size
    return KernelMemory(overlaps=(Overlap(0, 0, clearance),))
