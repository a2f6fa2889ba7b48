"""The `moteflow` command as people call it."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "moteflow.cli", *arguments]
    return subprocess.run(command, cwd=folder, text=True, capture_output=True)


def test_params_composes_and_replaces_params_yaml(root: Path, tmp_path: Path) -> None:
    (tmp_path / "conf").symlink_to(root / "conf")
    (tmp_path / "dvc.yaml").touch()
    result = run("params", "model=tiny_conv", folder=tmp_path)
    assert result.returncode == 0, result.stderr
    assert yaml.safe_load((tmp_path / "params.yaml").read_text())["model"]["name"] == "tiny_conv"


def test_a_wrong_override_is_an_error_without_a_traceback(root: Path, tmp_path: Path) -> None:
    (tmp_path / "conf").symlink_to(root / "conf")
    (tmp_path / "dvc.yaml").touch()
    result = run("params", "model=resnet", folder=tmp_path)
    assert result.returncode == 1
    assert "ParamsError" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "params.yaml").exists()


def test_outside_the_repository_nothing_is_composed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "conf").symlink_to(root / "conf")
    result = run("params", folder=tmp_path)
    assert result.returncode == 1
    assert "run inside the repository" in result.stderr


def test_doctor_finds_what_this_machine_was_set_up_with(root: Path) -> None:
    result = run("doctor", folder=root)
    assert result.returncode == 0, result.stderr


def test_compile_writes_a_library_and_prints_its_memory_plan(
    shared_data: Path, tmp_path: Path
) -> None:
    model = shared_data / "models/mlperf/ad01_int8.tflite"
    result = run("compile", str(model), "--output", "library", "--name", "anomaly", folder=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "tensor arena" in result.stdout and "264,192" in result.stdout
    assert (tmp_path / "library/src/anomaly.h").exists()
    assert (tmp_path / "library/CMakeLists.txt").exists()


def test_compile_refuses_a_float_model_and_leaves_nothing(
    shared_data: Path, tmp_path: Path
) -> None:
    model = shared_data / "models/mlperf/kws_ref_model_float32.tflite"
    result = run("compile", str(model), "--output", "library", folder=tmp_path)
    assert result.returncode == 1
    assert "Convert with full-integer int8 quantization" in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.tflite"], "missing.tflite: No such file"),
        (["folder"], "folder: Is a directory"),
        (["empty"], "in a file of 0 bytes"),
        (["cut.tflite"], "truncated or corrupt"),
        (["sound.tflite", "--name", "int"], "Choose one with --name"),
        (["sound.tflite", "--name", "1st"], "Choose one with --name"),
        (["sound.tflite", "--name", ""], "Choose one with --name"),
        (["sound.tflite", "--target", "z80"], "must be one of cortex-m0"),
        (["sound.tflite", "--output", "folder"], "folder, which holds something else"),
        (["sound.tflite", "--output", "empty/library"], "folders writable"),
    ],
)
def test_compile_says_what_is_wrong_and_writes_nothing(
    arguments: list[str], message: str, shared_data: Path, tmp_path: Path
) -> None:
    content = (shared_data / "models/tflm/hello_world_int8.tflite").read_bytes()
    (tmp_path / "sound.tflite").write_bytes(content)
    (tmp_path / "cut.tflite").write_bytes(content[:1000])
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/mine").touch()
    before = set(tmp_path.rglob("*"))
    result = run("compile", "--output", "library", *arguments, folder=tmp_path)
    assert result.returncode == 1
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert set(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.tflite"], "missing.tflite: No such file"),
        (["empty"], "in a file of 0 bytes"),
        (["empty", "--target", "z80"], "must be one of cortex-m0"),
        (["empty", "--samples", "0"], "invalid positive value: '0'"),
        (["empty", "--seed", "-1"], "invalid not_negative value: '-1'"),
    ],
)
def test_bench_says_what_is_wrong(arguments: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    result = run("bench", "--target", "host", *arguments, folder=tmp_path)
    assert result.returncode != 0
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_the_page_of_operators_is_up_to_date(root: Path) -> None:
    result = run("operators", folder=root)
    assert result.stdout == (root / "docs/operators.md").read_text(), (
        "Run: moteflow operators > docs/operators.md"
    )
