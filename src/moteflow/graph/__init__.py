"""From a `.tflite` to a graph with a place in memory for every tensor."""

from moteflow.graph.ir import Attributes, Graph, Op, Rescale, State, Tensor, Window
from moteflow.graph.memory_plan import KernelMemory, MemoryPlan, Overlap, plan_memory
from moteflow.graph.memory_report import plan_json, plan_text
from moteflow.graph.op_order import plan_ordered
from moteflow.graph.passes import optimize
from moteflow.graph.states import state_bytes, state_offsets
from moteflow.graph.streaming import plan_streamed
from moteflow.graph.tflite_import import import_tflite

__all__ = [
    "Attributes",
    "Graph",
    "KernelMemory",
    "MemoryPlan",
    "Op",
    "Overlap",
    "Rescale",
    "State",
    "Tensor",
    "Window",
    "import_tflite",
    "optimize",
    "plan_json",
    "plan_memory",
    "plan_ordered",
    "plan_streamed",
    "plan_text",
    "state_bytes",
    "state_offsets",
]
