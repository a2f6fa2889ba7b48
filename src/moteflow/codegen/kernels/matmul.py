"""What the kernels over mote_matmul_s8.h share: stream, output stage, scratch, overlap."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.layer import ArgumentView, FieldView, Layer, integer_fields
from moteflow.codegen.packing import matmul_words, needs_general_stage, pack_matmul
from moteflow.graph import Overlap, Rescale

BLOCK = {Architecture.PORTABLE: 2, Architecture.DSP: 3}
"""Rows of input that share one reading of the weights: MOTE_MATMUL_BLOCK."""
MAX_ROWS = 2**20
"""Overlaps are computed row by row; so many rows fit no microcontroller, nor need to overlap."""


def matmul_arguments(
    layer: Layer,
    rescale: Rescale,
    zero_point: int,
    activation: tuple[int, int],
    groups: int = 1,
    together: int = 2,
) -> tuple[ArgumentView, tuple[FieldView, ...]]:
    """The packed weights of inputs 1 and 2 [channels, ...], and the fields of the member `output`,
    a mote_stage_s8_t. Each group of channels has a stream of its own, in parts of
    `together` channels.
    """
    bias = _constant(layer, 2).ravel()
    weights = _constant(layer, 1).reshape(len(bias), -1)
    size = len(bias) // groups
    streams = [
        pack_matmul(weights[first : first + size], bias[first : first + size], part, together)
        for first, part in ((g * size, _part(rescale, g * size, size)) for g in range(groups))
    ]
    fields = integer_fields(
        "output.",
        zero_point=zero_point,
        activation_min=activation[0],
        activation_max=activation[1],
        general=int(needs_general_stage(weights, bias, rescale, zero_point)),
    )
    return layer.array("filters", "int32_t", np.concatenate(streams).tolist()), fields


def columns_bytes(depth: int, rows: int, architecture: Architecture) -> int:
    """Scratch for the columns of as many of `rows` rows as are read together."""
    together = BLOCK[architecture] if rows >= BLOCK[architecture] else 1
    bytes_per_word = 8 if architecture is Architecture.DSP else 4
    return together * matmul_words(depth) * bytes_per_word


def blockwise_overlap(
    first_read: NDArray[np.int64],
    row_bytes: int,
    input_bytes: int,
    architecture: Architecture,
    reversible: bool = False,
) -> Overlap:
    """How the output may lie over the input when row i reads nothing below first_read[i] and
    writes `row_bytes` bytes, and blocks of rows are read whole before they are written.
    """
    rows, block = len(first_read), BLOCK[architecture]
    last_full = rows - rows % block
    ends = np.concatenate([np.arange(block, last_full + 1, block), np.arange(last_full + 1, rows)])
    ends = ends[ends < rows]
    if not len(ends):
        return Overlap(0, 0, clearance=-input_bytes, reversible=reversible)
    lowest = np.minimum.accumulate(first_read[::-1])[::-1]
    clearance = int((ends * row_bytes - lowest[ends]).max())
    return Overlap(0, 0, clearance=max(clearance, -input_bytes), reversible=reversible)


def _constant(layer: Layer, position: int) -> NDArray[Any]:
    data = layer.graph.tensors[layer.op.inputs[position]].data
    assert data is not None
    return data


def _part(rescale: Rescale, first: int, size: int) -> Rescale:
    if len(rescale.multipliers) == 1:
        return rescale
    channels = slice(first, first + size)
    return Rescale(rescale.multipliers[channels], rescale.shifts[channels])
