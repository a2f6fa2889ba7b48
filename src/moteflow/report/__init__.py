"""One HTML page that shows a run."""

from moteflow.report.page import Page, render

__all__ = ["Page", "render"]
