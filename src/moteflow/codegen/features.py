"""A feature block as C: its tables, its parameters and the constant that names them."""

from dataclasses import dataclass

import numpy as np

from moteflow.codegen.c_literals import c_float, c_floats, c_int32, c_integers, c_unsigned
from moteflow.codegen.kernels import ArrayView, FieldView
from moteflow.dsp import BlockDescription, SampleType, Table

_SAMPLE_TYPES = {SampleType.INT16: "MOTE_SAMPLES_S16", SampleType.FLOAT32: "MOTE_SAMPLES_F32"}
_SIZES = ("n_axes", "frame_length", "hop_length", "n_features", "state_size", "scratch_size")


@dataclass(frozen=True)
class FeaturesView:
    """What `features.j2` prints: `const mote_features_config_t <symbol>`.

    All other names that it defines are static and begin with the symbol.
    """

    symbol: str
    block: BlockDescription
    tables: tuple[ArrayView, ...]
    parameters: tuple[FieldView, ...]
    members: tuple[FieldView, ...]


def features_view(block: BlockDescription, symbol: str) -> FeaturesView:
    """The view of a block under a name of the caller's choice."""
    sizes = (FieldView(name, f"{getattr(block, name)}u") for name in _SIZES)
    return FeaturesView(
        symbol=symbol,
        block=block,
        tables=tuple(_table(table, symbol) for table in block.tables),
        parameters=tuple(FieldView(f.name, _value(f.value, symbol)) for f in block.parameters),
        members=(FieldView("sample_type", _SAMPLE_TYPES[block.sample_type]), *sizes),
    )


def _table(table: Table, symbol: str) -> ArrayView:
    name, values = f"{symbol}_{table.name}", table.values
    if values.dtype == np.float32:
        lines = c_floats(values)
    else:
        lines = c_unsigned(values) if values.dtype.kind == "u" else c_integers(values)
    return ArrayView(name, table.ctype, values.size, lines)


def _value(value: int | np.float32 | Table, symbol: str) -> str:
    if isinstance(value, Table):
        return f"{symbol}_{value.name}"
    if isinstance(value, np.float32):
        return c_float(value)
    return c_int32(value) if value < 0 else f"{value}u"
