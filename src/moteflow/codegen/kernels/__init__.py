"""How each kernel is called: a module per family; importing it registers its kernels."""

from importlib import import_module
from pkgutil import iter_modules

from moteflow.codegen.kernels.layer import (
    ArgumentView,
    ArrayView,
    FieldView,
    LayerView,
    kernel_memory,
    layer_view,
)

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = [
    "ArgumentView",
    "ArrayView",
    "FieldView",
    "LayerView",
    "kernel_memory",
    "layer_view",
]
