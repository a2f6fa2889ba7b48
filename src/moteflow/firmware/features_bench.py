"""A feature block on a board, measured: is it bit-exact, how fast is it, what memory it takes."""

import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moteflow.dsp import FeatureConfig, SampleType, extract, feature_shape
from moteflow.firmware.features_image import (
    Answer,
    FeaturesImage,
    Run,
    build_features_image,
)
from moteflow.firmware.sizes import measure
from moteflow.firmware.toolchain import FIRMWARE

AMPLITUDE = {SampleType.INT16: 3277.0, SampleType.FLOAT32: 1.0}
"""Standard deviation of the synthetic signal: a tenth of full scale, or one unit of a sensor."""


@dataclass(frozen=True)
class FeatureFlash:
    """Bytes that the block brings along.

    code    its functions and those it calls, mote_features.c and the compiler's with them
    tables  its constants: parameters and arrays
    """

    code: int
    tables: int


@dataclass(frozen=True)
class FeatureRam:
    """Bytes. scratch may be shared between pushes; state and frame belong to the stream."""

    scratch: int
    state: int
    stack: int
    frame: int


@dataclass(frozen=True)
class FeatureBench:
    """One block on one target; None where the host cannot tell.

    instructions_per_window  executed in the pushes of one window, mean
    instructions_per_second  the same of a second of an endless stream: a frame every hop
    cycles_estimate          of a window, as docs/cycles.md says
    mismatches               bytes of features that differ from the host's, over all windows
    """

    block: str
    target: str
    instructions_per_window: int | None
    instructions_per_second: int | None
    cycles_estimate: int | None
    flash: FeatureFlash | None
    ram: FeatureRam | None
    mismatches: int

    def json(self) -> dict[str, Any]:
        return asdict(self)


def default_window(config: FeatureConfig) -> int:
    """Samples of one second of signal, or of one frame where that is longer."""
    return max(round(config.sample_rate), config.frame_length)


def synthetic_windows(
    config: FeatureConfig, n_windows: int, window_samples: int, seed: int = 0
) -> NDArray[Any]:
    """Normal noise of `AMPLITUDE`, clipped to the sample type: [n, window_samples, n_axes]."""
    shape = (n_windows, window_samples, config.n_axes)
    noise = np.random.default_rng(seed).normal(0, AMPLITUDE[config.sample_type], shape)
    if config.sample_type is SampleType.INT16:
        return np.clip(np.rint(noise), -(2**15), 2**15 - 1).astype(np.int16)
    return noise.astype(np.float32)


def bench_features(
    config: FeatureConfig,
    windows: NDArray[Any],
    target: str,
    firmware_dir: Path = FIRMWARE,
    progress: Callable[[int], None] = lambda _: None,
) -> FeatureBench:
    """Build the block into an image for `target`, stream each window, compare with the host.

    `windows` are [n, window_samples, n_axes] of the block's sample type, each a stream of its own.
    `progress` gets how many of them have newly been answered. Raises what `extract` and
    `build_features_image` raise.
    """
    expected = expected_values(config, windows)
    with tempfile.TemporaryDirectory(prefix="moteflow-") as name:
        image = build_features_image(
            config.describe(), windows.shape[1], target, firmware_dir, Path(name) / "image"
        )
        run = image.run_measured(windows, progress)
        flash = _flash(image) if image.board.machine else None
    return _report(config, target, windows, run, expected, flash)


def expected_values(config: FeatureConfig, windows: NDArray[Any]) -> NDArray[Any]:
    """What a device has to answer: the host's features in the block's own type."""
    features, block = extract(windows, config), config.describe()
    if block.features_type == "float":
        return features
    steps: NDArray[np.int32] = np.rint(features / np.float32(block.features_scale)).astype(np.int32)
    return steps


def count_mismatches(answers: list[Answer], expected: NDArray[Any]) -> int:
    """Bytes that differ; a frame or window that is missing or too many counts with all of its."""
    mismatches = 0
    for answer, values in zip(answers, expected, strict=True):
        actual = np.frombuffer(answer.values.tobytes(), np.uint8)
        wanted = np.frombuffer(values.tobytes(), np.uint8)
        shared = min(actual.size, wanted.size)
        mismatches += int(np.not_equal(actual[:shared], wanted[:shared]).sum())
        mismatches += max(actual.size, wanted.size) - shared
    return mismatches


def _report(
    config: FeatureConfig,
    target: str,
    windows: NDArray[Any],
    run: Run,
    expected: NDArray[Any],
    flash: FeatureFlash | None,
) -> FeatureBench:
    block, counts, n_windows = config.describe(), run.counts, len(windows)
    n_frames, _ = feature_shape(config, windows.shape[1])
    frames_per_second = config.sample_rate / config.hop_length
    per_window = counts.instructions / n_windows if counts else 0.0
    return FeatureBench(
        block=config.block,
        target=target,
        instructions_per_window=round(per_window) if counts else None,
        instructions_per_second=(
            round(per_window / n_frames * frames_per_second) if counts else None
        ),
        cycles_estimate=round(counts.cycles_estimate / n_windows) if counts else None,
        flash=flash,
        ram=(
            FeatureRam(block.scratch_size, block.state_size, run.stack_bytes, block.frame_size)
            if run.stack_bytes is not None
            else None
        ),
        mismatches=count_mismatches(run.answers, expected),
    )


def _flash(image: FeaturesImage) -> FeatureFlash:
    """The image without its harness: what has a name and is no function is a table."""
    sizes, harness = measure(image.elf), image.harness
    constants = sum(symbol.flash_bytes for symbol in sizes.symbols if not symbol.is_function)
    tables = constants - harness.constants
    return FeatureFlash(sizes.flash_bytes - harness.total - tables, tables)
