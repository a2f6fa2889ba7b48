"""Graphs to buffers: lifetimes, in-place operators, scratch, limits, reports."""

from dataclasses import dataclass, replace

import pytest

from moteflow.errors import ArenaError
from moteflow.graph import (
    Attributes,
    Graph,
    KernelMemory,
    Op,
    Overlap,
    Tensor,
    plan_json,
    plan_text,
)
from moteflow.graph import plan_memory as plan_with_kernels
from moteflow.graph.memory_plan import MemoryPlan


def activation(size: int) -> Tensor:
    return Tensor(f"t{size}", (size,), "int8", (1.0,))


@dataclass(frozen=True)
class Kernel(Attributes):
    memory: KernelMemory


def opaque(index: int, source: int, output: int, scratch_bytes: int = 0) -> Op:
    """An operator that cannot run in place."""
    return Op("PAD", index, (source,), (output,), Kernel(KernelMemory(scratch_bytes)))


def in_place(index: int, source: int, output: int) -> Op:
    memory = KernelMemory(overlaps=(Overlap(0, 0, clearance=0),))
    return Op("RELU", index, (source,), (output,), Kernel(memory))


def plan_memory(graph: Graph) -> MemoryPlan:
    kernels = [op.attributes.memory for op in graph.ops if isinstance(op.attributes, Kernel)]
    return plan_with_kernels(graph, kernels)


def test_elementwise_operators_share_their_input() -> None:
    tensors = tuple(activation(8) for _ in range(3))
    graph = Graph(tensors, (in_place(0, 0, 1), in_place(1, 1, 2)), (0,), (2,))
    plan = plan_memory(graph)
    assert plan.offsets == {0: 0, 1: 0, 2: 0}
    assert plan.arena_size == 8


def test_an_input_that_is_read_later_is_kept() -> None:
    tensors = tuple(activation(8) for _ in range(3))
    graph = Graph(tensors, (in_place(0, 0, 1), opaque(1, 0, 2)), (0,), (1, 2))
    plan = plan_memory(graph)
    assert len(set(plan.offsets.values())) == 3


def test_an_output_is_kept_though_its_last_reader_is_the_last_operator() -> None:
    tensors = tuple(activation(8) for _ in range(3))
    graph = Graph(tensors, (opaque(0, 0, 1), in_place(1, 1, 2)), (0,), (1, 2))
    plan = plan_memory(graph)
    assert plan.offsets[1] != plan.offsets[2]


def test_an_output_may_start_before_its_input() -> None:
    tensors = (activation(80), activation(80))
    kernel = Kernel(KernelMemory(overlaps=(Overlap(0, 0, clearance=10),)))
    plan = plan_memory(Graph(tensors, (Op("CONV_2D", 0, (0,), (1,), kernel),), (0,), (1,)))
    assert plan.offsets == {0: 12, 1: 0}
    assert plan.arena_size == plan.lower_bound == 92
    assert plan.reversed == frozenset()


def test_a_kernel_runs_backward_where_that_saves_memory() -> None:
    tensors = tuple(activation(80) for _ in range(4))
    shift = Kernel(KernelMemory(overlaps=(Overlap(0, 0, clearance=12),)))
    turn = Kernel(KernelMemory(overlaps=(Overlap(0, 0, clearance=0, reversible=True),)))
    ops = tuple(
        Op("CONV_2D", i, (i,), (i + 1,), kernel) for i, kernel in enumerate((shift, turn, shift))
    )
    plan = plan_memory(Graph(tensors, ops, (0,), (3,)))
    assert plan.arena_size == plan.lower_bound == 92
    assert plan.offsets == {0: 12, 1: 0, 2: 12, 3: 0}
    assert plan.reversed == {1}


def sum_of(first: int, second: int, output: int, *overlaps: Overlap) -> Op:
    return Op("ADD", 0, (first, second), (output,), Kernel(KernelMemory(overlaps=overlaps)))


def test_a_tensor_read_twice_needs_both_overlaps() -> None:
    tensors = (activation(8), activation(8))
    one, other = Overlap(0, 0, clearance=0), Overlap(1, 0, clearance=4)
    half = plan_memory(Graph(tensors, (sum_of(0, 0, 1, one),), (0,), (1,)))
    assert half.arena_size == 16
    both = plan_memory(Graph(tensors, (sum_of(0, 0, 1, one, other),), (0,), (1,)))
    assert both.arena_size == 12


