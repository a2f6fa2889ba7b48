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


def render_features(page: FeaturesPage) -> str:
    """The page as one self-contained HTML file; the recordings' names are escaped."""
    return render_template(
        "features",
        block=page.config.block,
        parameters=page.parameters,
        recordings=[_section(page, recording) for recording in page.recordings],
    )


def _section(page: FeaturesPage, recording: Recording) -> dict[str, Any]:
    config, spectrogram = page.config, page.spectrogram
    axes = spectrogram.axis_names if spectrogram.n_axes > 1 else ("",)
    maps = [FeatureMap("spectrogram, dB", spectrogram, recording.spectrogram)]
    maps += [
        FeatureMap(step.block, step, values)
        for step, values in zip(config.steps, recording.steps, strict=True)
    ]
    maps.append(FeatureMap(config.block, config, recording.features))
    spectra = recording.spectrogram.astype(np.float64).mean(axis=0).reshape(len(axes), -1)
    return {
        "name": recording.name,
        "n_samples": len(recording.samples),
        "seconds": len(recording.samples) / config.sample_rate,
        "timeline": Markup(
            signal_charts.timeline(recording.samples, config.sample_rate, axes, maps)
        ),
        "spectrum": Markup(signal_charts.spectrum(spectra, axes, config)),
        "table": _table(config, recording.features),
    }


def _table(config: FeatureConfig, features: NDArray[np.float32]) -> dict[str, Any]:
    """Names in rows; in columns frames by their time, or what is said of many."""
    values = features.astype(np.float64)
    if len(values) <= MOST_COLUMNS:
        step = config.hop_length / config.sample_rate
        columns = {f"{i * step:.4g} s": frame for i, frame in enumerate(values)}
    else:
        columns = {"mean": values.mean(axis=0), "min": values.min(axis=0), "max": values.max(axis=0)}
    rows = np.stack(list(columns.values()), axis=1)
    return {
        "columns": list(columns),
        "rows": [
            (name, [f"{value:.5g}" for value in row])
            for name, row in zip(config.feature_names, rows, strict=True)
        ],
    }
