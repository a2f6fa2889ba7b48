"""HTML pages: one that shows a run, one that shows recordings and their features."""

from moteflow.report.explorer import Explorer, explore, sample
from moteflow.report.features_page import FeaturesPage, Recording, render_features
from moteflow.report.page import Page, render

__all__ = [
    "Explorer",
    "FeaturesPage",
    "Page",
    "Recording",
    "explore",
    "render",
    "render_features",
    "sample",
]
