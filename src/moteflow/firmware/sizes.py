"""Flash and static RAM of a linked firmware image, whole, by symbol and by layer."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import Section, SymbolTableSection

from moteflow.errors import FirmwareError

_STACK = ("mote_stack_bottom", "mote_stack_top")
_LAYER = re.compile(r"(?:model_)?(layer_\d+)_")


@dataclass(frozen=True)
class SymbolSize:
    """A function or an object and the bytes it takes in flash and in RAM."""

    name: str
    flash_bytes: int
    ram_bytes: int
    is_function: bool


@dataclass(frozen=True)
class LayerSize:
    """A layer's function and constants (symbols `layer_NN_*` and `model_layer_NN_*`) in flash.

    Kernels shared between layers and not inlined into them belong to no layer.
    """

    name: str
    code_bytes: int
    constant_bytes: int


@dataclass(frozen=True)
class Sizes:
    """What an image takes.

    flash_bytes  every section that is programmed, with the initial values of .data
    ram_bytes    static RAM: .data and .bss with the tensor arena, without the stack
    stack_limit_bytes  RAM left for the stack
    symbols      largest first
    layers       in the order of execution
    """

    flash_bytes: int
    ram_bytes: int
    stack_limit_bytes: int
    symbols: tuple[SymbolSize, ...]
    layers: tuple[LayerSize, ...]

    def metrics(self) -> dict[str, Any]:
        """The same ready for JSON; symbols of one name (static ones) are added up."""
        symbols: dict[str, dict[str, int]] = {}
        for symbol in self.symbols:
            sizes = symbols.setdefault(symbol.name, {"flash_bytes": 0, "ram_bytes": 0})
            sizes["flash_bytes"] += symbol.flash_bytes
            sizes["ram_bytes"] += symbol.ram_bytes
        return {
            "flash_bytes": self.flash_bytes,
            "ram_bytes": self.ram_bytes,
            "stack_limit_bytes": self.stack_limit_bytes,
            "symbols": symbols,
            "layers": {
                layer.name: {
                    "code_bytes": layer.code_bytes,
                    "constant_bytes": layer.constant_bytes,
                }
                for layer in self.layers
            },
        }


@dataclass(frozen=True)
class Content:
    """Bytes of flash: all of them, and of these the constants that have a name."""

    total: int
    constants: int


def content(objects: Sequence[Path]) -> Content:
    """What object files bring into flash, as long as the linker drops nothing of them."""
    total = constants = 0
    for path in objects:
        with path.open("rb") as stream:
            image = ELFFile(stream)
            sizes = {
                index: section["sh_size"]
                for index, section in enumerate(image.iter_sections())
                if section["sh_flags"] & 0x2 and _in_flash(section)
            }
            total += sum(sizes.values())
            constants += sum(
                size
                for _, kind, size, index in _sized_symbols(image)
                if kind == "STT_OBJECT" and index in sizes
            )
    return Content(total, constants)


def measure(elf: Path) -> Sizes:
    """Return the sizes of a bare-metal ELF; raises FirmwareError if it is none."""
    with elf.open("rb") as stream:
        try:
            return _measure(ELFFile(stream))
        except ELFError as error:
            raise FirmwareError(
                f"{elf.name} must be an ELF image. Received: {error}. Build the firmware again."
            ) from error


def _measure(image: ELFFile) -> Sizes:
    places = {
        index: (_in_flash(section), _in_ram(image, section), section)
        for index, section in enumerate(image.iter_sections())
        if section["sh_flags"] & 0x2 and section["sh_size"]
    }
    flash = sum(s["sh_size"] for in_flash, _, s in places.values() if in_flash)
    ram = sum(s["sh_size"] for _, in_ram, s in places.values() if in_ram)
    symbols = []
    code: dict[str, int] = defaultdict(int)
    constants: dict[str, int] = defaultdict(int)
    names: dict[str, str] = {}
    for name, kind, size, index in _sized_symbols(image):
        if index not in places:
            continue
        in_flash, in_ram, _ = places[index]
        is_function = kind == "STT_FUNC"
        symbols.append(SymbolSize(name, size * in_flash, size * in_ram, is_function))
        if match := _LAYER.match(name):
            (code if is_function else constants)[match[1]] += size * in_flash
            if is_function:
                names.setdefault(match[1], name)
    symbols.sort(key=lambda s: (-max(s.flash_bytes, s.ram_bytes), s.name))
    layers = tuple(LayerSize(names[key], code[key], constants[key]) for key in sorted(names))
    return Sizes(flash, ram, _stack_limit(image), tuple(symbols), layers)


def _sized_symbols(image: ELFFile) -> list[tuple[str, str, int, int]]:
    """Return (name, kind, size, section index), aliases of one place only once."""
    found: dict[tuple[int, int], tuple[str, str, int, int]] = {}
    for table in image.iter_sections():
        if not isinstance(table, SymbolTableSection):
            continue
        for symbol in table.iter_symbols():
            kind = symbol["st_info"]["type"]
            index = symbol["st_shndx"]
            if kind in ("STT_FUNC", "STT_OBJECT") and symbol["st_size"] and isinstance(index, int):
                entry = (symbol.name, kind, symbol["st_size"], index)
                place = (index, symbol["st_value"])
                found[place] = min(entry, found.get(place, entry))
    return list(found.values())


def _in_flash(section: Section) -> bool:
    return bool(section["sh_type"] != "SHT_NOBITS")


def _in_ram(image: ELFFile, section: Section) -> bool:
    """Whether it is zeroed at start-up or runs at another address than it is loaded to."""
    if section["sh_type"] == "SHT_NOBITS":
        return True
    for segment in image.iter_segments("PT_LOAD"):
        if segment.section_in_segment(section):
            return bool(segment["p_paddr"] != segment["p_vaddr"])
    return False


def _stack_limit(image: ELFFile) -> int:
    table = image.get_section_by_name(".symtab")
    bounds = [
        symbol["st_value"]
        for name in _STACK
        for symbol in (table.get_symbol_by_name(name) if table else None) or ()
    ]
    if len(bounds) != 2:
        raise FirmwareError(
            f"A bare-metal image must define {' and '.join(_STACK)}. Received: one without. "
            "Link it with the platform's linker script, and do not strip it."
        )
    return int(bounds[1] - bounds[0])
