"""Charts of one recording as SVG text: over time, and over frequency."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from moteflow.dsp import FeatureConfig
from moteflow.report.drawing import STYLE, svg_text
from moteflow.report.standardize import standardize

Float64 = NDArray[np.float64]

WIDTH, HEIGHT = 9.5, 1.9
MOST_COLUMNS = 1500
"""About two for each pixel of a chart's width."""
MOST_TICKS = 8
SHOWN_DECIBELS = 60.0
RESPONSE_FLOOR = 1e-6
RESPONSE_POINTS = 501


@dataclass(frozen=True)
class FeatureMap:
    """Features of a block, float32 [n_frames, n_features], as an image over time."""

    title: str
    config: FeatureConfig
    values: NDArray[np.float32]


def timeline(
    samples: NDArray[Any], sample_rate: float, axes: Sequence[str], maps: Sequence[FeatureMap]
) -> str:
    """Samples [n_samples, n_axes], and below them images of features, on one axis of time.

    A frame is drawn around its middle, as wide as the hop.
    """
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT * (1 + len(maps))), layout="constrained")
        first, *others = figure.subplots(1 + len(maps), 1, sharex=True, squeeze=False)[:, 0]
        instants, lines = _envelope(samples)
        for name, line in zip(axes, lines.T, strict=True):
            first.plot(instants / sample_rate, line, linewidth=0.7, label=name)
        first.set(xlim=(0, len(samples) / sample_rate))
        first.set_title("samples", loc="left")
        _name_axes(first, axes)
        for axis, shown in zip(others, maps, strict=True):
            figure.colorbar(_draw_map(axis, shown), ax=axis, pad=0.01)
        others[-1].set_xlabel("s")
        return svg_text(figure)


def spectrum(spectra: Float64, axes: Sequence[str], config: FeatureConfig) -> str:
    """Spectra [n_axes, n] in dB from 0 Hz to half of the rate, and what the block's filters do."""
    nyquist = config.sample_rate / 2
    frequencies = np.linspace(0, nyquist, RESPONSE_POINTS)
    response = config.filter_response(frequencies)
    n_rows = 1 if response is None else 2
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT * n_rows), layout="constrained")
        rows = figure.subplots(n_rows, 1, sharex=True, squeeze=False)[:, 0]
        for name, decibels in zip(axes, spectra, strict=True):
            bins = np.linspace(0, nyquist, len(decibels))
            rows[0].plot(bins, decibels, linewidth=0.9, label=name)
        rows[0].set_title("spectrum, mean over time, dB", loc="left")
        rows[0].set(xlim=(0, nyquist))
        _name_axes(rows[0], axes)
        if response is not None:
            decibels = 20 * np.log10(np.maximum(response, RESPONSE_FLOOR))
            rows[1].plot(frequencies, decibels, linewidth=0.9)
            rows[1].set_title("filter response, dB", loc="left")
            rows[1].set(ylim=(-SHOWN_DECIBELS, 5))
        rows[-1].set_xlabel("Hz")
        return svg_text(figure)


def _envelope(samples: NDArray[Any]) -> tuple[Float64, Float64]:
    """Positions [n] and values [n, n_axes] that look like the samples, however many there are.

    Of many, each column of the chart keeps its least and its greatest.
    """
    values = samples.astype(np.float64)
    span = len(values) // MOST_COLUMNS
    if span <= 2:
        return np.arange(len(values), dtype=np.float64), values
    starts = np.arange(0, len(values), span)
    ends = (np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts))
    return np.repeat(starts.astype(np.float64), 2), np.stack(ends, 1).reshape(-1, values.shape[1])


def _draw_map(axis: Any, shown: FeatureMap) -> Any:
    """The image of a block's features, each by itself unless all share a scale."""
    config, title = shown.config, shown.title
    if config.share_scale:
        values = shown.values.astype(np.float64)
    else:
        values = standardize(shown.values)
        title += ", each feature in standard deviations from its mean"
    n_frames, n_features = values.shape
    hop = config.hop_length / config.sample_rate
    left = config.frame_length / config.sample_rate / 2 - hop / 2
    image = axis.imshow(
        values.T,
        aspect="auto",
        origin="lower",
        interpolation="nearest",
        extent=(left, left + n_frames * hop, -0.5, n_features - 0.5),
    )
    ticks = range(0, n_features, -(-n_features // MOST_TICKS))
    axis.set_yticks(ticks, [config.feature_names[i] for i in ticks])
    axis.set_title(title, loc="left")
    return image


def _name_axes(axis: Any, names: Sequence[str]) -> None:
    if len(names) > 1:
        axis.legend(frameon=False, ncols=8, loc="lower right", bbox_to_anchor=(1, 1))
