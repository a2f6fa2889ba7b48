"""MEAN, SUM and REDUCE_MAX."""

import numpy as np

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.layer import (
    Layer,
    LayerView,
    calls,
    integer_fields,
    list_field,
    needs,
)
from moteflow.graph import KernelMemory, Overlap
from moteflow.graph.fixed_point import stored_factors
from moteflow.graph.operators.reduction import Nest, Reduce

SUFFIXES = {"int8": "s8", "int16": "s16"}


@calls(Reduce)
def reduce(layer: Layer, a: Reduce) -> LayerView:
    fields = (
        *(list_field(f"nest.{name}", values) for name, values in vars(a.nest).items()),
        *integer_fields(
            offset=a.offset,
            multiplier=stored_factors(a.rescale)[0],
            shift=a.rescale.shifts[0],
            zero_point=a.output_zero_point,
        ),
    )
    suffix = SUFFIXES[layer.graph.tensors[layer.op.inputs[0]].dtype]
    kernel = "mote_reduce_max" if layer.op.kind == "REDUCE_MAX" else "mote_sum"
    return layer.call(
        f"{kernel}_{suffix}",
        fields,
        (layer.input(0), layer.output()),
        family=f"mote_reduce_{suffix}",
    )


@needs(Reduce)
def reduce_memory(a: Reduce, _: Architecture) -> KernelMemory:
    return KernelMemory(overlaps=(Overlap(0, 0, reduce_clearance(a.nest, a.element_bytes)),))


def reduce_clearance(nest: Nest, element_bytes: int) -> int:
    """Outputs are computed in order; no later one reads before the first element of the next."""
    first = sum(
        np.arange(size).reshape([-1 if i == axis else 1 for i in range(len(nest.kept))]) * step
        for axis, (size, step) in enumerate(zip(nest.kept, nest.kept_steps, strict=True))
    )
    later = np.ravel(first)[1:]
    needs = np.arange(1, later.size + 1) - later
    return element_bytes * int(needs.max(initial=-nest.count * (later.size + 1)))
