"""DEPTHWISE_CONV_2D."""

import numpy as np

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.clearance import pixel_clearance, strip_clearance
from moteflow.codegen.kernels.convolution import window_fields
from moteflow.codegen.kernels.layer import (
    ArgumentView,
    Layer,
    LayerView,
    calls,
    integer_fields,
    needs,
)
from moteflow.codegen.packing_depthwise import (
    QUAD,
    Integers,
    is_general,
    is_single,
    pack_pairs,
    pack_plain,
    pack_quads,
    strips,
    without_zeros,
)
from moteflow.graph import KernelMemory, Overlap
from moteflow.graph.operators.convolution import DepthwiseConv2d


@calls(DepthwiseConv2d)
def depthwise_conv_2d(layer: Layer, a: DepthwiseConv2d) -> LayerView:
    weights, bias = _constant(layer, 1)[0], _constant(layer, 2).ravel()
    rescale = without_zeros(a.rescale)
    folded = bias - a.input_zero_point * weights.sum(axis=(0, 1))
    general = is_general(weights, folded, rescale)
    is_dsp = layer.architecture is Architecture.DSP
    single = is_dsp and _is_single(a)
    if single:
        stream = pack_quads(weights, folded, rescale, general)
    elif is_dsp:
        stream = pack_pairs(weights, folded, rescale, a.window, general)
    else:
        stream = pack_plain(weights, bias, rescale)
    fields = (
        *integer_fields(batches=a.batches),
        *window_fields(a.window),
        *integer_fields(
            input_channels=a.input_channels,
            depth_multiplier=a.depth_multiplier,
            input_zero_point=a.input_zero_point,
            strip_rows=strips(a.window).rows if is_dsp else 1,
        ),
        *integer_fields(
            "output.",
            zero_point=a.output_zero_point,
            activation_min=a.activation_min,
            activation_max=a.activation_max,
            general=int(general),
        ),
    )
    filters = layer.array("filters", "int32_t", stream)
    scratch: tuple[ArgumentView, ...] = ()
    if is_dsp:
        none = ArgumentView("int32_t *", "scratch", "0")
        scratch = (none if single else layer.scratch("int32_t"),)
    arguments = (layer.input(0), filters, *scratch, layer.output())
    w = a.window
    outputs = a.batches * w.output_height * w.output_width * a.input_channels * a.depth_multiplier
    macs = outputs * w.filter_height * w.filter_width
    return layer.call("mote_depthwise_conv_2d_s8", fields, arguments, macs)


@needs(DepthwiseConv2d)
def depthwise_conv_2d_memory(a: DepthwiseConv2d, architecture: Architecture) -> KernelMemory:
    if architecture is not Architecture.DSP or _is_single(a):
        channels = a.input_channels * a.depth_multiplier
        clearance = pixel_clearance(a.window, a.batches, a.input_channels, channels)
        return KernelMemory(overlaps=(Overlap(0, 0, clearance),))
    strip = strips(a.window)
    clearance = strip_clearance(
        a.window, strip.rows, a.batches, a.input_channels, a.depth_multiplier, QUAD
    )
    return KernelMemory(strip.scratch_bytes, (Overlap(0, 0, clearance),))


def _is_single(a: DepthwiseConv2d) -> bool:
    return is_single(a.window, a.batches, a.input_channels, a.depth_multiplier)


def _constant(layer: Layer, position: int) -> Integers:
    data = layer.graph.tensors[layer.op.inputs[position]].data
    assert data is not None
    return data.astype(np.int64)
