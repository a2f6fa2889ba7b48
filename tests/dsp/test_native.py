import subprocess
import sys
from pathlib import Path

import pytest

from moteflow.dsp import native
from moteflow.errors import ToolchainError

BUILD = "import sys, pathlib; from moteflow.dsp import native; "
BUILD += "native.FFI().dlopen(str(native.build_library(pathlib.Path(sys.argv[1]))))"


def test_processes_that_build_at_once_share_one_whole_library(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BUILD, str(tmp_path)]
    builders = [subprocess.Popen(command) for _ in range(3)]
    assert [builder.wait() for builder in builders] == [0, 0, 0]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_library_is_built_once_and_again_when_a_flag_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = native.build_library(tmp_path)
    built = first.stat().st_mtime_ns
    assert native.build_library(tmp_path) == first
    assert first.stat().st_mtime_ns == built
    monkeypatch.setattr(native, "FLAGS", (*native.FLAGS, "-g0"))
    assert native.build_library(tmp_path) != first


def test_a_missing_compiler_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolchainError, match="apt-get install gcc"):
        native.build_library(tmp_path)


def test_what_the_compiler_refuses_is_shown_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(native, "FLAGS", ("-no-such-flag",))
    with pytest.raises(ToolchainError, match="no-such-flag"):
        native.build_library(tmp_path)
    assert not list(tmp_path.iterdir())
