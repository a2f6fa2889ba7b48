"""Every block, as conf/features has it and in every arithmetic and sample type that it takes,
gives the same bytes on this machine and on six emulated cores.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from moteflow.composition import compose_features
from moteflow.data.audio import decode
from moteflow.data.sensors import read_sensors
from moteflow.dsp import BLOCKS, Arithmetic, FeatureConfig, SampleType, extract
from moteflow.errors import FeatureError
from moteflow.firmware.features_bench import count_mismatches, expected_values
from moteflow.firmware.features_image import Answer, build_features_image
from moteflow.firmware.toolchain import BOARDS_OF_CPUS

ROOT = Path(__file__).resolve().parents[2]
N_WINDOWS, N_FRAMES = 200, 8


@dataclass(frozen=True)
class Motion:
    """Recordings of accelerometers: how many to take, and what they write for one g."""

    folder: str
    n_files: int
    one_g: float
    columns: tuple[str, ...] = ()


MOTION = (
    Motion("motion/geotec_har", 20, 9.80665, ("x_acc", "y_acc", "z_acc")),
    Motion("motion/st_har", 20, 1000),
    Motion("vibration/ceiling_fan", 100, 1),
)


def variants() -> Iterator[FeatureConfig]:
    """Each block's own configuration first, then what else it takes of sample and arithmetic."""
    for path in sorted((ROOT / "conf/features").glob("*.yaml")):
        config = compose_features(ROOT / "conf", [f"features={path.stem}"])
        yield config
        fields = {field.name for field in dataclasses.fields(config)}
        arithmetics = list(Arithmetic) if "arithmetic" in fields else [None]
        for sample_type, arithmetic in product(SampleType, arithmetics):
            changes: dict[str, object] = {"sample_type": sample_type}
            if arithmetic is not None:
                changes["arithmetic"] = arithmetic
            try:
                changed = dataclasses.replace(config, **changes)  # type: ignore[arg-type]
            except FeatureError:
                continue
            if changed != config:
                yield changed


VARIANTS = list(variants())


def name_of(config: FeatureConfig) -> str:
    arithmetic = getattr(config, "arithmetic", None)
    words = (config.block, arithmetic and arithmetic.value, config.sample_type.value)
    return "-".join(word for word in words if word)


