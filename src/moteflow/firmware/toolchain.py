"""What building and running firmware needs: boards, compilers, emulator, PlatformIO."""

import importlib.metadata
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from moteflow.errors import FirmwareError, ToolchainError
from moteflow.files import replacing, write_json

FIRMWARE = Path("firmware")
PACKAGED_FIRMWARE = Path(__file__).resolve().parents[3] / "firmware"
"""The same as seen from any folder."""
CORE = Path(".pio") / "core"  # as in platformio.ini


@dataclass(frozen=True)
class Board:
    """A target: one of `platforms/mote/boards/*.json`, and an environment of platformio.ini.

    machine, arguments  how QEMU emulates it; the host has no machine
    machine_flags, defines  the compiler's flags and the macros of its port
    port  the board's own source in firmware/lib/mote_port
    flash_bytes, ram_bytes  what its memory holds; None on the host
    flash_origin, ram_origin  where it begins
    """

    target: str
    name: str
    cpu: str
    machine: str | None
    arguments: tuple[str, ...]
    machine_flags: tuple[str, ...]
    defines: tuple[str, ...]
    port: str
    flash_bytes: int | None
    ram_bytes: int | None
    flash_origin: int | None
    ram_origin: int | None


@dataclass(frozen=True)
class Tool:
    """A missing tool, what it is for, and the command that installs it."""

    name: str
    purpose: str
    install: str


def load_boards(firmware_dir: Path = FIRMWARE) -> dict[str, Board]:
    """Return all boards by target name, sorted."""
    files = sorted((firmware_dir / "platforms" / "mote" / "boards").glob("*.json"))
    return {path.stem: _read_board(path) for path in files}


def find_board(target: str, firmware_dir: Path = FIRMWARE) -> Board:
    """Return one board; raises FirmwareError that lists all targets if there is none."""
    boards = load_boards(firmware_dir)
    if target not in boards:
        raise FirmwareError(
            f"A target must be one of {', '.join(boards) or '(no boards)'}. "
            f"Received: {target!r}. Choose one of these in conf/target."
        )
    return boards[target]


BOARDS_OF_CPUS = {
    "cortex-m0": "microbit",
    "cortex-m3": "mps2_an385",
    "cortex-m4f": "mps2_an386",
    "cortex-m7": "mps2_an500",
    "cortex-m33": "mps2_an505",
    "cortex-m55": "mps3_an547",
}
"""The board that stands for a CPU: the emulated one with the most memory."""


def board_for(target: str, firmware_dir: Path = FIRMWARE) -> Board:
    """Return the board of a CPU's name or of its own; FirmwareError lists both if neither is."""
    target = BOARDS_OF_CPUS.get(target.lower(), target)
    boards = load_boards(firmware_dir)
    if target not in boards:
        raise FirmwareError(
            f"A target must be one of {', '.join(BOARDS_OF_CPUS)} or of {', '.join(boards)}. "
            f"Received: {target!r}."
        )
    return boards[target]


def _read_board(path: Path) -> Board:
    board = json.loads(path.read_text())
    emulator, memory = board.get("emulator"), board.get("memory")
    return Board(
        target=path.stem,
        name=board["name"],
        cpu=board["build"]["cpu"],
        machine=emulator and emulator["machine"],
        arguments=tuple(emulator["arguments"]) if emulator else (),
        machine_flags=tuple(board["build"]["machine_flags"]),
        defines=tuple(board["build"]["defines"]),
        port=board["build"]["port"],
        flash_bytes=memory and memory["flash"]["size"],
        ram_bytes=memory and memory["ram"]["size"],
        flash_origin=memory and int(memory["flash"]["origin"], 0),
        ram_origin=memory and int(memory["ram"]["origin"], 0),
    )


def missing_tools(target: str | None = None, firmware_dir: Path = FIRMWARE) -> tuple[Tool, ...]:
    """Return what is not installed, for one target or for all of them."""
    if target is None:
        boards = tuple(load_boards(firmware_dir).values())
    else:
        boards = (find_board(target, firmware_dir),)
    missing = [*_missing_packages()]
    for board in boards:
        missing += [*missing_compilers(board), *_missing_emulator(board)]
    return tuple(dict.fromkeys(missing))


