"""Two operators that run row by row: each is a function of rows that the stream calls."""

from dataclasses import dataclass, replace

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.layer import (
    CALLS,
    ArgumentView,
    FieldView,
    Layer,
    LayerView,
    calls,
    integer_fields,
    kernel_memory,
    needs,
)
from moteflow.graph import KernelMemory, Op, Overlap
from moteflow.graph.operators.stream import Stage, Stream


@dataclass
class StageLayer(Layer):
    """A stage of the stream at `position`: reads `input`, writes `output`, its C parameters."""

    stage: Op | None = None
    name: str = ""

    @property
    def op(self) -> Op:
        assert self.stage is not None
        return self.stage

    @property
    def symbol(self) -> str:
        return f"layer_{self.position:02d}_{self.name}_{self.op.kind.lower()}"

    @property
    def reversed(self) -> bool:
        return False

    def input(self, position: int, name: str = "input") -> ArgumentView:
        if self.graph.tensors[self.op.inputs[position]].is_constant:
            return super().input(position, name)
        return ArgumentView("const int8_t *", name, "input")

    def output(self, position: int = 0, name: str = "output") -> ArgumentView:
        return ArgumentView("int8_t *", name, "output")

    def scratch(self, ctype: str = "int8_t") -> ArgumentView:
        stream = self.graph.ops[self.position].attributes
        assert isinstance(stream, Stream)
        offset = self.plan.scratch_offsets[self.position] + stream.scratch_bytes
        return replace(super().scratch(ctype), expression=f"({ctype} *)(tensor_arena + {offset})")


@calls(Stream)
def stream(layer: Layer, a: Stream) -> LayerView:
    stages = _stage(layer, a.first, "first"), _stage(layer, a.second, "second")
    fields = (
        *_stage_fields("first.", a.first),
        *_stage_fields("second.", a.second),
        *integer_fields(
            output_height=a.second.output_height, output_row_bytes=a.second.output_row_bytes
        ),
    )
    functions = (
        ArgumentView("mote_stage_t ", name, view.symbol)
        for name, view in zip(("first", "second"), stages, strict=True)
    )
    arguments = (*functions, layer.input(0), layer.scratch(), layer.output())
    macs = a.first.output_height * stages[0].macs + a.second.output_height * stages[1].macs
    return replace(layer.call("mote_stream", fields, arguments, macs), stages=stages)


@needs(Stream)
def stream_memory(a: Stream, architecture: Architecture) -> KernelMemory:
    scratch = max(kernel_memory(s.op, architecture).scratch_bytes for s in (a.first, a.second))
    return KernelMemory(a.scratch_bytes + scratch, (Overlap(0, 0, a.clearance),))


def _stage(layer: Layer, stage: Stage, name: str) -> LayerView:
    """The stage's view; its arrays are the stream's, as are its instructions: counting takes
    functions called `layer_NN_*` for layers.
    """
    attributes = stage.op.attributes
    rows = StageLayer(
        layer.position, layer.graph, layer.plan, layer.architecture, layer.arrays, stage.op, name
    )
    return replace(CALLS[type(attributes)](rows, attributes), symbol=f"rows_of_{rows.symbol}")


def _stage_fields(prefix: str, stage: Stage) -> tuple[FieldView, ...]:
    return integer_fields(
        prefix,
        height=stage.height,
        row_bytes=stage.row_bytes,
        window_rows=stage.window_rows,
        stride=stage.stride,
        pad_top=stage.pad_top,
        fill=stage.fill,
    )
