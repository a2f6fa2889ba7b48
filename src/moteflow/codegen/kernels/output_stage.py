"""The member `output` of kernels that end in int8: a mote_output_t."""

from moteflow.codegen.kernels.layer import FieldView, Layer, integer_fields
from moteflow.graph import Rescale


def output_fields(
    layer: Layer, rescale: Rescale, zero_point: int, low: int = -128, high: int = 127
) -> tuple[FieldView, ...]:
    """Its initialisers; the factors become arrays of the layer."""
    multipliers = layer.array("multipliers", "int32_t", rescale.multipliers)
    shifts = layer.array("shifts", "int8_t", rescale.shifts)
    return (
        FieldView("output.multipliers", multipliers.expression),
        FieldView("output.shifts", shifts.expression),
        *integer_fields(
            "output.",
            channel_step=int(len(rescale.multipliers) > 1),
            zero_point=zero_point,
            activation_min=low,
            activation_max=high,
        ),
    )
