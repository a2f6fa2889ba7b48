"""The look of all charts, and how a figure becomes text."""

import io

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

BLUE, GREY = "#2563eb", "#94a3b8"
STYLE = {
    "font.size": 9,
    "svg.hashsalt": "moteflow",
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def svg_text(figure: Figure) -> str:
    """The figure as an <svg> element; the same figure gives the same bytes."""
    text = io.StringIO()
    FigureCanvasSVG(figure).print_svg(text, metadata={"Date": None})
    svg = text.getvalue()
    return svg[svg.index("<svg") :]
