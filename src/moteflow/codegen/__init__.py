"""From a graph with a memory plan, and an application, to a C library."""

from moteflow.codegen.application import ApplicationConfig
from moteflow.codegen.generate import Generated, generate

__all__ = ["ApplicationConfig", "Generated", "generate"]