def missing_compilers(board: Board) -> tuple[Tool, ...]:
    """Return what is not installed of what builds this board's firmware."""
    if board.machine is None:
        if shutil.which("gcc"):
            return ()
        return (Tool("gcc", "features and firmware on this computer", _install("gcc libc6-dev")),)
    purpose = "firmware for Arm boards"
    if not shutil.which("arm-none-eabi-gcc"):
        return (Tool("arm-none-eabi-gcc", purpose, _install("gcc-arm-none-eabi")),)
    if not Path(_output("arm-none-eabi-gcc", "-print-file-name=nano.specs")).is_absolute():
        return (Tool("newlib (nano.specs)", purpose, _install("libnewlib-arm-none-eabi")),)
    return ()


def require_compilers(board: Board) -> None:
    """Raise ToolchainError, which says how to install it, if a compiler is missing."""
    for tool in missing_compilers(board):
        raise ToolchainError(
            f"{tool.name} must be installed for {tool.purpose}. Received: none on the PATH. "
            f"Run: {tool.install}"
        )


def _missing_emulator(board: Board) -> tuple[Tool, ...]:
    if board.machine is None:
        return ()
    install = _install("qemu-system-arm")
    if not shutil.which("qemu-system-arm"):
        return (Tool("qemu-system-arm", "firmware on emulated boards", install),)
    machines = [
        line.split()[0] for line in _output("qemu-system-arm", "-machine", "help").split("\n")
    ]
    if board.machine not in machines:
        name = f"qemu-system-arm with machine {board.machine}"
        return (Tool(name, f"target {board.target}", f"{install}  # 7.0 or newer"),)
    return ()


def _missing_packages() -> tuple[Tool, ...]:
    missing = []
    for line in importlib.metadata.requires("moteflow") or ():
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        if not _is_installed(requirement):
            install = "pip install --require-hashes -r requirements.lock"
            missing.append(Tool(str(requirement).split(";")[0], "moteflow itself", install))
    return tuple(missing)


def _is_installed(requirement: Requirement) -> bool:
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return requirement.specifier.contains(version, prereleases=True)


_HOMEBREW = {
    "gcc libc6-dev": "xcode-select --install",
    "gcc-arm-none-eabi": "brew install --cask gcc-arm-embedded",
    "libnewlib-arm-none-eabi": "brew install --cask gcc-arm-embedded",
    "qemu-system-arm": "brew install qemu",
}


def _install(packages: str) -> str:
    if sys.platform == "darwin":
        return _HOMEBREW[packages]
    return f"sudo apt-get install {packages}"


def _output(*command: str) -> str:
    finished = subprocess.run(command, capture_output=True, text=True)
    return finished.stdout.strip()


def prepare_platformio(core_dir: Path = FIRMWARE / CORE) -> None:
    """Make PlatformIO work without its registry and without asking the network for anything.

    Its one package, tool-scons, becomes a doorway to the `scons` of this environment; its state
    says: no telemetry, no check for upgrades. What is there already stays as it is, and a
    half-written package is never left. Raises ToolchainError if `scons` is not installed.
    """
    try:
        version = importlib.metadata.version("scons")
    except importlib.metadata.PackageNotFoundError as error:
        raise ToolchainError(
            "PlatformIO needs SCons. Received: no package `scons` in this environment. "
            "Run: pip install scons"
        ) from error
    _lay_scons(core_dir / "packages" / "tool-scons", version)
    _settle_state(core_dir / "appstate.json", importlib.metadata.version("platformio"))


def _lay_scons(package: Path, version: str) -> None:
    major, minor, patch = (int(part) for part in version.split("."))
    packaged = f"4.{major}{minor:02}{patch:02}.0"
    spec = {
        "owner": "platformio", "id": None, "name": "tool-scons", "requirements": None, "uri": None,
    }  # fmt: skip
    metadata = {"type": "tool", "name": "tool-scons", "version": packaged, "spec": spec}
    manifest = {"name": "tool-scons", "version": packaged, "description": f"SCons {version}"}
    contents = {
        "package.json": json.dumps(manifest),
        ".piopm": json.dumps(metadata),
        "scons.py": "import SCons.Script\n\nSCons.Script.main()\n",
    }
    if all(_holds(package / name, content) for name, content in contents.items()):
        return
    with replacing(package) as temporary:
        temporary.mkdir()
        for name, content in contents.items():
            (temporary / name).write_text(content)


def _holds(path: Path, content: str) -> bool:
    return path.is_file() and path.read_text() == content


def _settle_state(path: Path, version: str) -> None:
    try:
        state: dict[str, Any] = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        state = {}
    settled = state | {
        "last_version": version,
        "settings": state.get("settings", {})
        | {
            "enable_telemetry": False,
            "check_platformio_interval": 36500,
            "check_prune_system_threshold": 0,
        },
    }
    if settled != state:
        write_json(path, settled)
