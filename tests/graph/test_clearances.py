"""Outputs over their inputs: copies, borders and concatenations in one piece of memory."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels import kernel_memory
from moteflow.graph import Op
from moteflow.graph.operators.concatenation import Concatenation
from moteflow.graph.operators.copy import box, element_strides
from moteflow.graph.operators.padding import Pad

EXACT = settings(max_examples=200, deadline=None, derandomize=True, database=None)
BORDER = -1
Steps = list[tuple[int, int]]
"""(output byte, input byte or BORDER) in the order of the kernel."""


def overlapped(steps: Steps, input_bytes: int, clearance: int) -> np.ndarray:
    """The output when it begins `clearance` bytes before the input, byte by byte."""
    at = max(clearance, 0)
    output_at = at - clearance
    size = max(at + input_bytes, output_at + len(steps))
    memory = np.full(size, 255)
    memory[at : at + input_bytes] = np.arange(input_bytes)
    for output, source in steps:
        memory[output_at + output] = 254 if source == BORDER else memory[at + source]
    return memory[output_at : output_at + len(steps)]


def check(attributes: Any, steps: Steps, input_bytes: int, position: int = 0) -> None:
    inputs = tuple(range(position + 1))
    memory = kernel_memory(Op("MOVE", 0, inputs, (9,), attributes), Architecture.PORTABLE)
    for overlap in memory.overlaps:
        if overlap.input == position:
            expected = [254 if source == BORDER else source for _, source in steps]
            assert overlapped(steps, input_bytes, overlap.clearance).tolist() == expected


@given(st.data())
@EXACT
def test_boxes(data: st.DataObject) -> None:
    shape = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    first = [data.draw(st.integers(0, n - 1)) for n in shape]
    step = [data.draw(st.integers(1, 2)) for _ in shape]
    sizes = [-(-(n - b) // s) for n, b, s in zip(shape, first, step, strict=True)]
    strides = element_strides(shape)
    offset = sum(b * s for b, s in zip(first, strides, strict=True))
    copy = box(1, offset, sizes, [n * s for n, s in zip(step, strides, strict=True)])
    sources = copy.apply(np.arange(np.prod(shape), dtype=np.uint8)).tolist()
    assert copy.goes_forward
    check(copy, list(enumerate(sources)), int(np.prod(shape)))


@given(st.data())
@EXACT
def test_borders(data: st.DataObject) -> None:
    small = st.tuples(*[st.integers(0, 2)] * 4)
    shape = data.draw(st.tuples(*[st.integers(1, 3)] * 4))
    before, after = data.draw(small), data.draw(small)
    inside = np.arange(np.prod(shape)).reshape(shape)
    padded = np.pad(inside, list(zip(before, after, strict=True)), constant_values=BORDER)
    check(Pad(shape, before, after, 0), list(enumerate(padded.ravel().tolist())), inside.size)


@given(st.integers(1, 4), st.lists(st.integers(1, 4), min_size=2, max_size=4), st.data())
@EXACT
def test_concatenations(n_rows: int, runs: list[int], data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(runs) - 1))
    joined = Concatenation(n_rows, tuple(runs), tuple(range(len(runs))))
    parts = [np.full((n_rows, run), BORDER) for run in runs]
    parts[position] = np.arange(n_rows * runs[position]).reshape(n_rows, -1)
    row = np.concatenate(parts, axis=1)
    check(joined, list(enumerate(row.ravel().tolist())), parts[position].size, position)
