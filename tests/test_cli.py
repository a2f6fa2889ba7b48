"""The `moteflow` command as people call it."""

import subprocess
import sys
from pathlib import Path

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


def test_the_page_of_operators_is_up_to_date(root: Path) -> None:
    result = run("operators", folder=root)
    assert result.stdout == (root / "docs/operators.md").read_text(), (
        "Run: moteflow operators > docs/operators.md"
    )
