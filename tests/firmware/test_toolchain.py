import json
from pathlib import Path

import pytest

from moteflow.errors import FirmwareError
from moteflow.firmware.toolchain import (
    find_board,
    load_boards,
    missing_tools,
    prepare_platformio,
)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_boards_are_read_from_the_platform(firmware_dir: Path) -> None:
    boards = load_boards(firmware_dir)
    assert list(boards) == sorted(boards)
    assert {board.cpu for board in boards.values()} == {
        "host", "Cortex-M0", "Cortex-M3", "Cortex-M4F", "Cortex-M7", "Cortex-M33", "Cortex-M55",
    }  # fmt: skip
    stm32f405 = boards["stm32f405"]
    assert (stm32f405.machine, stm32f405.flash_bytes) == ("netduinoplus2", 1024 * 1024)
    assert (boards["host"].machine, boards["host"].ram_bytes) == (None, None)


def test_every_board_has_an_environment(firmware_dir: Path) -> None:
    settings = (firmware_dir / "platformio.ini").read_text()
    for target in load_boards(firmware_dir):
        assert f"[env:{target}]\nboard = {target}\n" in settings


def test_unknown_board_lists_all(firmware_dir: Path) -> None:
    with pytest.raises(FirmwareError, match=r"host, microbit.*stm32f405\. Received: 'arduino'"):
        find_board("arduino", firmware_dir)


def test_nothing_is_missing_here(firmware_dir: Path) -> None:
    assert missing_tools(firmware_dir=firmware_dir) == ()


def test_empty_path_misses_every_tool_once(
    firmware_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    installs = {tool.name: tool.install for tool in missing_tools(firmware_dir=firmware_dir)}
    assert installs == {
        "gcc": "sudo apt-get install gcc libc6-dev",
        "arm-none-eabi-gcc": "sudo apt-get install gcc-arm-none-eabi",
        "qemu-system-arm": "sudo apt-get install qemu-system-arm",
    }
    assert [tool.name for tool in missing_tools("host", firmware_dir)] == ["gcc"]
    monkeypatch.setattr("sys.platform", "darwin")
    assert [tool.install for tool in missing_tools("stm32f405", firmware_dir)] == [
        "brew install --cask gcc-arm-embedded",
        "brew install qemu",
    ]


def test_old_emulator_and_bare_compiler_are_noticed(
    firmware_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {
        "qemu-system-arm": "Supported machines are:\\nnetduinoplus2  Netduino Plus 2\\n",
        "arm-none-eabi-gcc": "nano.specs",
    }
    for name, answer in answers.items():
        (tmp_path / name).write_text(f"#!/bin/sh\nprintf '{answer}'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    [newlib] = missing_tools("stm32f405", firmware_dir)
    assert newlib.name == "newlib (nano.specs)"
    names = [tool.name for tool in missing_tools("mps3_an547", firmware_dir)]
    assert names == ["newlib (nano.specs)", "qemu-system-arm with machine mps3-an547"]


def test_missing_package_is_noticed(firmware_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ["scons==4.11.1", "numpy>=99", "no-such-package", "absent; sys_platform == 'win32'"]
    monkeypatch.setattr("importlib.metadata.requires", lambda _: wanted)
    names = [tool.name for tool in missing_tools("host", firmware_dir)]
    assert names == ["numpy>=99", "no-such-package"]


def test_platformio_is_prepared_once(tmp_path: Path) -> None:
    prepare_platformio(tmp_path / "core")
    first = contents(tmp_path)
    times = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}
    prepare_platformio(tmp_path / "core")
    assert contents(tmp_path) == first
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")} == times


def test_half_written_package_is_mended(tmp_path: Path) -> None:
    core = tmp_path / "core"
    prepare_platformio(core)
    whole = contents(core)
    (core / "packages" / "tool-scons" / "scons.py").unlink()
    (core / "packages" / "tool-scons" / ".piopm").write_text("{")
    (core / "appstate.json").write_text('{"cid": ')
    prepare_platformio(core)
    assert contents(core) == whole


def test_platformios_own_state_is_kept(tmp_path: Path) -> None:
    (tmp_path / "appstate.json").write_text(json.dumps({"cid": "x", "settings": {"a": 1}}))
    prepare_platformio(tmp_path)
    state = json.loads((tmp_path / "appstate.json").read_text())
    assert state["cid"] == "x"
    assert state["settings"]["a"] == 1
    assert state["settings"]["enable_telemetry"] is False
