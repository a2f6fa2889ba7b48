"""The cycle estimate, against snippets whose cycles are counted by hand from docs/cycles.md."""

from collections import Counter as Histogram
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from moteflow.errors import FirmwareError
from moteflow.firmware.cycles import count_registers, disassemble, parse_listing
from moteflow.firmware.emulator import QEMU, Counted, Counter, run_counted
from moteflow.firmware.profile import build_plugin, marker_addresses, read_profile
from moteflow.firmware.toolchain import find_board

CALL = 3  # the bl of the next layer, which belongs to the span of the one before
RETURN = 3
EXPECTED = {
    "layer_00_loads": 2 + 1 + 1 + 2 + 1 + 1 + RETURN + CALL,
    "layer_01_multiple": 5 + 3 + 2 + 3 + 3 + (5 + 2) + CALL,
    "layer_02_loop": 1 + 3 * 2 + (3 + 3 + 1) + RETURN + CALL,
    "layer_03_loop_of_loads": 1 + 2 + (1 + 2 + 2) + 3 * 1 + (3 + 3 + 1) + RETURN + CALL,
    "layer_04_divide": 1 + 7 + 7 + RETURN + CALL,
    "layer_05_conditional": 1 + 1 + 2 + 1 + 1 + RETURN + CALL,
    "layer_06_across_pages": 3 + 2 + 1 + RETURN + CALL,
    "layer_07_table": 1 + (2 + 2) + RETURN + CALL,
}


@pytest.fixture(scope="module")
def elf(image: Callable[[str], Path]) -> Path:
    return image("timed")


@pytest.fixture(scope="module")
def counted(elf: Path, firmware_dir: Path) -> Counted:
    plugin = build_plugin(firmware_dir / "tools" / "instruction_counter.c", QEMU)
    counter = Counter(plugin, tuple(marker_addresses(elf).values()))
    return run_counted(find_board("mps2_an386", firmware_dir), elf, [], counter)


def test_cycles_equal_those_by_hand(elf: Path, counted: Counted) -> None:
    listing = disassemble(elf)
    actual = {}
    for index, name in enumerate(marker_addresses(elf)):
        if name.startswith("layer"):
            actual[name] = listing.count(counted.runs[counted.runs[:, 0] == index])
    assert {name: counts.cycles_estimate / 2 for name, counts in actual.items()} == EXPECTED
    assert actual["layer_07_table"].functions == {"layer_07_table", "window"}


def test_the_second_load_across_pages_begins_a_run(counted: Counted) -> None:
    assert any(address % 4096 == 0 for address in counted.runs[:, 1].tolist())


def test_runs_add_up_to_the_notes(elf: Path, counted: Counted) -> None:
    names = tuple(marker_addresses(elf))
    listing = disassemble(elf)
    for layer in read_profile(counted.notes, names).layers:
        rows = counted.runs[counted.runs[:, 0] == names.index(layer.name)]
        assert listing.count(rows).instructions == 2 * layer.instructions.mean


def test_histograms_are_by_function(elf: Path, counted: Counted) -> None:
    index = tuple(marker_addresses(elf)).index("layer_02_loop")
    counts = disassemble(elf).count(counted.runs[counted.runs[:, 0] == index])
    histogram = counts.histograms()["layer_02_loop"]
    assert histogram == Histogram({"movs": 2, "nop": 6, "subs": 6, "bne.n": 6, "bx": 2})


def test_counting_twice_gives_the_same(counted: Counted, elf: Path, firmware_dir: Path) -> None:
    plugin = build_plugin(firmware_dir / "tools" / "instruction_counter.c", QEMU)
    counter = Counter(plugin, tuple(marker_addresses(elf).values()))
    again = run_counted(find_board("mps2_an386", firmware_dir), elf, [], counter)
    np.testing.assert_array_equal(again.runs, counted.runs)


@pytest.mark.parametrize(
    ("operands", "words"),
    [("{r4, r5, lr}", 3), ("r0!, {r1-r4, r8}", 5), ("{d8-d15}", 16), ("r0!, {s0-s3}", 4)],
)
def test_register_lists(operands: str, words: int) -> None:
    assert count_registers(operands) == words


def test_data_between_instructions_is_no_instruction() -> None:
    text = "00000010 <f>:\n  10:\tbx\tlr\n  12:\t.short\t0x0000\n  14:\t.word\t0x20000000\n"
    listing = parse_listing(text)
    assert [item.address for item in listing.instructions] == [16]
    with pytest.raises(FirmwareError, match="must stand in the disassembly"):
        listing.count(np.array([[0, 0x14, 1, 1, 1, 0]], np.uint64))


def test_instructions_that_objdump_does_not_know_are_counted() -> None:
    text = "00000010 <f>:\n  10:\tbx\tlr\n  12:\t\t\t@ <UNDEFINED> instruction: 0xea5494a4\n"
    listing = parse_listing(text)
    counts = listing.count(np.array([[0, 0x12, 1, 5, 5, 0]], np.uint64))
    assert (counts.instructions, counts.cycles_estimate) == (5, 5)
