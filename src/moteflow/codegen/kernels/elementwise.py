"""What kernels that treat element by element have in common."""

from moteflow.codegen.kernels.layer import FieldView, integer_fields
from moteflow.graph import KernelMemory, Overlap, Rescale
from moteflow.graph.fixed_point import stored_factors
from moteflow.graph.ir import DTYPE_BYTES

DTYPE_SUFFIXES = {"int8": "s8", "uint8": "u8", "int16": "s16", "int32": "s32"}


def dtype_field(name: str, dtype: str) -> FieldView:
    """The initialiser of a mote_dtype_t."""
    return FieldView(name, f"MOTE_{DTYPE_SUFFIXES[dtype].upper()}")


def range_fields(rescale: Rescale, zero_point: int, low: int, high: int) -> tuple[FieldView, ...]:
    """Initialisers of the member `output`, a mote_range_t."""
    return integer_fields(
        "output.",
        multiplier=stored_factors(rescale)[0],
        shift=rescale.shifts[0],
        zero_point=zero_point,
        activation_min=low,
        activation_max=high,
    )


def unary_memory(n_elements: int, input_dtype: str, output_dtype: str) -> KernelMemory:
    """Element i is read before it is written, and written before element i + 1 is read."""
    growth = DTYPE_BYTES[output_dtype] - DTYPE_BYTES[input_dtype]
    return KernelMemory(overlaps=(Overlap(0, 0, clearance=max(growth, 0) * (n_elements - 1)),))
