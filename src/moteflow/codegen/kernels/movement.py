"""Kernels that move bytes: copies, concatenations, borders, gathers."""

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.layer import (
    ArgumentView,
    Layer,
    LayerView,
    calls,
    integer_fields,
    list_field,
    needs,
)
from moteflow.graph import KernelMemory, Overlap
from moteflow.graph.operators.concatenation import MAX_INPUTS, Concatenation
from moteflow.graph.operators.copy import MAX_AXES, Copy
from moteflow.graph.operators.gather import MAX_AXES as GATHER_AXES
from moteflow.graph.operators.gather import Gather
from moteflow.graph.operators.padding import Pad
from moteflow.graph.operators.variables import Assign

WORD = 4


@calls(Copy)
def copy(layer: Layer, a: Copy) -> LayerView:
    return _copy(layer, a)


@needs(Copy)
def copy_memory(a: Copy, _: Architecture) -> KernelMemory:
    if not a.goes_forward:
        return KernelMemory()
    return KernelMemory(overlaps=(Overlap(0, 0, clearance=-a.offset),))


@calls(Assign)
def assign(layer: Layer, a: Assign) -> LayerView:
    return _copy(layer, Copy(0, (), (), a.n_bytes))


@calls(Concatenation)
def concatenation(layer: Layer, a: Concatenation) -> LayerView:
    inputs = [layer.input_bytes(i).expression for i in a.copied]
    offsets, runs = [a.offset(i) for i in a.copied], [a.runs[i] for i in a.copied]
    variable = all(layer.is_aligned(i) for i in a.copied)
    aligned = variable and _are_words(a.row_bytes, *offsets, *runs)
    fields = (
        *integer_fields(n_rows=a.n_rows, row_bytes=a.row_bytes, n_inputs=len(inputs)),
        list_field("offsets", offsets),
        list_field("runs", runs),
        *integer_fields(aligned=int(aligned)),
    )
    pointers = ArgumentView(
        "const int8_t *const *", "inputs", f"(const int8_t *const[]){{{', '.join(inputs)}}}"
    )
    assert len(inputs) <= MAX_INPUTS
    return layer.call("mote_concatenation", fields, (pointers, layer.output_bytes()))


@needs(Concatenation)
def concatenation_memory(a: Concatenation, _: Architecture) -> KernelMemory:
    return KernelMemory(
        overlaps=tuple(
            Overlap(i, 0, clearance=(a.n_rows - 1) * (a.row_bytes - a.runs[i]) + a.offset(i))
            for i in a.copied
        )
    )


@calls(Gather)
def gather(layer: Layer, a: Gather) -> LayerView:
    axes = [(0,)] * (GATHER_AXES - len(a.offsets)) + list(a.offsets)
    fields = (list_field("counts", map(len, axes)), *integer_fields(run=a.run))
    offsets = layer.array("offsets", "int32_t", [offset for axis in axes for offset in axis])
    arguments = (layer.input_bytes(0), offsets, layer.output_bytes())
    return layer.call("mote_gather", fields, arguments)


@calls(Pad)
def pad(layer: Layer, a: Pad) -> LayerView:
    fields = (
        list_field("input_shape", a.input_shape),
        list_field("before", a.before),
        list_field("after", a.after),
        *integer_fields(element_bytes=a.element_bytes, value=a.value),
    )
    return layer.call("mote_pad", fields, (layer.input_bytes(0), layer.output_bytes()))


@needs(Pad)
def pad_memory(a: Pad, _: Architecture) -> KernelMemory:
    return KernelMemory(overlaps=(Overlap(0, 0, clearance=a.clearance),))


def _copy(layer: Layer, a: Copy) -> LayerView:
    missing = MAX_AXES - len(a.counts)
    aligned = layer.is_aligned(0) and _are_words(a.run, a.offset, *a.strides)
    fields = (
        list_field("counts", (*[1] * missing, *a.counts)),
        list_field("strides", (*[0] * missing, *a.strides)),
        *integer_fields(run=a.run, aligned=int(aligned)),
    )
    return layer.call("mote_copy", fields, (layer.input_bytes(0, a.offset), layer.output_bytes()))


def _are_words(*values: int) -> bool:
    return all(value % WORD == 0 for value in values)
