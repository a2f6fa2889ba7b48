"""FULLY_CONNECTED."""

import numpy as np

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.layer import Layer, LayerView, calls, integer_fields, needs
from moteflow.codegen.kernels.matmul import (
    BLOCK,
    MAX_ROWS,
    blockwise_overlap,
    columns_bytes,
    matmul_arguments,
)
from moteflow.graph import KernelMemory
from moteflow.graph.operators.fully_connected import FullyConnected

FEW_OUTPUTS = 3
"""Up to so many, widening the input costs as much as it saves."""
MAX_SCRATCH = 4096
"""Bytes: above it RAM is dearer than the third of the time that widening saves."""
QUADS_WEIGHTS = 1024
"""Bytes: from so many on, the time that four channels at a time save is worth their loop's code."""


@calls(FullyConnected)
def fully_connected(layer: Layer, a: FullyConnected) -> LayerView:
    in_quads = _is_in_quads(a, layer.architecture)
    filters, output = matmul_arguments(
        layer,
        a.rescale,
        a.output_zero_point,
        (a.activation_min, a.activation_max),
        together=4 if in_quads else 2,
    )
    fields = (
        *integer_fields(batches=a.batches, input_depth=a.input_depth, output_depth=a.output_depth),
        *output,
    )
    macs = a.batches * a.input_depth * a.output_depth
    kernel = family = "mote_fully_connected_s8"
    scratch = []
    if _is_direct(a, layer.architecture):
        kernel = "mote_fully_connected_direct_s8"
    else:
        kernel = "mote_fully_connected_quads_s8" if in_quads else kernel
        scratch = [layer.scratch("int32_t")]
    arguments = (layer.input(0), filters, *scratch, layer.output())
    return layer.call(kernel, fields, arguments, macs, family)


@needs(FullyConnected)
def fully_connected_memory(a: FullyConnected, architecture: Architecture) -> KernelMemory:
    if _is_direct(a, architecture):
        return KernelMemory()
    scratch = columns_bytes(a.input_depth, a.batches, architecture)
    if a.batches > MAX_ROWS:
        return KernelMemory(scratch)
    first_read = np.arange(a.batches) * a.input_depth
    overlap = blockwise_overlap(first_read, a.output_depth, a.batches * a.input_depth, architecture)
    return KernelMemory(scratch, (overlap,))


def _is_in_quads(a: FullyConnected, architecture: Architecture) -> bool:
    return (
        architecture is Architecture.DSP
        and not _is_direct(a, architecture)
        and a.batches < BLOCK[architecture]
        and a.output_depth % 4 == 0
        and a.input_depth * a.output_depth >= QUADS_WEIGHTS
    )


def _is_direct(a: FullyConnected, architecture: Architecture) -> bool:
    if architecture is not Architecture.DSP:
        return True
    scratch = columns_bytes(a.input_depth, a.batches, architecture)
    return a.output_depth <= FEW_OUTPUTS or scratch > MAX_SCRATCH
