"""Counting guest instructions, against programs whose instructions are counted by hand."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from moteflow.errors import FirmwareError, ToolchainError
from moteflow.firmware.emulator import QEMU, Counter, run_counted
from moteflow.firmware.profile import (
    Count,
    LayerCount,
    build_plugin,
    marker_addresses,
    read_profile,
)
from moteflow.firmware.toolchain import find_board

NAMES = (
    "mote_mark_features_begin",
    "mote_mark_features_end",
    "mote_mark_inference_begin",
    "mote_mark_inference_end",
    "layer_00_conv",
    "layer_01_pool",
)


@pytest.fixture
def plugin(firmware_dir: Path) -> Path:
    return build_plugin(firmware_dir / "tools" / "instruction_counter.c", QEMU)


def count(elf: Path, firmware_dir: Path, plugin: Path) -> tuple[NDArray[np.uint64], list[str]]:
    markers = marker_addresses(elf)
    counter = Counter(plugin, tuple(markers.values()))
    counted = run_counted(find_board("mps2_an386", firmware_dir), elf, [], counter)
    return counted.notes, list(markers)


def test_counts_equal_those_by_hand(
    image: Callable[[str], Path], firmware_dir: Path, plugin: Path
) -> None:
    profile = read_profile(*count(image("counted"), firmware_dir, plugin))
    assert profile.window == Count(6, 6, 6)
    assert profile.inference == Count(22, 22, 22)
    assert profile.layers == (
        LayerCount("layer_00_loop", Count(12, 12, 12)),
        LayerCount("layer_01_conditional", Count(7, 7, 7)),
    )


def test_counts_are_the_same_twice(
    image: Callable[[str], Path], firmware_dir: Path, plugin: Path
) -> None:
    first, second = (count(image("counted"), firmware_dir, plugin)[0] for _ in range(2))
    np.testing.assert_array_equal(first, second)


def notes(*pairs: tuple[int, int]) -> NDArray[np.uint64]:
    return np.array(pairs, np.uint64).reshape(-1, 2)


def test_a_window_sums_the_spans_since_the_inference_before() -> None:
    first = [(0, 10), (1, 15), (0, 20), (1, 22), (2, 30), (4, 31), (5, 35), (3, 40)]
    second = [(0, 50), (1, 54), (2, 60), (4, 62), (5, 65), (3, 75)]
    profile = read_profile(notes(*first, *second), NAMES)
    assert profile.window == Count(round((7 + 4) / 2), 4, 7)
    assert profile.inference == Count(round((10 + 15) / 2), 10, 15)
    assert [layer.instructions for layer in profile.layers] == [Count(4, 3, 4), Count(8, 5, 10)]


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [(2, 1)],
        [(1, 1)],
        [(2, 1), (2, 2)],
        [(0, 1), (3, 2)],
        [(2, 1), (3, 2), (0, 3)],
    ],
)
def test_markers_out_of_order_are_refused(pairs: list[tuple[int, int]]) -> None:
    with pytest.raises(FirmwareError, match="Markers must come in pairs"):
        read_profile(notes(*pairs), NAMES)


def test_parts_of_a_layer_count_as_one() -> None:
    names = ("mote_mark_inference_begin", "mote_mark_inference_end")
    names += ("layer_00_stream", "layer_00_first_conv", "layer_00_second_conv", "layer_01_pool")
    pairs = [(0, 1), (2, 2), (3, 4), (4, 7), (3, 9), (5, 12), (1, 20)]
    profile = read_profile(notes(*pairs), names)
    assert [(layer.name, layer.instructions.mean) for layer in profile.layers] == [
        ("layer_00_stream", 10),
        ("layer_01_pool", 8),
    ]


def test_inferences_that_differ_in_layers_are_refused() -> None:
    pairs = [(2, 1), (4, 2), (3, 3), (2, 4), (5, 5), (3, 6)]
    with pytest.raises(FirmwareError, match="same layers"):
        read_profile(notes(*pairs), NAMES)


def test_image_without_markers_is_refused(image: Callable[[str], Path]) -> None:
    with pytest.raises(FirmwareError, match="Missing: mote_mark_inference_begin"):
        marker_addresses(image("copying"))


def test_plugin_is_built_once(firmware_dir: Path, plugin: Path) -> None:
    built = plugin.stat().st_mtime_ns
    assert build_plugin(firmware_dir / "tools" / "instruction_counter.c", QEMU) == plugin
    assert plugin.stat().st_mtime_ns == built


def test_plugin_that_does_not_compile_is_a_toolchain_error(tmp_path: Path) -> None:
    source = tmp_path / "broken.c"
    source.write_text("this is no C\n")
    with pytest.raises(ToolchainError, match=r"broken\.c must compile"):
        build_plugin(source, QEMU)


def test_missing_tools_are_named(
    firmware_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = firmware_dir / "tools" / "instruction_counter.c"
    with pytest.raises(ToolchainError, match="apt-get install qemu-system-arm"):
        build_plugin(source, "qemu-system-nowhere")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolchainError, match="apt-get install gcc"):
        build_plugin(source, QEMU)


def test_plugin_that_does_not_load_is_a_toolchain_error(
    image: Callable[[str], Path], firmware_dir: Path, tmp_path: Path
) -> None:
    library = shutil.copy(image("counted"), tmp_path / "plugin.so")
    with pytest.raises(ToolchainError, match="must load the counting plugin"):
        count(image("counted"), firmware_dir, Path(library))
