"""Firmware: build it, run it on emulated or real boards, measure it, verify it."""

from moteflow.firmware.client import Device, connect
from moteflow.firmware.platformio import build
from moteflow.firmware.profile import Count, LayerCount, Profile
from moteflow.firmware.sizes import LayerSize, Sizes, SymbolSize, measure
from moteflow.firmware.toolchain import Board, find_board
from moteflow.firmware.transcript import Window
from moteflow.firmware.vectors import Vectors
from moteflow.firmware.verify import Images, Mismatches, VerifyReport, verify

__all__ = [
    "Board",
    "Count",
    "Device",
    "Images",
    "LayerCount",
    "LayerSize",
    "Mismatches",
    "Profile",
    "Sizes",
    "SymbolSize",
    "Vectors",
    "VerifyReport",
    "Window",
    "build",
    "connect",
    "find_board",
    "measure",
    "verify",
]
