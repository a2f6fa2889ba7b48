"""One file becomes the samples that a feature block takes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from moteflow.data.audio import UnusableAudioError, decode
from moteflow.data.sensors import read_sensors
from moteflow.dsp import FeatureConfig, SampleType
from moteflow.errors import DatasetError

SENSORS = ".csv"


def read_signal(path: Path, config: FeatureConfig, columns: Sequence[str] = ()) -> NDArray[Any]:
    """The whole recording as [n_samples, n_axes] of the block's sample type.

    A CSV file is read as `read_sensors` does, its rows taken to be `config.sample_rate` apart;
    any other file is sound, made mono and resampled to that rate. Raises DatasetError.
    """
    if path.suffix.lower() == SENSORS:
        return read_sensors(path, config.n_axes, config.sample_type.value, columns)
    if config.n_axes != 1 or config.sample_type is not SampleType.INT16:
        raise DatasetError(
            f"The block {config.block} takes {config.sample_type.value} samples of {config.n_axes} "
            f"axes, which are read from a .csv file. Received: {path}. Convert it, or choose a "
            "block for sound."
        )
    if columns:
        raise DatasetError(
            f"--columns chooses from a .csv file. Received: {path}. Leave the option out."
        )
    try:
        return decode(path, round(config.sample_rate))[:, None]
    except UnusableAudioError as error:
        raise DatasetError(
            f"A recording must be readable and whole. Received: {path}: {error}. Leave it out."
        ) from error
