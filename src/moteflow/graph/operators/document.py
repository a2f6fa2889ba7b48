"""docs/operators.md: what users may expect, from what the lowerings say of themselves."""

from moteflow.graph.operators.operator import SUPPORT

HEAD = """\
# Operators

Written by `moteflow operators > docs/operators.md`; do not edit.

What `moteflow compile` and the pipeline take, bit for bit as TensorFlow Lite Micro's reference
kernels compute it. Anything else is refused with the operator's index, its name and what to use
instead. Shapes are fixed (convert with a batch of 1); weights and other parameters are constants.

| operator | types | limits |
|---|---|---|
"""


def operators_document() -> str:
    """The page: one line per operator, by name."""
    rows = (
        f"| {kind} | {support.types} | {support.limits} |"
        for kind, support in sorted(SUPPORT.items())
    )
    return HEAD + "\n".join(rows) + "\n"
