"""Sizes from the ELF, against objects of known size and binutils' own sum."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from moteflow.errors import FirmwareError
from moteflow.firmware.sizes import LayerSize, SymbolSize, measure

RAM_SIZE = 64 * 1024


@pytest.mark.parametrize("name", ["sized", "counted", "copying"])
def test_totals_equal_binutils(image: Callable[[str], Path], name: str) -> None:
    output = subprocess.run(
        ["arm-none-eabi-size", image(name)], capture_output=True, text=True, check=True
    ).stdout
    text, data, bss = (int(field) for field in re.findall(r"\d+", output.splitlines()[1])[:3])
    sizes = measure(image(name))
    assert sizes.flash_bytes == text + data
    assert sizes.ram_bytes == data + bss
    assert sizes.stack_limit_bytes == RAM_SIZE - sizes.ram_bytes


def test_symbols_are_in_the_memory_they_take(image: Callable[[str], Path]) -> None:
    symbols = {symbol.name: symbol for symbol in measure(image("sized")).symbols}
    assert symbols["zeroed"] == SymbolSize("zeroed", 0, 100, False)
    assert symbols["set"] == SymbolSize("set", 12, 12, False)
    assert symbols["layer_00_conv"] == SymbolSize("layer_00_conv", 6, 0, True)
    assert next(iter(symbols)) == "zeroed"


def test_layers_have_their_code_and_constants(image: Callable[[str], Path]) -> None:
    assert measure(image("sized")).layers == (
        LayerSize("layer_00_conv", 6, 48),
        LayerSize("layer_01_dense", 2, 16),
    )


def test_file_that_is_no_elf_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "firmware.elf"
    path.write_bytes(b"not an ELF at all")
    with pytest.raises(FirmwareError, match=r"firmware\.elf must be an ELF"):
        measure(path)


def test_program_of_this_machine_is_refused() -> None:
    with pytest.raises(FirmwareError, match="mote_stack_bottom"):
        measure(Path(sys.executable).resolve())
