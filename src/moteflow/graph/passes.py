"""Rewrites of the graph that leave its outputs bit for bit the same."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from moteflow.graph.invariants import check_imported, check_ready
from moteflow.graph.ir import Graph, Op, Tensor
from moteflow.graph.operators.convolution import Conv2d, DepthwiseConv2d
from moteflow.graph.operators.fully_connected import FullyConnected
from moteflow.graph.operators.padding import Pad
from moteflow.graph.operators.view import Reshape
from moteflow.graph.storage import place_parts


def optimize(graph: Graph) -> Graph:
    """All passes in order; the result passes `invariants.check_ready`."""
    for rewrite in PASSES:
        graph = rewrite(graph)
        check_imported(graph)
    check_ready(graph)
    return graph


def remove_views(graph: Graph) -> Graph:
    """Drop what only changes a shape or nothing: its readers read the source instead.

    What is an output after that has the shape and the scale of the view.
    """
    source: dict[int, int] = {}
    ops = []
    for op in graph.ops:
        inputs = tuple(source.get(i, i) for i in op.inputs)
        if isinstance(op.attributes, Reshape):
            source[op.outputs[0]] = inputs[0]
        else:
            ops.append(replace(op, inputs=inputs))
    tensors = list(graph.tensors)
    computed = {i for op in ops for i in op.outputs} - set(graph.outputs)
    for view in reversed(graph.outputs):
        if source.get(view) in computed:
            tensors[source[view]] = tensors[view]
    outputs = tuple(source.get(i, i) for i in graph.outputs)
    return replace(graph, tensors=tuple(tensors), ops=tuple(ops), outputs=outputs)


def remove_dead_ops(graph: Graph) -> Graph:
    """Drop operators and states that no output depends on."""
    needed: set[int] = set()
    wanted = set(graph.outputs)
    while wanted - needed:
        needed |= wanted
        for op in reversed(graph.ops):
            if needed & set(op.outputs):
                needed |= set(op.inputs)
        wanted = {state.after for state in graph.states if state.before in needed}
    ops = tuple(op for op in graph.ops if needed & set(op.outputs))
    states = tuple(state for state in graph.states if state.before in needed)
    return replace(graph, ops=ops, states=states)


def fuse_pads(graph: Graph) -> Graph:
    """Let a convolution do the zero padding of a PAD that only it reads."""
    producers = {op.outputs[0]: op for op in graph.ops}
    readers = [i for op in graph.ops for i in op.inputs] + list(graph.outputs)
    ops = []
    for op in graph.ops:
        pad = producers.get(op.inputs[0])
        attributes = op.attributes
        if (
            pad is not None
            and isinstance(pad.attributes, Pad)
            and isinstance(attributes, Conv2d | DepthwiseConv2d)
            and readers.count(op.inputs[0]) == 1
            and pad.attributes.value == attributes.input_zero_point
            and _is_spatial(pad.attributes)
        ):
            window = replace(
                attributes.window,
                input_height=pad.attributes.input_shape[1],
                input_width=pad.attributes.input_shape[2],
                pad_top=attributes.window.pad_top + pad.attributes.before[1],
                pad_left=attributes.window.pad_left + pad.attributes.before[2],
            )
            inputs = (pad.inputs[0], *op.inputs[1:])
            op = replace(op, inputs=inputs, attributes=replace(attributes, window=window))
        ops.append(op)
    return remove_dead_ops(replace(graph, ops=tuple(ops)))


def convolve_single_channels(graph: Graph) -> Graph:
    """Make a depthwise convolution over one input channel a convolution, which is what it is."""
    tensors = list(graph.tensors)
    ops = []
    for op in graph.ops:
        attributes = op.attributes
        if isinstance(attributes, DepthwiseConv2d) and attributes.input_channels == 1:
            weights = tensors[op.inputs[1]]
            assert weights.data is not None
            data = np.ascontiguousarray(weights.data.transpose(3, 1, 2, 0))
            tensors.append(replace(weights, shape=data.shape, data=data, quantized_dimension=0))
            convolution = Conv2d(
                batches=attributes.batches,
                window=attributes.window,
                input_channels=1,
                output_channels=attributes.depth_multiplier,
                groups=1,
                input_zero_point=attributes.input_zero_point,
                output_zero_point=attributes.output_zero_point,
                rescale=attributes.rescale,
                activation_min=attributes.activation_min,
                activation_max=attributes.activation_max,
            )
            inputs = (op.inputs[0], len(tensors) - 1, *op.inputs[2:])
            op = replace(op, inputs=inputs, attributes=convolution)
        ops.append(op)
    return replace(graph, tensors=tuple(tensors), ops=tuple(ops))


def fold_input_zero_points(graph: Graph) -> Graph:
    """Give every layer with weights an int32 bias; where no tap is padding, the bias absorbs
    the input's zero point: sum((x - z) w) + b = sum(x w) + (b - z sum(w)).
    """
    tensors = list(graph.tensors)
    ops = []
    for op in graph.ops:
        attributes = op.attributes
        if isinstance(attributes, Conv2d | DepthwiseConv2d | FullyConnected):
            if isinstance(attributes, DepthwiseConv2d):
                unpadded = not attributes.window.is_padded
                zero_point = attributes.input_zero_point if unpadded else 0
                kept = attributes.input_zero_point - zero_point
                attributes = replace(attributes, input_zero_point=kept)
            else:
                zero_point = attributes.input_zero_point
            tensors.append(_bias(graph, op, zero_point))
            inputs = (*op.inputs[:2], len(tensors) - 1)
            op = replace(op, inputs=inputs, attributes=attributes)
        ops.append(op)
    return replace(graph, tensors=tuple(tensors), ops=tuple(ops))


def _is_spatial(pad: Pad) -> bool:
    return all(pad.before[axis] == pad.after[axis] == 0 for axis in (0, 3))


def _bias(graph: Graph, op: Op, zero_point: int) -> Tensor:
    weights = graph.tensors[op.inputs[1]]
    assert weights.data is not None
    axis = weights.data.ndim - 1 if isinstance(op.attributes, DepthwiseConv2d) else 0
    others = tuple(i for i in range(weights.data.ndim) if i != axis)
    folded = -zero_point * weights.data.astype(np.int64).sum(axis=others)
    given = graph.tensors[op.inputs[2]].data if len(op.inputs) > 2 and op.inputs[2] >= 0 else None
    if given is not None:
        folded += given.astype(np.int64).ravel()
    name = f"{weights.name} bias"
    # check_ready refuses sums that leave int32, and |folded| is below its bound
    return Tensor(name, folded.shape, "int32", data=folded.astype(np.int64))


PASSES: tuple[Callable[[Graph], Graph], ...] = (
    remove_views,
    remove_dead_ops,
    fuse_pads,
    convolve_single_channels,
    fold_input_zero_points,
    place_parts,
)
