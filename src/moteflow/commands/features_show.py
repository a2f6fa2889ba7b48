"""`moteflow features show`: recordings, their spectra and features as one page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow.commands.features_document import parameters
from moteflow.data.signals import read_signal
from moteflow.dsp import Arithmetic, FeatureConfig, SampleType, SensorConfig, extract
from moteflow.dsp.blocks.spectrogram import SpectrogramConfig
from moteflow.dsp.spectrum import N_FFT_MAX, N_FFT_MIN, Log, Spectrum
from moteflow.dsp.window import Window, window
from moteflow.errors import FeatureError
from moteflow.files import write_text
from moteflow.report import FeaturesPage, Recording, render_features

FLOOR = 1e-10
"""Powers below it count as this much: -100 dB."""


def run(config: FeatureConfig, files: Sequence[Path], columns: Sequence[str], output: Path) -> int:
    """Write the page of all files; none if one of them cannot be used."""
    spectrogram = spectrogram_of(config)
    recordings = [look(path, config, spectrogram, columns) for path in files]
    rows = [(each.name, each.value, each.meaning) for each in parameters(config)]
    page = FeaturesPage(config, spectrogram, rows, recordings)
    write_text(output, render_features(page))
    print(f"{output}: open it in a browser.")
    return 0


def look(
    path: Path, config: FeatureConfig, spectrogram: SpectrogramConfig, columns: Sequence[str]
) -> Recording:
    """One recording as one stream; an error names the file."""
    samples = read_signal(path, config, columns)

    def features(block: FeatureConfig) -> NDArray[np.float32]:
        values: NDArray[Any] = extract(samples[None], block, n_threads=1)[0]
        return values

    try:
        return Recording(
            name=str(path),
            samples=samples,
            spectrogram=features(spectrogram),
            steps=[features(step) for step in config.steps],
            features=features(config),
        )
    except FeatureError as error:
        raise FeatureError(f"{path}: {error}") from error


def spectrogram_of(config: FeatureConfig) -> SpectrogramConfig:
    """The spectrum, in dB, of the samples that a block takes.

    Its frames are the block's, or shorter ones where these are longer than an FFT; neighbours
    overlap by half at least. A sine of amplitude 1 has 0 dB.
    """
    frame_length = min(config.frame_length, N_FFT_MAX)
    n_fft = max(N_FFT_MIN, 1 << (frame_length - 1).bit_length())
    # The Hann window of a single sample is zero.
    gain = max(float(np.sum(window(Window.HANN, frame_length, periodic=True))), 1.0)
    return SpectrogramConfig(
        sample_rate=config.sample_rate,
        sample_type=config.sample_type,
        frame_length=frame_length,
        hop_length=max(1, min(config.hop_length, frame_length // 2)),
        axis_scale=_axis_scale(config),
        arithmetic=Arithmetic.FLOAT,
        n_fft=n_fft,
        window=Window.HANN,
        window_periodic=True,
        preemphasis=0.0,
        spectrum=Spectrum.POWER,
        spectrum_scale=(2 / gain) ** 2,
        fmin=0.0,
        fmax=config.sample_rate / 2,
        log=Log.DB,
        log_offset=0.0,
        log_floor=FLOOR,
    )


def _axis_scale(config: FeatureConfig) -> tuple[float, ...]:
    """That of a sensor's block; a block for sound takes full scale of int16 as 1."""
    if isinstance(config, SensorConfig):
        return config.axis_scale
    return (2.0**-15 if config.sample_type is SampleType.INT16 else 1.0,)
