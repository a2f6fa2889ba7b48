"""Checks that convolutions and fully connected layers share."""

from moteflow.graph.operators.operator import Operator


def weight_scales(operator: Operator, channels: int, axis: int) -> tuple[float, ...]:
    """The scales of int8 weights (input 1): one, or one per output channel along `axis`."""
    weights = operator.input(1)
    operator.constant(1, "int8")
    if weights.zero_point != 0:
        raise operator.unsupported(
            "weights must have the zero point 0", str(weights.zero_point), "Use int8 weights."
        )
    n_scales = len(weights.scales)
    if n_scales != 1 and (n_scales != channels or weights.quantized_dimension != axis):
        raise operator.unsupported(
            f"weights must have one scale, or {channels} along dimension {axis}",
            f"{n_scales} scales along dimension {weights.quantized_dimension}",
            "Convert the model with full-integer int8 quantization.",
        )
    return weights.scales


def check_bias(operator: Operator, channels: int) -> None:
    """The bias (input 2), where there is one, is int32 [channels]."""
    if operator.has_input(2) and operator.constant(2, "int32").size != channels:
        raise operator.malformed(
            f"needs a bias for each of {channels} channels", f"shape {operator.input(2).shape}"
        )