@cache
def sound(folder: Path, n_files: int) -> np.ndarray:
    """Recordings of a folder, end to end: int16 [n, 1] at 16 kHz."""
    paths = sorted(folder.rglob("*.wav"))
    clips = [decode(path, 16000) for path in paths[:: len(paths) // n_files]]
    return np.concatenate(clips)[:, None]


@cache
def acceleration(source: Motion, data: Path) -> np.ndarray:
    """A source's recordings, end to end: float32 [n, 3] in g."""
    paths = sorted((data / source.folder).glob("*/*.csv"))
    chosen = paths[:: len(paths) // source.n_files]
    clips = [read_sensors(path, 3, "float32", source.columns) for path in chosen]
    return np.concatenate(clips) / np.float32(source.one_g)


def cut(stream: np.ndarray, length: int, n_windows: int) -> np.ndarray:
    """Windows that begin at even distances: [n_windows, length, axes]."""
    starts = np.linspace(0, len(stream) - length, n_windows).astype(int)
    return np.stack([stream[start : start + length] for start in starts])


def real_windows(config: FeatureConfig, length: int, data: Path) -> np.ndarray:
    """200 windows of real recordings: of speech for a sound block, else of motion and a fan."""
    if config.n_axes == 1 and config.sample_type is SampleType.INT16:
        audio = data / "audio"
        streams = [sound(audio / "speech_commands_v0.02_testset", 50), sound(audio / "fsdd", 100)]
    else:
        axes = np.arange(config.n_axes) % 3
        streams = [of_type(acceleration(source, data)[:, axes], config) for source in MOTION]
    counts = np.diff(np.linspace(0, N_WINDOWS, len(streams) + 1).astype(int))
    return np.concatenate(
        [cut(stream, length, count) for stream, count in zip(streams, counts, strict=True)]
    )


def of_type(samples: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """As the block takes them; int16 has 8 g as full scale."""
    if config.sample_type is SampleType.FLOAT32:
        return samples.astype(np.float32)
    return np.clip(np.rint(samples * 4096), -(2**15), 2**15 - 1).astype(np.int16)


def extreme_windows(config: FeatureConfig, length: int) -> np.ndarray:
    """Silence, full scale, square waves, impulses, the smallest steps; denormals of floats."""
    is_float = config.sample_type is SampleType.FLOAT32
    low, high = (-(2.0**24), 2.0**24) if is_float else (-(2**15), 2**15 - 1)
    instant = np.arange(length)
    signals = [
        np.zeros(length),
        np.full(length, low),
        np.where(instant // 8 % 2, high, low),
        np.where(instant % 2, high, low),
        np.where(instant == length // 3, high, 0),
        np.where(instant == 0, low, 0),
        np.where(instant % 2, 1, -1),
        np.ones(length),
    ]
    if is_float:
        tiny = np.finfo(np.float32).smallest_subnormal
        signals += [
            np.full(length, tiny),
            np.where(instant % 3, 1e-40, -1e-41),
            np.where(instant % 2, 1e-20, -1e-38),
            np.where(instant % 2, high, tiny),
        ]
    windows = np.stack(signals).astype(config.sample_type.value)
    return np.repeat(windows[:, :, None], config.n_axes, axis=2)


def refused_windows(config: FeatureConfig, windows: np.ndarray) -> np.ndarray:
    """Float windows with a sample in the last hop that may not be: NaN, infinity, beyond 2^24."""
    if config.sample_type is not SampleType.FLOAT32:
        return windows[:0]
    wrong = (np.nan, -np.nan, np.inf, -np.inf, 2.0**24 + 2, -(2.0**25))
    refused = windows[: len(wrong)].copy()
    refused[:, -1, -1] = wrong
    return refused


@pytest.mark.parametrize("cpu", BOARDS_OF_CPUS)
@pytest.mark.parametrize("config", VARIANTS, ids=name_of)
def test_a_core_computes_the_hosts_bytes(
    config: FeatureConfig, cpu: str, shared_data: Path, root: Path, tmp_path: Path
) -> None:
    length = config.frame_length + (N_FRAMES - 1) * config.hop_length
    real = real_windows(config, length, shared_data)
    assert len(real) == N_WINDOWS
    refused = refused_windows(config, real)
    allowed = np.concatenate([extreme_windows(config, length), real])
    target, folder = BOARDS_OF_CPUS[cpu], tmp_path / "image"
    image = build_features_image(config.describe(), length, target, root / "firmware", folder)
    answers = image.run(np.concatenate([refused, allowed]))

    assert [answer.rejected for answer in answers] == [True] * len(refused) + [False] * len(allowed)
    assert count_mismatches(answers[len(refused) :], expected_values(config, allowed)) == 0
    before = expected_values(config, real[: len(refused), : -config.hop_length])
    assert count_mismatches(answers[: len(refused)], before) == 0
    for window in refused:
        with pytest.raises(FeatureError, match="finite"):
            extract(window[None], config)


def test_every_block_is_compared() -> None:
    assert {config.block for config in VARIANTS} == set(BLOCKS)


def test_a_wrong_byte_is_counted(root: Path) -> None:
    config = compose_features(root / "conf", ["features=mfe"])
    windows = np.ones((2, config.frame_length, 1), np.int16)
    expected = expected_values(config, windows)
    answers = [Answer(values.copy(), rejected=False) for values in expected]
    assert count_mismatches(answers, expected) == 0
    answers[1].values.view(np.uint8)[0, 5] ^= 1
    assert count_mismatches(answers, expected) == 1
    short = [answers[0], Answer(answers[1].values[:0], rejected=False)]
    assert count_mismatches(short, expected) == expected[1].nbytes
