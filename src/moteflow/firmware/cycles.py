"""Executed instructions by address, and from them an estimate of a Cortex-M4's cycles.

The timings are those of docs/cycles.md. An estimate: no wait states of the flash, no stalls.
"""

import re
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moteflow.errors import FirmwareError, ToolchainError

OBJDUMP = "arm-none-eabi-objdump"
LOAD, PIPELINED_LOAD, STORE, DIVIDE, REFILL, OTHER = 2, 1, 1, 7, 2, 1
"""Cycles; REFILL comes on top of an instruction that branches, so that a taken branch costs 3."""

_MULTIPLE = ("ldm", "stm", "push", "pop", "vldm", "vstm", "vpush", "vpop")
_DOUBLE = ("ldrd", "strd")
_LOADS = ("ldr", "vldr", "vld", "tbb", "tbh")
_STORES = ("str", "vstr", "vst")
_DIVIDES = ("sdiv", "udiv", "vdiv")
_FUNCTION = re.compile(r"^[0-9a-f]+ <(.+)>:$")
_INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\t([^\t]*)(?:\t(.*))?$")
_REGISTERS = re.compile(r"\{([^}]*)\}")
_REGISTER = re.compile(r"([a-z]+)(\d*)")


@dataclass(frozen=True)
class Instruction:
    """One line of a disassembly; `function` is the symbol it stands under.

    The mnemonic is empty where objdump knows none (CSINC and its like on Armv8.1-M).
    """

    address: int
    mnemonic: str
    operands: str
    function: str

    @property
    def is_transfer(self) -> bool:
        """Whether it loads or stores one register: what a load may be pipelined behind."""
        return not self.is_multiple and self.mnemonic.startswith(_LOADS + _STORES)

    @property
    def is_load(self) -> bool:
        return not self.is_multiple and self.mnemonic.startswith(_LOADS)

    @property
    def is_multiple(self) -> bool:
        return self.mnemonic.startswith(_MULTIPLE + _DOUBLE)

    @property
    def cycles(self) -> int:
        """Cycles where it falls through, for a load: not behind another load or store."""
        if self.mnemonic.startswith(_DOUBLE):
            return 1 + 2
        if self.is_multiple:
            return 1 + count_registers(self.operands)
        if self.is_load:
            return LOAD
        if self.mnemonic.startswith(_STORES):
            return STORE
        return DIVIDE if self.mnemonic.startswith(_DIVIDES) else OTHER


def count_registers(operands: str) -> int:
    """Words in a register list: `{r4-r6, lr}` has 4, `{d8-d9}` has 4."""
    match = _REGISTERS.search(operands)
    names = match[1].split(",") if match else []
    return sum(_words(name.strip()) for name in names)


def _words(name: str) -> int:
    first, _, last = name.partition("-")
    kind, number = _parse(first)
    count = _parse(last)[1] - number + 1 if last else 1
    return count * (2 if kind == "d" else 1)


def _parse(register: str) -> tuple[str, int]:
    match = _REGISTER.fullmatch(register)
    if match is None:
        raise FirmwareError(f"A register list must name registers. Received: {register!r}.")
    return match[1], int(match[2] or 0)


@dataclass(frozen=True)
class Listing:
    """The instructions of an ELF in the order of their addresses."""

    instructions: tuple[Instruction, ...]

    @cached_property
    def positions(self) -> dict[int, int]:
        """Position by address."""
        return {item.address: i for i, item in enumerate(self.instructions)}

    @cached_property
    def _cycles(self) -> NDArray[np.int64]:
        return np.array([item.cycles for item in self.instructions], np.int64)

    @cached_property
    def _is_pipelined(self) -> NDArray[np.int64]:
        """1 for a load whose predecessor in memory is a load or store of one register."""
        pairs = zip(self.instructions, self.instructions[1:], strict=False)
        pipelined = [before.is_transfer and item.is_load for before, item in pairs]
        return np.array([0, *pipelined][: len(self.instructions)], np.int64)

    def count(self, runs: NDArray[np.uint64]) -> "Counts":
        """Add up the counter's runs, uint64 [n, 6], whatever marker they are under.

        Raises FirmwareError if a run begins where the listing has no instruction.
        """
        size = len(self.instructions)
        steps = np.zeros(size + 1, np.int64)
        entered = np.zeros(size, np.int64)
        taken = np.zeros(size, np.int64)
        for _, address, length, executed, come_to, left in runs.tolist():
            first = self.positions.get(address)
            if first is None or first + length > size:
                raise FirmwareError(
                    "Executed code must stand in the disassembly. "
                    f"Received: {length} instructions at {address:#x}. "
                    "Count with the ELF that ran."
                )
            steps[first] += executed
            steps[first + length] -= executed
            entered[first] += come_to
            taken[first + length - 1] += left
        return Counts(self, np.cumsum(steps[:-1]), entered, taken)

    def estimate(self, counts: "Counts") -> int:
        """Cycles; what a branch leads to is never behind a load or store."""
        pipelined = (counts.executed - counts.entered) * self._is_pipelined
        cycles = counts.executed * self._cycles - pipelined * (LOAD - PIPELINED_LOAD)
        return int(cycles.sum() + counts.taken.sum() * REFILL)


@dataclass(frozen=True, eq=False)
class Counts:
    """By position in the listing: times executed, times come to by a branch, times branched."""

    listing: Listing
    executed: NDArray[np.int64]
    entered: NDArray[np.int64]
    taken: NDArray[np.int64]

    @property
    def instructions(self) -> int:
        return int(self.executed.sum())

    @property
    def cycles_estimate(self) -> int:
        return self.listing.estimate(self)

    @property
    def functions(self) -> frozenset[str]:
        """Functions of which something executed."""
        items = self.listing.instructions
        return frozenset(items[i].function for i in np.flatnonzero(self.executed))

    def histograms(self) -> Mapping[str, Counter[str]]:
        """How often each mnemonic executed, by function."""
        found: dict[str, Counter[str]] = {}
        for position in np.flatnonzero(self.executed):
            item = self.listing.instructions[position]
            histogram = found.setdefault(item.function, Counter())
            histogram[item.mnemonic] += int(self.executed[position])
        return found


def disassemble(elf: Path) -> Listing:
    """The instructions of a Cortex-M ELF; ToolchainError or FirmwareError if objdump fails."""
    command = [OBJDUMP, "-d", "--no-show-raw-insn", str(elf)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except OSError as error:
        raise ToolchainError(
            f"Estimating cycles needs {OBJDUMP}. Received: {error}. "
            "Run: apt-get install gcc-arm-none-eabi"
        ) from error
    except subprocess.CalledProcessError as error:
        raise FirmwareError(
            f"{OBJDUMP} must read {elf.name}. Received: {error.stderr.strip()}. Build it again."
        ) from error
    return parse_listing(done.stdout)


def parse_listing(text: str) -> Listing:
    """The instructions in objdump's text."""
    instructions = []
    function = ""
    for line in text.splitlines():
        if match := _FUNCTION.match(line):
            function = match[1]
        elif (match := _INSTRUCTION.match(line)) and not match[2].startswith("."):
            instructions.append(Instruction(int(match[1], 16), match[2], match[3] or "", function))
    return Listing(tuple(instructions))
