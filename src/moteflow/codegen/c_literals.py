"""Values as C11 source: strings, floats, integers and arrays."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

LINE_WIDTH = 100
INDENT = "    "


def c_string(text: str) -> str:
    """A string literal with the UTF-8 bytes of `text`.

    All but printable ASCII becomes octal escapes (three digits, so that no digit after them joins
    in); question marks are escaped because of trigraphs.
    """
    return '"' + "".join(_character(byte) for byte in text.encode()) + '"'


def c_float(value: float | np.float32) -> str:
    """A float32 as an exact hexadecimal literal. `value` must be a finite float32."""
    number = float(value)
    if not math.isfinite(number) or float(np.float32(number)) != number:
        raise ValueError(f"A C float literal must be a finite float32. Received: {value!r}.")
    mantissa, exponent = number.hex().split("p")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}p{int(exponent)}f"


def c_int32(value: int) -> str:
    """A signed 32-bit number; the smallest has no literal of its own in C."""
    if not -(2**31) <= value < 2**31:
        raise ValueError(f"A C int32 must be in [-2^31, 2^31). Received: {value}.")
    return "(-2147483647 - 1)" if value == -(2**31) else str(value)


def c_integers(values: Iterable[int]) -> str:
    """The lines between the braces of an array of integers."""
    return c_lines([c_int32(int(value)) for value in values])


def c_unsigned(values: Iterable[int]) -> str:
    """The lines between the braces of an array of unsigned integers."""
    return c_lines([f"{int(value)}u" for value in values])


def c_floats(values: Iterable[np.float32]) -> str:
    """The lines between the braces of an array of floats."""
    return c_lines([c_float(value) for value in values])


def c_lines(literals: Sequence[str]) -> str:
    """Literals with commas, indented and wrapped at 100 columns."""
    lines: list[str] = []
    line = INDENT
    for literal in literals:
        item = f"{literal},"
        if line != INDENT and len(line) + 1 + len(item) > LINE_WIDTH:
            lines.append(line)
            line = INDENT
        line += item if line == INDENT else f" {item}"
    return "\n".join([*lines, line])


def _character(byte: int) -> str:
    if chr(byte) in '"\\?':
        return "\\" + chr(byte)
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"
