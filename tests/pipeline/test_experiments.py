"""Experiments as docs/experiments.md describes them."""

import json
import shutil
from pathlib import Path

import pytest
from mlflow import MlflowClient

from .conftest import Workspace

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(finished: Workspace, recordings: Path, tmp_path: Path) -> Workspace:
    """A committed copy of the finished workspace, with recordings beside it."""
    folder = tmp_path / "moteflow"
    shutil.copytree(finished.folder, folder, symlinks=True)
    shutil.copytree(recordings, tmp_path / "recordings")
    workspace = Workspace(folder)
    workspace.run("git", "add", "--all")
    workspace.run("git", "commit", "--quiet", "--message", "Run")
    return workspace


def overrides(small: list[str], *more: str) -> list[str]:
    chosen = {item.partition("=")[0]: item for item in (*small, *more)}
    return [word for item in chosen.values() for word in ("--set-param", item)]


def test_a_temporary_experiment_finds_recordings_by_a_relative_path(
    workspace: Workspace, small: list[str]
) -> None:
    chosen = overrides(small, "dataset.path=../recordings", "model=fully_connected")
    workspace.run("dvc", "exp", "run", "--temp", "--name", "small-fc", *chosen)

    shown = json.loads(workspace.run("dvc", "exp", "show", "--json").stdout)
    experiments = [e for revision in shown for e in revision["experiments"] or []]
    assert [e["name"] for e in experiments] == ["small-fc"]
    data = experiments[0]["revs"][0]["data"]
    assert data["params"]["params.yaml"]["data"]["model"]["name"] == "fully_connected"
    assert data["metrics"]["reports/summary.json"]["data"]["mismatches"] == 0

    client = MlflowClient(f"sqlite:///{workspace.folder}/mlflow.db")
    experiment = client.get_experiment_by_name("moteflow")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id])
    parents = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    assert "small-fc" in {run.info.run_name for run in parents}


def test_an_experiment_in_the_workspace_can_be_compared(
    workspace: Workspace, small: list[str]
) -> None:
    workspace.run("dvc", "exp", "run", *overrides(small, "task.smoothing_windows=3"))
    diff = json.loads(workspace.run("dvc", "params", "diff", "--json").stdout)
    assert diff["params.yaml"] == {"task.smoothing_windows": {"old": 2, "new": 3, "diff": 1}}
    workspace.run("dvc", "metrics", "diff")
    workspace.run("dvc", "plots", "diff")
    assert (workspace.folder / "dvc_plots" / "index.html").is_file()
