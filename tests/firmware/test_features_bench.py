"""A feature block's figures agree with each other, with the code and with the host."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moteflow.composition import compose_features
from moteflow.dsp import FeatureConfig
from moteflow.errors import FeatureError, FirmwareError
from moteflow.firmware import features_bench as module
from moteflow.firmware.features_bench import (
    FeatureBench,
    bench_features,
    default_window,
    synthetic_windows,
)


@pytest.fixture(scope="module")
def config(root: Path) -> FeatureConfig:
    return compose_features(root / "conf", ["features=mfe"])


def measure(
    config: FeatureConfig, root: Path, target: str = "mps2_an386", n_frames: int = 3
) -> FeatureBench:
    length = config.frame_length + (n_frames - 1) * config.hop_length
    return bench_features(config, synthetic_windows(config, 2, length), target, root / "firmware")


@pytest.fixture(scope="module")
def report(config: FeatureConfig, root: Path) -> FeatureBench:
    return measure(config, root)


def test_figures_agree_with_each_other(config: FeatureConfig, report: FeatureBench) -> None:
    assert report.mismatches == 0
    assert report.instructions_per_window is not None and report.cycles_estimate is not None
    assert report.instructions_per_second == pytest.approx(
        report.instructions_per_window / 3 * config.sample_rate / config.hop_length, abs=10
    )
    assert report.instructions_per_window < report.cycles_estimate
    assert report.cycles_estimate < 3 * report.instructions_per_window


def test_memory_is_what_the_block_declares(config: FeatureConfig, report: FeatureBench) -> None:
    block = config.describe()
    assert report.ram is not None and report.flash is not None
    assert report.ram.frame == 2 * config.frame_length
    assert (report.ram.scratch, report.ram.state) == (block.scratch_size, block.state_size)
    assert 0 < report.ram.stack < 1024
    arrays = sum(table.values.nbytes for table in block.tables)
    structs = report.flash.tables - arrays
    assert 36 < structs < 128
    assert 500 < report.flash.code < 8192


def test_a_frame_more_costs_a_frame_more(
    config: FeatureConfig, root: Path, report: FeatureBench
) -> None:
    longer = measure(config, root, n_frames=6)
    assert report.instructions_per_window is not None
    assert longer.instructions_per_window == pytest.approx(
        2 * report.instructions_per_window, rel=0.02
    )
    assert (longer.flash, longer.ram) == (report.flash, report.ram)


def test_measuring_twice_gives_the_same(
    config: FeatureConfig, root: Path, report: FeatureBench
) -> None:
    assert measure(config, root) == report


def test_a_core_without_floating_point_needs_more_code_and_instructions(
    config: FeatureConfig, root: Path, report: FeatureBench
) -> None:
    soft = measure(config, root, "microbit")
    assert soft.mismatches == 0
    assert soft.instructions_per_window is not None and report.instructions_per_window is not None
    assert soft.instructions_per_window > 10 * report.instructions_per_window
    assert soft.flash is not None and report.flash is not None
    assert soft.flash.tables == report.flash.tables
    assert soft.flash.code > report.flash.code


def test_the_host_counts_nothing(config: FeatureConfig, root: Path) -> None:
    report = measure(config, root, "host")
    assert report.mismatches == 0
    counted = (report.instructions_per_window, report.instructions_per_second)
    assert (*counted, report.cycles_estimate, report.flash, report.ram) == (None,) * 5


def test_a_wrong_byte_is_seen(
    config: FeatureConfig, root: Path, report: FeatureBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract = module.extract

    def disturbed(*arguments: object) -> np.ndarray:
        features = extract(*arguments)  # type: ignore[arg-type]
        features.view(np.uint8)[1, 2, 3] ^= 4
        return features

    monkeypatch.setattr(module, "extract", disturbed)
    assert measure(config, root) == replace(report, mismatches=1)


def test_a_window_shorter_than_a_frame_is_refused(config: FeatureConfig, root: Path) -> None:
    with pytest.raises(FeatureError, match="at least one frame"):
        bench_features(config, synthetic_windows(config, 1, 100), "host", root / "firmware")


def test_a_block_that_does_not_fit_is_refused(root: Path) -> None:
    overrides = ["features=mfe", "features.n_fft=4096", "features.frame_length=4096"]
    with pytest.raises(FirmwareError, match=r"fit it[^$]*overflowed"):
        measure(compose_features(root / "conf", overrides), root, "microbit")


def test_the_default_window_is_a_second_or_a_frame(config: FeatureConfig) -> None:
    assert default_window(config) == 16000
    assert default_window(replace(config, sample_rate=500.0, fmin=2.0, fmax=250.0)) == 640
