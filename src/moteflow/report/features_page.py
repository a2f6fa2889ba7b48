"""The page of recordings: samples, what a block computes from them, and their spectra."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from moteflow.dsp import FeatureConfig, SensorConfig
from moteflow.report import signal_charts
from moteflow.report.html import render_template
from moteflow.report.signal_charts import FeatureMap

MOST_COLUMNS = 8
"""Frames whose values a table shows; of more, it shows mean, minimum and maximum."""


@dataclass(frozen=True)
class Recording:
    """A file and its features.

    samples      [n_samples, n_axes], as the block takes them
    spectrogram  dB, float32 [n_frames, n_axes * n_bins], of blocks.spectrogram
    steps        float32 [n_frames, n_features] of each of the block's `steps`
    features     float32 [n_frames, n_features] of the block itself
    """

    name: str
    samples: NDArray[Any]
    spectrogram: NDArray[np.float32]
    steps: Sequence[NDArray[np.float32]]
    features: NDArray[np.float32]


@dataclass(frozen=True)
class FeaturesPage:
    """What recordings look like to a block.

    parameters  rows (name, value, meaning) of the block's parameters, for people
    """

    config: FeatureConfig
    spectrogram: SensorConfig
    parameters: Sequence[tuple[str, str, str]]
    recordings: Iterable[Recording]


@dataclass(frozen=True)
class _Table:
    """A name and a cell per column in each row."""

    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True)
class _Section:
    """A recording as the template writes it."""

    name: str
    n_samples: int
    seconds: float
    timeline: Markup
    spectrum: Markup
    table: _Table


def render_features(page: FeaturesPage) -> str:
    """The page as one self-contained HTML file; the recordings' names are escaped."""
    return render_template(
        "features",
        block=page.config.block,
        parameters=page.parameters,
        sections=[_section(page, recording) for recording in page.recordings],
    )


def _section(page: FeaturesPage, recording: Recording) -> _Section:
    config, spectrogram, samples = page.config, page.spectrogram, recording.samples
    axes = spectrogram.axis_names
    maps = [
        FeatureMap("spectrogram, dB", spectrogram, recording.spectrogram),
        *(
            FeatureMap(step.block, step, values)
            for step, values in zip(config.steps, recording.steps, strict=True)
        ),
        FeatureMap(config.block, config, recording.features),
    ]
    spectra = recording.spectrogram.astype(np.float64).mean(axis=0).reshape(len(axes), -1)
    return _Section(
        name=recording.name,
        n_samples=len(samples),
        seconds=len(samples) / config.sample_rate,
        timeline=Markup(signal_charts.timeline(samples, config.sample_rate, axes, maps)),
        spectrum=Markup(signal_charts.spectrum(spectra, axes, config)),
        table=_table(config, recording.features.astype(np.float64)),
    )


def _table(config: FeatureConfig, features: NDArray[np.float64]) -> _Table:
    """Names in rows; in columns frames by the time of their start, or what is said of many."""
    if len(features) <= MOST_COLUMNS:
        hop = config.hop_length / config.sample_rate
        columns = {f"{i * hop:.4g} s": frame for i, frame in enumerate(features)}
    else:
        columns = {"mean": features.mean(axis=0), "min": features.min(axis=0)}
        columns["max"] = features.max(axis=0)
    rows = np.stack(list(columns.values()), axis=1)
    return _Table(
        columns=list(columns),
        rows=[
            (name, [f"{value:.5g}" for value in row])
            for name, row in zip(config.feature_names, rows, strict=True)
        ],
    )
