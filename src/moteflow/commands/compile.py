"""`moteflow compile`: a model to a C library that stands alone."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from moteflow.codegen import Generated, Optimize, default_name, read_model, write_library
from moteflow.commands.tables import WIDTH, align, cell
from moteflow.graph import Rounding, plan_text


def run(
    model: Path,
    output: Path,
    cpu: str,
    name: str | None,
    optimize: Optimize,
    rounding: Rounding,
) -> int:
    """Write the library and print its memory plan and figures."""
    name = default_name(model) if name is None else name
    generated = write_library(read_model(model), name, cpu, output, optimize, rounding=rounding)
    print(plan_text(generated.plan))
    console = Console(width=None if Console().is_terminal else WIDTH)
    show(console, name, cpu, generated)
    print(f'{output}: #include "{name}.h", which says how to use it.')
    return 0


def show(console: Console, name: str, cpu: str, generated: Generated) -> None:
    """The figures that are known before a C compiler has run."""
    table = Table("library", "for", "layers", "MACs", "bytes of constants", "bytes of arena")
    table.add_row(
        name,
        cpu,
        cell(len(generated.layers)),
        cell(generated.macs),
        cell(generated.constant_bytes),
        cell(generated.plan.arena_size),
    )
    align(table)
    console.print(table)
