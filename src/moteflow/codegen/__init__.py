"""From a graph with a memory plan, and an application, to a C library."""

from moteflow.codegen.application import ApplicationConfig
from moteflow.codegen.architecture import Architecture, find_architecture
from moteflow.codegen.generate import Generated, generate, plan_model, read_model

__all__ = [
    "ApplicationConfig",
    "Architecture",
    "Generated",
    "find_architecture",
    "generate",
    "plan_model",
    "read_model",
]
