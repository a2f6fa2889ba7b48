"""What building and running firmware needs besides Python code."""

import importlib.metadata
import json
from pathlib import Path
from typing import Any

from moteflow.errors import ToolchainError
from moteflow.files import replacing, write_json


def prepare_platformio(core_dir: Path | str) -> None:
    """Make PlatformIO work without its registry and without asking the network for anything.

    Its one package, tool-scons, becomes a doorway to the `scons` of this environment; its state
    says: no telemetry, no check for upgrades. What is there already stays as it is, and a
    half-written package is never left. Raises ToolchainError if `scons` is not installed.
    """
    core_dir = Path(core_dir)
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
