"""Operators: what each is to a kernel, and how it is read from a `.tflite`.

A module per family; importing it registers its lowerings.
"""

from importlib import import_module
from pkgutil import iter_modules

from moteflow.graph.operators.document import operators_document
from moteflow.graph.operators.operator import LOWERINGS, SUPPORT, Operator

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["LOWERINGS", "SUPPORT", "Operator", "operators_document"]
