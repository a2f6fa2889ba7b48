"""UNIDIRECTIONAL_SEQUENCE_LSTM."""

from typing import Any

import numpy as np

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.int16x8 import words_of_int64
from moteflow.codegen.kernels.layer import (
    ArgumentView,
    FieldView,
    Layer,
    LayerView,
    calls,
    integer_fields,
    needs,
)
from moteflow.graph import KernelMemory, Overlap, Rescale
from moteflow.graph.fixed_point import wide_addend, wrap_int32
from moteflow.graph.fixed_point_tables import sigmoid_table
from moteflow.graph.operators.lstm import Lstm

Array = np.ndarray[Any, Any]
N_GATES = 4
INPUT_WEIGHTS, HIDDEN_WEIGHTS, BIASES = range(1, 5), range(5, 9), range(9, 13)
HIDDEN_STATE, CELL_STATE = 13, 14


@calls(Lstm)
def lstm(layer: Layer, a: Lstm) -> LayerView:
    fields = (
        *integer_fields(batches=a.batches, steps=a.steps, input_size=a.input_size, units=a.units),
        *_distances("input", a, a.input_size),
        *_distances("output", a, a.units),
        *_factors("from_input", a.input_rescale),
        *_factors("from_hidden", a.hidden_rescale),
        *_factor("forget", a.forget_rescale),
        *_factor("update", a.update_rescale),
        *_factor("hidden", a.output_rescale),
        *integer_fields(
            hidden_zero_point=a.hidden_zero_point,
            cell_clip=a.cell_clip,
            tanh_multiplier=a.tanh_multiplier,
            tanh_shift=a.tanh_shift,
        ),
    )
    of_input, of_hidden = _by_unit(layer, INPUT_WEIGHTS), _by_unit(layer, HIDDEN_WEIGHTS)
    arguments = (
        layer.input(0),
        layer.array("input_weights", "int8_t", of_input.ravel().tolist()),
        layer.array("hidden_weights", "int8_t", of_hidden.ravel().tolist()),
        _addends(layer, a) if a.is_int16 else _biases(layer, a, of_input, of_hidden),
        layer.array("table", "uint16_t", sigmoid_table()),
        layer.state(HIDDEN_STATE, "hidden"),
        layer.state(CELL_STATE, "cells"),
        layer.output(),
    )
    macs = a.batches * a.steps * a.units * N_GATES * (a.input_size + a.units)
    return layer.call("mote_lstm_s16" if a.is_int16 else "mote_lstm_s8", fields, arguments, macs)


@needs(Lstm)
def lstm_memory(a: Lstm, _: Architecture) -> KernelMemory:
    """With one batch, a step reads its input until its last unit's output is written."""
    if a.batches > 1:
        return KernelMemory()
    last_start = (a.steps - 1) * (a.units - a.input_size)
    clearance = max(last_start, 0) + a.units - 1
    return KernelMemory(overlaps=(Overlap(0, 0, clearance * (2 if a.is_int16 else 1)),))


def _biases(layer: Layer, a: Lstm, of_input: Array, of_hidden: Array) -> ArgumentView:
    """[units][2][gates]: with the zero points' effect on the products."""
    biases = np.stack([layer.weights(i) for i in BIASES], axis=1).astype(object)
    from_input = biases - a.input_zero_point * of_input.astype(object).sum(axis=2)
    from_hidden = -a.hidden_zero_point * of_hidden.astype(object).sum(axis=2)
    words = [wrap_int32(int(bias)) for bias in np.hstack([from_input, from_hidden]).ravel()]
    return layer.array("biases", "int32_t", words)


def _addends(layer: Layer, a: Lstm) -> ArgumentView:
    """[units][gates][2]."""
    biases = np.stack([layer.weights(i) for i in BIASES], axis=1)
    factors = a.input_rescale.per_channel(N_GATES)
    words = [
        word
        for unit in biases
        for bias, factor in zip(unit, factors, strict=True)
        for word in words_of_int64(wide_addend(int(bias), *factor))
    ]
    return layer.array("addends", "int32_t", words)


def _by_unit(layer: Layer, positions: range) -> Array:
    """[units, gates, columns]."""
    return np.stack([layer.weights(position) for position in positions], axis=1)


def _distances(name: str, a: Lstm, size: int) -> tuple[FieldView, ...]:
    batch, step = (size, a.batches * size) if a.time_major else (a.steps * size, size)
    return integer_fields(f"{name}_", batch=batch, step=step)


def _factor(name: str, rescale: Rescale, position: int = 0) -> tuple[FieldView, ...]:
    return integer_fields(
        f"{name}.", multiplier=rescale.multipliers[position], shift=rescale.shifts[position]
    )


def _factors(name: str, rescale: Rescale) -> tuple[FieldView, ...]:
    """Of the gates."""
    return tuple(
        field for gate in range(N_GATES) for field in _factor(f"{name}[{gate}]", rescale, gate)
    )
