"""PAD."""

from dataclasses import dataclass

from moteflow.graph.ir import Attributes, Op
from moteflow.graph.operators.operator import Operator, lowers


@dataclass(frozen=True)
class Pad(Attributes):
    """Constant border around an NHWC tensor; `before` and `after` count elements per axis."""

    input_shape: tuple[int, int, int, int]
    before: tuple[int, int, int, int]
    after: tuple[int, int, int, int]
    value: int


@lowers("PAD")
def pad(operator: Operator) -> Op:
    """Input 1 lists (before, after) for each axis."""
    source, output = operator.int8_input(0), operator.int8_output()
    amounts = [int(amount) for amount in operator.constant(1, "int32").ravel()]
    rank = len(source.shape)
    if not 1 <= rank <= 4:
        raise operator.unsupported(
            "tensors must have 1 to 4 dimensions", f"shape {source.shape}", "Reshape to 4-D."
        )
    if len(amounts) != 2 * rank or min(amounts) < 0:
        raise operator.malformed(f"needs {2 * rank} amounts of at least 0", str(amounts))
    before, after = amounts[::2], amounts[1::2]
    expected = tuple(b + size + a for b, size, a in zip(before, source.shape, after, strict=True))
    if output.shape != expected:
        raise operator.malformed(f"must have the output shape {expected}", str(output.shape))
    attributes = Pad(
        input_shape=_as_4d(list(source.shape), 1),
        before=_as_4d(before, 0),
        after=_as_4d(after, 0),
        value=output.zero_point,
    )
    return operator.op(attributes, 1)


def _as_4d(values: list[int], fill: int) -> tuple[int, int, int, int]:
    a, b, c, d = [fill] * (4 - len(values)) + values
    return a, b, c, d
