"""What a feature block tells about itself: enough to fill its C structs."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Table:
    """A constant C array: `static const <ctype> <name>[values.size]`, values 1-D in order."""

    name: str
    """An identifier, unique within its block; generated code adds its own prefix."""
    ctype: str
    """"float" (values are float32) or "uint16_t" (values are uint16)."""
    values: np.ndarray


@dataclass(frozen=True)
class Field:
    """One designated initialiser of the block's parameters: `.<name> = <value>`."""

    name: str
    """The member, dotted where it lies in a nested struct: "mfe.fft.n_fft"."""
    value: int | np.float32 | Table
    """An unsigned integer, a float32 constant, or the array that a pointer member points to."""


@dataclass(frozen=True)
class BlockDescription:
    """A block with its parameters, ready to become a `mote_features_config_t`.

    In C, with a prefix of the caller's choice:

        #include "mote_features.h"
        #include "<header>"
        static const <ctype> prefix_<table>[] = {...};              // for each of tables
        static const <parameters_type> prefix_parameters = {.<name> = ..., ...};  // parameters
        const mote_features_config_t prefix = {
            .compute = <compute>, .parameters = &prefix_parameters, .frame_length = ...,
            .hop_length = ..., .n_features = ..., .scratch_length = ...};
    """

    block: str
    header: str
    compute: str
    parameters_type: str
    parameters: tuple[Field, ...]
    frame_length: int
    hop_length: int
    n_features: int
    scratch_length: int
    """Floats of scratch memory."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """The arrays that the parameters point to, in order."""
        return tuple(f.value for f in self.parameters if isinstance(f.value, Table))
