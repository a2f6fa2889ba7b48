import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from moteflow.dsp.library import Variant, build_library, lanes, scalar
from moteflow.dsp.native import native, native_lanes
from moteflow.errors import ToolchainError

BUILD = "import sys, pathlib, cffi; from moteflow.dsp.library import build_library, scalar; "
BUILD += "cffi.FFI().dlopen(str(build_library(pathlib.Path(sys.argv[1]), scalar())))"


def with_flags(*flags: str) -> Variant:
    return replace(scalar(), flags=(*scalar().flags, *flags))


def test_processes_that_build_at_once_share_one_whole_library(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BUILD, str(tmp_path)]
    builders = [subprocess.Popen(command) for _ in range(3)]
    assert [builder.wait() for builder in builders] == [0, 0, 0]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_library_is_built_once_and_again_when_a_flag_or_the_machine_changes(
    tmp_path: Path,
) -> None:
    first = build_library(tmp_path, scalar())
    built = first.stat().st_mtime_ns
    assert build_library(tmp_path, scalar()) == first
    assert first.stat().st_mtime_ns == built
    assert build_library(tmp_path, with_flags("-g0")) != first
    assert build_library(tmp_path, replace(scalar(), machine="another")) != first


def test_both_libraries_say_how_many_streams_they_run() -> None:
    assert native().n_lanes == 1
    assert f"-DMOTE_LANES={native_lanes().n_lanes}" in lanes().flags


def test_a_missing_compiler_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolchainError, match="apt-get install gcc"):
        build_library(tmp_path, scalar())


def test_what_the_compiler_refuses_is_shown_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match="no-such-flag"):
        build_library(tmp_path, with_flags("-no-such-flag"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("n_lanes", [4, 8, 16])
def test_the_chain_compiles_over_any_lanes(tmp_path: Path, n_lanes: int) -> None:
    flags = (*scalar().flags, "-Wno-psabi", f"-DMOTE_LANES={n_lanes}")
    assert build_library(tmp_path, replace(lanes(), flags=flags)).exists()
