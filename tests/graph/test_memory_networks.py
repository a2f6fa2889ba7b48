"""What the planner reaches for whole networks, with kernels of known reading and writing order."""

from pathlib import Path

import numpy as np
import pytest

from moteflow.graph import (
    Graph,
    KernelMemory,
    Op,
    Overlap,
    Rescale,
    Tensor,
    Window,
    import_tflite,
    optimize,
    plan_memory,
    plan_ordered,
    plan_streamed,
)
from moteflow.graph.operators.convolution import Conv2d, DepthwiseConv2d
from moteflow.graph.operators.elementwise import Add, Lookup
from moteflow.graph.operators.pooling import Pool2d
from moteflow.graph.operators.softmax import Softmax
from moteflow.graph.operators.stream import Stream

UNITY = Rescale((1 << 30,), (0,))


def image_clearance(window: Window, input_channels: int, output_channels: int) -> int:
    """Bytes that an output, written pixel by pixel, must stay ahead of an int8 input."""
    w = window
    rows, columns = np.indices((w.output_height, w.output_width)).reshape(2, -1)
    top = np.maximum(rows * w.stride_height - w.pad_top, 0)
    left = np.maximum(columns * w.stride_width - w.pad_left, 0)
    first_read = (top * w.input_width + left) * input_channels
    read_later = np.minimum.accumulate(first_read[:0:-1])[::-1]
    written = (1 + np.arange(rows.size - 1)) * output_channels
    return int((written - read_later).max(initial=-w.input_height * w.input_width * input_channels))


def reference_kernel(op: Op) -> KernelMemory:
    """A kernel that computes one pixel after the other, and needs no scratch."""
    a = op.attributes
    if isinstance(a, Conv2d):
        clearance = image_clearance(a.window, a.input_channels, a.output_channels)
        pointwise = a.window.filter_height * a.window.filter_width == 1
        return KernelMemory(overlaps=(Overlap(0, 0, clearance, reversible=pointwise),))
    if isinstance(a, DepthwiseConv2d):
        clearance = image_clearance(
            a.window, a.input_channels, a.input_channels * a.depth_multiplier
        )
        return KernelMemory(overlaps=(Overlap(0, 0, clearance),))
    if isinstance(a, Pool2d):
        return KernelMemory(
            overlaps=(Overlap(0, 0, image_clearance(a.window, a.channels, a.channels)),)
        )
    if isinstance(a, Add):
        return KernelMemory(overlaps=(Overlap(0, 0, 0), Overlap(1, 0, 0)))
    if isinstance(a, Stream):
        return KernelMemory(a.scratch_bytes, (Overlap(0, 0, a.clearance),))
    if isinstance(a, Lookup | Softmax):
        return KernelMemory(overlaps=(Overlap(0, 0, 0),))
    return KernelMemory()


def with_kernels(graph: Graph) -> tuple[Graph, list[KernelMemory]]:
    return graph, [reference_kernel(op) for op in graph.ops]


def same_window(size: int, filter_size: int, stride: int) -> Window:
    """A square window over a square image with TFLite's padding SAME."""
    output = -(-size // stride)
    pad = max((output - 1) * stride + filter_size - size, 0) // 2
    return Window(
        *(size, size, output, output, filter_size, filter_size, stride, stride, 1, 1, pad, pad)
    )


def mobilenet_v1(size: int, depth_multiplier: float) -> Graph:
    """Its convolutions, without weights; all that follows them is smaller."""
    tensors = [Tensor("image", (1, size, size, 3), "int8")]
    ops: list[Op] = []

    def layer(attributes: Conv2d | DepthwiseConv2d, kind: str, channels: int) -> None:
        side = attributes.window.output_height
        ops.append(Op(kind, len(ops), (len(tensors) - 1,), (len(tensors),), attributes))
        tensors.append(Tensor(f"{kind} {len(ops)}", (1, side, side, channels), "int8"))

    def conv(window: Window, inputs: int, outputs: int) -> None:
        layer(Conv2d(1, window, inputs, outputs, 1, 0, 0, UNITY, -128, 127), "CONV_2D", outputs)

    channels = int(32 * depth_multiplier)
    conv(same_window(size, 3, 2), 3, channels)
    size = -(-size // 2)
    filters = (64, 128, 128, 256, 256, *[512] * 6, 1024, 1024)
    strides = (1, 2, 1, 2, 1, 2, *[1] * 5, 2, 1)
    for outputs, stride in zip((int(n * depth_multiplier) for n in filters), strides, strict=True):
        window = same_window(size, 3, stride)
        depthwise = DepthwiseConv2d(1, window, channels, 1, 0, 0, UNITY, -128, 127)
        layer(depthwise, "DEPTHWISE_CONV_2D", channels)
        size = window.output_height
        conv(same_window(size, 1, 1), channels, outputs)
        channels = outputs
    return Graph(tuple(tensors), tuple(ops), (0,), (len(tensors) - 1,))


def arenas(graph: Graph) -> tuple[int, int, int]:
    """Without overlaps; with them; with streams as well. All reach their lower bounds."""
    plans = (
        plan_memory(graph, [KernelMemory()] * len(graph.ops)),
        plan_ordered(*with_kernels(graph))[1],
        plan_streamed(graph, reference_kernel)[1],
    )
    assert all(plan.arena_size == plan.lower_bound for plan in plans)
    apart, overlapping, streamed = plans
    return apart.arena_size, overlapping.arena_size, streamed.arena_size


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("mlperf/kws_ref_model", (16000, 8384, 8384)),
        ("packt/cifar10_int8", (40960, 24576, 17920)),
        ("mltk/image_example1", (69120, 55372, 13536)),
        ("mltk/fingerprint_signature_generator", (94352, 62852, 34864)),
    ],
)
def test_arenas_of_real_networks(shared_data: Path, name: str, sizes: tuple[int, int, int]) -> None:
    content = (shared_data / f"models/{name}.tflite").read_bytes()
    assert arenas(optimize(import_tflite(content))) == sizes