def test_either_of_two_inputs_may_carry_the_output() -> None:
    tensors = tuple(activation(8) for _ in range(3))
    overlaps = Overlap(0, 0, clearance=0), Overlap(1, 0, clearance=0)
    plan = plan_memory(Graph(tensors, (sum_of(0, 1, 2, *overlaps),), (0, 1), (2,)))
    assert plan.arena_size == plan.lower_bound == 16


def test_several_overlaps_run_forward() -> None:
    tensors = tuple(activation(8) for _ in range(3))
    overlaps = Overlap(0, 0, 4, reversible=True), Overlap(1, 0, 4, reversible=True)
    plan = plan_memory(Graph(tensors, (sum_of(0, 1, 2, *overlaps),), (0, 1), (2,)))
    assert plan.reversed == frozenset()


def test_scratch_lives_for_one_step() -> None:
    tensors = (activation(8), activation(8), activation(8))
    graph = Graph(tensors, (opaque(0, 0, 1, 100), opaque(1, 1, 2)), (0,), (2,))
    plan = plan_memory(graph)
    assert plan.arena_size == plan.lower_bound == 116
    assert set(plan.scratch_offsets) == {0}
    assert plan.peak.label == "op 0 PAD"
    assert plan.peak.bytes_scratch == 100


def test_a_model_without_steps_keeps_its_input() -> None:
    plan = plan_memory(Graph((activation(8),), (), (0,), (0,)))
    assert plan.arena_size == 8
    assert plan.peak.bytes_live == 8


def test_too_small_a_limit_names_the_layer_that_peaks() -> None:
    tensors = (activation(8), activation(64), activation(32), activation(4))
    graph = Graph(tensors, (opaque(0, 0, 1), opaque(5, 1, 2), opaque(6, 2, 3)), (0,), (3,))
    plan = plan_memory(graph)
    plan.check_limit(96)
    with pytest.raises(ArenaError) as error:
        plan.check_limit(95)
    for word in ("95", "96", "op 5 PAD", "64 bytes in", "32 out", "0 scratch"):
        assert word in str(error.value)


def test_reports_name_the_peak() -> None:
    tensors = (activation(8), activation(64), activation(4))
    graph = Graph(tensors, (opaque(0, 0, 1), opaque(1, 1, 2)), (0,), (2,))
    plan = plan_memory(graph)
    lines = plan_text(plan).splitlines()
    assert lines[0] == (
        "tensor arena 72 bytes, 0.0 % above the lower bound of 72, peak at op 0 PAD"
    )
    assert lines[1].endswith("|" + "#" * 48 + "| <- peak")
    report = plan_json(plan)
    assert report["peak"] == "op 0 PAD"
    assert report["overlaps"] == report["reversed"] == []
    assert [buffer["offset"] for buffer in report["buffers"]] == [64, 0, 64]


def test_reports_show_what_overlaps() -> None:
    tensors = tuple(activation(size) for size in (80, 80, 60))
    shift = Kernel(KernelMemory(overlaps=(Overlap(0, 0, clearance=13),)))
    turn = Kernel(KernelMemory(overlaps=(Overlap(0, 0, clearance=4, reversible=True),)))
    ops = (Op("CONV_2D", 0, (0,), (1,), shift), Op("CONV_2D", 1, (1,), (2,), turn))
    plan = plan_memory(Graph(tensors, ops, (0,), (2,)))
    lines = plan_text(plan).splitlines()
    assert lines[1] == "op 0 CONV_2D       96 |" + "#" * 8 + "=" * 32 + "#" * 8 + "| <- peak"
    assert lines[2].endswith("runs backward")
    report = plan_json(plan)
    assert report["reversed"] == ["op 1 CONV_2D"]
    assert report["overlaps"] == [
        {"layer": "op 0 CONV_2D", "input": "t80", "output": "t80", "clearance": 13, "distance": 16},
        {"layer": "op 1 CONV_2D", "input": "t80", "output": "t60", "clearance": 4, "distance": 4},
    ]


def test_reports_are_stable() -> None:
    tensors = tuple(activation(8) for _ in range(3))
    graph = Graph(tensors, (opaque(0, 0, 1), opaque(1, 1, 2)), (0,), (2,))
    assert plan_text(plan_memory(graph)) == plan_text(plan_memory(replace(graph)))
