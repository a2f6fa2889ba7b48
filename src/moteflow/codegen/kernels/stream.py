"""Operators that run row by row: each becomes a function of a row that the next one calls."""

from dataclasses import dataclass, replace

from moteflow.codegen.architecture import Architecture
from moteflow.codegen.kernels.layer import (
    ArgumentView,
    Layer,
    LayerView,
    StageView,
    call_of,
    calls,
    integer_fields,
    kernel_memory,
    needs,
)
from moteflow.graph import KernelMemory, Op, Overlap
from moteflow.graph.operators.stream import Stage, Stream


@dataclass
class StageLayer(Layer):
    """Stage `number` of the stream at `position`, in C a function with an `input` and an `output`.

    Constant arrays go to the stream's; scratch memory for one row follows its windows.
    """

    number: int = 0

    @property
    def stream(self) -> Stream:
        attributes = self.graph.ops[self.position].attributes
        assert isinstance(attributes, Stream)
        return attributes

    @property
    def stage(self) -> Stage:
        return self.stream.stages[self.number]

    @property
    def op(self) -> Op:
        return self.stage.op

    @property
    def symbol(self) -> str:
        return f"layer_{self.position:02d}_{self.number}_{self.op.kind.lower()}"

    @property
    def function(self) -> str:
        """Not called `layer_NN_*`, which counting takes for a layer of its own."""
        return f"rows_of_{self.symbol}"

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
        address = self.scratch_address(self.stream.scratch_bytes)
        return replace(super().scratch(ctype), expression=f"({ctype} *)({address})")

    def scratch_address(self, offset: int) -> str:
        return f"tensor_arena + {self.plan.scratch_offsets[self.position] + offset}"


@calls(Stream)
def stream(layer: Layer, a: Stream) -> LayerView:
    layers = [StageLayer(**vars(layer), number=n) for n in range(len(a.stages))]
    sources = [layer.input(0).expression, *(rows.function for rows in layers)]
    stages = tuple(_stage(rows, source) for rows, source in zip(layers, sources, strict=False))
    last = a.stages[-1]
    fields = integer_fields(height=last.output_height, row_bytes=last.output_row_bytes)
    arguments = (ArgumentView("mote_rows_t ", "rows", layers[-1].function), layer.output())
    macs = sum(s.output_height * view.call.macs for s, view in zip(a.stages, stages, strict=True))
    return replace(layer.call("mote_stream", fields, arguments, macs), stages=stages)


@needs(Stream)
def stream_memory(a: Stream, architecture: Architecture) -> KernelMemory:
    scratch = max(kernel_memory(stage.op, architecture).scratch_bytes for stage in a.stages)
    return KernelMemory(a.scratch_bytes + scratch, (Overlap(0, 0, a.clearance),))


def _stage(layer: StageLayer, source: str) -> StageView:
    stage = layer.stage
    window = layer.scratch_address(layer.stream.window_offsets[layer.number])
    function = "mote_stream_window" if layer.number else "mote_stream_input"
    return StageView(
        symbol=layer.function,
        fields=integer_fields(
            height=stage.height,
            row_bytes=stage.row_bytes,
            window_rows=stage.window_rows,
            stride=stage.stride,
            pad_top=stage.pad_top,
            fill=stage.fill,
        ),
        input=f"{function}(&stage, {source}, row, {window})",
        call=call_of(layer),
    )
