"""The whole pipeline on real recordings, by the real DVC, PlatformIO, QEMU and MLflow."""

import json
import shutil
from pathlib import Path

import pytest
from mlflow import MlflowClient

from .conftest import Workspace, copy_repository, stages_run

ALL = ["ingest", "featurize", "train", "quantize", "generate", "build", "verify", "summary"]
OUTPUTS = ["data/features", "data/vectors", "models/int8.tflite", "firmware/lib/model"]

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(finished: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the finished workspace that a test may change."""
    folder = tmp_path / "moteflow"
    shutil.copytree(finished.folder, folder, symlinks=True)
    return Workspace(folder)


def contents(folder: Path, outputs: list[str]) -> dict[str, bytes]:
    """The bytes of every file under `outputs`."""
    files = [
        file
        for output in outputs
        for file in [folder / output, *(folder / output).rglob("*")]
        if file.is_file()
    ]
    assert files
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def would_run(workspace: Workspace) -> set[str]:
    """The stages whose own dependencies or parameters changed."""
    return set(stages_run(workspace.run("dvc", "repro", "--dry").stdout))


def test_the_device_returns_the_hosts_bytes(finished: Workspace) -> None:
    summary = json.loads((finished.folder / "reports/summary.json").read_text())
    assert summary["mismatches"] == 0
    assert summary["clips"] == sum(
        json.loads((finished.folder / "reports/ingest.json").read_text())["clips"]["test"].values()
    )
    assert summary["device_accuracy"] == summary["int8_accuracy"]
    assert summary["target"] == "stm32f405"


def test_the_report_explores_the_training_clips(finished: Workspace) -> None:
    clips = json.loads((finished.folder / "reports/ingest.json").read_text())["clips"]["train"]
    page = (finished.folder / "reports/report.html").read_text()
    n_charts = page.count("<figcaption>")
    assert n_charts in (1, 2)
    assert page.count("<circle") == n_charts * sum(clips.values())


def test_nothing_runs_twice(workspace: Workspace) -> None:
    assert workspace.repro() == []


def test_epochs_rerun_training_and_after(workspace: Workspace, small: list[str]) -> None:
    workspace.compose(*small, "train.epochs=3")
    assert workspace.repro() == ALL[ALL.index("train") :]


@pytest.mark.parametrize("mode", ["window", "training"])
def test_normalized_features_reach_the_device(
    workspace: Workspace, small: list[str], mode: str
) -> None:
    workspace.compose(*small, f"cmvn={mode}")
    assert workspace.repro() == ALL[ALL.index("featurize") :]
    features = workspace.folder / "data/features"
    assert (features / "statistics.npz").exists() == (mode == "training")
    assert f"APP_CMVN MOTE_CMVN_{mode.upper()}\n" in (
        workspace.folder / "firmware/lib/model/src/application.h"
    ).read_text(encoding="utf-8")
    summary = json.loads((workspace.folder / "reports/summary.json").read_text())
    assert summary["mismatches"] == 0


def test_a_kernel_reruns_generate_build_verify_only(workspace: Workspace) -> None:
    kernel = next((workspace.folder / "firmware/lib/mote_nn/src").glob("*conv*"))
    kernel.write_text(kernel.read_text() + "\n/* a word more */\n")
    ran = workspace.repro()
    assert ran[0] == "generate"
    assert set(ran) <= {"generate", "build", "verify", "summary"}


def test_a_new_recording_reruns_ingest(
    workspace: Workspace, small: list[str], recordings: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    shutil.copytree(recordings, own)
    workspace.compose(*small, f"dataset.path={own}")
    workspace.run("dvc", "commit", "--force", "ingest")
    assert "ingest" not in would_run(workspace)
    clip = next((own / "yes").iterdir())
    clip.rename(clip.with_name("renamed_nohash_0.wav"))
    assert "ingest" in would_run(workspace)


def test_a_stale_params_yaml_is_caught(workspace: Workspace) -> None:
    config = workspace.folder / "conf/config.yaml"
    config.write_text(config.read_text().replace("seed: 42", "seed: 43"))
    result = workspace.run("dvc", "repro", check=False)
    assert result.returncode != 0
    assert "dvc exp run" in result.stdout


def test_a_budget_fails_the_run_and_names_itself(workspace: Workspace, small: list[str]) -> None:
    workspace.compose(*small, "budget.max_flash_bytes=1000")
    result = workspace.run("dvc", "repro", check=False)
    assert result.returncode != 0
    assert "budget.max_flash_bytes is at most 1000" in result.stdout


def test_all_after_training_is_byte_identical_elsewhere(
    root: Path, finished: Workspace, small: list[str], tmp_path: Path
) -> None:
    other = copy_repository(root, tmp_path / "another" / "place")
    other.compose(*small)
    for output in ("data/dataset", "data/features"):
        shutil.copytree(finished.folder / output, other.folder / output)
    shutil.copytree(finished.folder / "models", other.folder / "models", dirs_exist_ok=True)
    (other.folder / "models/int8.tflite").unlink()
    for stage in ("featurize", "quantize", "generate", "build"):
        other.run("dvc", "repro", "--single-item", "--force", stage)
    outputs = [*OUTPUTS, "build/firmware"]
    assert contents(other.folder, outputs) == contents(finished.folder, outputs)


def test_mlflow_has_one_row_per_execution(finished: Workspace) -> None:
    client = MlflowClient(f"sqlite:///{finished.folder}/mlflow.db")
    experiment = client.get_experiment_by_name("moteflow")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id])
    parents = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    assert [run.info.status for run in parents] == ["FINISHED"]
    assert parents[0].data.metrics["mismatches"] == 0
    stages = [run.info.run_name for run in runs if run not in parents]
    assert sorted(stages) == sorted(ALL)
