"""Reads flatbuffer tables with every offset checked: a malformed file ends in a GraphError.

Format: FlatBuffers internals (tables with vtables, unsigned forward offsets, little-endian).
Fields are named by slot, their position in the schema's table.
"""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from moteflow.errors import GraphError

MAX_STRING = 1024


@dataclass(frozen=True)
class Table:
    """A table at `position` of `data`."""

    data: bytes
    position: int

    def _unpack(self, code: str, position: int) -> Any:
        size = struct.calcsize("<" + code)
        if position < 0 or position + size > len(self.data):
            raise GraphError(
                "A .tflite must hold every field it points to. "
                f"Received: an offset to byte {position} of {len(self.data)}. "
                "The file is truncated or corrupt; convert or download it again."
            )
        return struct.unpack_from("<" + code, self.data, position)[0]

    def _field(self, slot: int) -> int | None:
        vtable = self.position - self._unpack("i", self.position)
        entry = 4 + 2 * slot
        if entry + 2 > self._unpack("H", vtable):
            return None
        offset = self._unpack("H", vtable + entry)
        return self.position + offset if offset else None

    def _target(self, position: int) -> int:
        return position + int(self._unpack("I", position))

    def _vector(self, slot: int, item_size: int) -> tuple[int, int]:
        """Start and length of a vector; (0, 0) when the field is absent."""
        field = self._field(slot)
        if field is None:
            return 0, 0
        position = self._target(field)
        length = self._unpack("I", position)
        if position + 4 + length * item_size > len(self.data):
            raise GraphError(
                "A vector in a .tflite must end inside the file. "
                f"Received: {length} items at byte {position} of {len(self.data)}. "
                "The file is truncated or corrupt; convert or download it again."
            )
        return position + 4, length

    def number(self, slot: int, code: str, default: Any) -> Any:
        """A scalar field; `code` is its struct format."""
        field = self._field(slot)
        return default if field is None else self._unpack(code, field)

    def table(self, slot: int) -> "Table | None":
        """The table a field points to."""
        field = self._field(slot)
        return None if field is None else Table(self.data, self._target(field))

    def tables(self, slot: int) -> list["Table"]:
        """The tables of a vector field."""
        start, length = self._vector(slot, 4)
        return [Table(self.data, self._target(start + 4 * i)) for i in range(length)]

    def array(self, slot: int, dtype: str) -> np.ndarray[Any, Any]:
        """A vector of numbers as a read-only array (no copy)."""
        little_endian = np.dtype(dtype).newbyteorder("<")
        start, length = self._vector(slot, little_endian.itemsize)
        return np.frombuffer(self.data, little_endian, length, start)

    def string(self, slot: int) -> str:
        """A string, cut at 1024 bytes; bytes that are not UTF-8 are replaced."""
        start, length = self._vector(slot, 1)
        return self.data[start : start + min(length, MAX_STRING)].decode(errors="replace")


def root(data: bytes, identifier: bytes) -> Table:
    """The root table of a file with this four-byte identifier, or GraphError."""
    if len(data) < 8 or data[4:8] != identifier:
        raise GraphError(
            f"A .tflite starts with the identifier {identifier.decode()} at byte 4. "
            f"Received: {data[4:8]!r} in a file of {len(data)} bytes. "
            "Give a model that the TensorFlow Lite converter wrote."
        )
    return Table(data, struct.unpack_from("<I", data)[0])