def test_arenas_of_mobilenet() -> None:
    assert arenas(mobilenet_v1(96, 0.25)) == (55296, 36864, 28136)


def test_pointwise_layers_shift_back_what_depthwise_layers_shift(shared_data: Path) -> None:
    content = (shared_data / "models/mlperf/kws_ref_model.tflite").read_bytes()
    graph = optimize(import_tflite(content))
    _, plan = plan_ordered(*with_kernels(graph))
    images = [plan.offsets[op.outputs[0]] for op in graph.ops[:8]]
    assert images == [384, 0] * 4
    assert all(graph.ops[i].attributes.window.filter_height == 1 for i in plan.reversed)


class Arena:
    """Bytes that remember which element of which tensor they hold."""

    def __init__(self, graph: Graph, offsets: dict[int, int], size: int) -> None:
        self.graph, self.offsets = graph, offsets
        self.owner = np.full(size, -1)
        self.element = np.full(size, -1)

    def write(self, tensor: int, start: int, end: int) -> None:
        at = self.offsets[tensor]
        self.owner[at + start : at + end] = tensor
        self.element[at + start : at + end] = np.arange(start, end)

    def holds(self, tensor: int, elements: np.ndarray) -> bool:
        at = self.offsets[tensor] + elements
        return bool(np.all((self.owner[at] == tensor) & (self.element[at] == elements)))


def pixels_read(attributes: Conv2d | DepthwiseConv2d, row: int, column: int) -> np.ndarray:
    """The bytes of the input under the window of one output pixel."""
    w = attributes.window
    y = row * w.stride_height - w.pad_top + np.arange(w.filter_height) * w.dilation_height
    x = column * w.stride_width - w.pad_left + np.arange(w.filter_width) * w.dilation_width
    y, x = y[(y >= 0) & (y < w.input_height)], x[(x >= 0) & (x < w.input_width)]
    pixels = (y[:, None] * w.input_width + x).ravel()
    channels = attributes.input_channels
    return (pixels[:, None] * channels + np.arange(channels)).ravel()


@pytest.mark.parametrize(("size", "width"), [(32, 0.25), (33, 0.5), (48, 0.25)])
def test_no_byte_is_overwritten_before_it_is_read(size: int, width: float) -> None:
    graph, plan = plan_ordered(*with_kernels(mobilenet_v1(size, width)))
    arena = Arena(graph, plan.offsets, plan.arena_size)
    arena.write(0, 0, graph.tensors[0].n_bytes)
    for position, op in enumerate(graph.ops):
        attributes = op.attributes
        assert isinstance(attributes, Conv2d | DepthwiseConv2d)
        _, height, columns, channels = graph.tensors[op.outputs[0]].shape
        units = list(np.ndindex(height, columns))
        for row, column in reversed(units) if position in plan.reversed else units:
            assert arena.holds(op.inputs[0], pixels_read(attributes, row, column))
            start = (row * columns + column) * channels
            arena.write(op.outputs[0], start, start + channels)
    output = graph.outputs[0]
    assert arena.holds(output, np.arange(graph.tensors[output].n_bytes))
    assert plan.reversed
