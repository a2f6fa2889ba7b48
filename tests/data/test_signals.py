"""What a file becomes for a block, by its suffix."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

from moteflow.data.signals import read_signal
from moteflow.dsp import BlockDescription, SampleType, SensorConfig
from moteflow.errors import DatasetError


@dataclass(frozen=True)
class Sensor(SensorConfig):
    """A block of which only the samples matter."""

    block = "sensor"

    @property
    def feature_names(self) -> tuple[str, ...]:
        return ("feature",)

    def describe(self) -> BlockDescription:
        raise AssertionError("nothing is computed")


def sensor(n_axes: int, sample_type: SampleType) -> Sensor:
    return Sensor(16000, sample_type, 10, 10, (1.0,) * n_axes)


def test_sound_becomes_mono_at_the_blocks_rate(tmp_path: Path) -> None:
    file = tmp_path / "stereo.flac"
    soundfile.write(file, np.tile(np.float32([0.5, 0.25]), (4000, 1)), 8000)
    samples = read_signal(file, sensor(1, SampleType.INT16))
    assert (samples.dtype, samples.shape) == (np.int16, (8000, 1))
    assert samples[4000, 0] == pytest.approx(0.375 * 32768, rel=0.01)


def test_rows_become_samples_of_the_blocks_type(tmp_path: Path) -> None:
    file = tmp_path / "FAN.CSV"
    file.write_text("x,y\n1,2\n3,4\n")
    for sample_type in SampleType:
        samples = read_signal(file, sensor(2, sample_type))
        assert samples.dtype == sample_type.value
        assert samples.tolist() == [[1, 2], [3, 4]]
    assert read_signal(file, sensor(1, SampleType.INT16), ["y"]).tolist() == [[2], [4]]


@pytest.mark.parametrize(("n_axes", "sample_type"), [(3, "int16"), (1, "float32")])
def test_sound_is_for_blocks_of_int16_on_one_axis(
    tmp_path: Path, n_axes: int, sample_type: str
) -> None:
    with pytest.raises(
        DatasetError, match=rf"takes {sample_type} samples of {n_axes} axes.*a\.wav"
    ):
        read_signal(tmp_path / "a.wav", sensor(n_axes, SampleType(sample_type)))


def test_an_unusable_recording_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"absent\.wav: not a regular file"):
        read_signal(tmp_path / "absent.wav", sensor(1, SampleType.INT16))
