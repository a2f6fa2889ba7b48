"""From a graph with a memory plan, and an application, to a C library."""

from moteflow.codegen.application import ApplicationConfig
from moteflow.codegen.architecture import Architecture, find_architecture
from moteflow.codegen.generate import Generated, generate, plan_model, read_model
from moteflow.codegen.library import default_name, write_library
from moteflow.codegen.view import Optimize

__all__ = [
    "ApplicationConfig",
    "Architecture",
    "Generated",
    "Optimize",
    "default_name",
    "find_architecture",
    "generate",
    "plan_model",
    "read_model",
    "write_library",
]
