"""A copy of the repository with a small task, run by the real DVC."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

# Small enough for seconds per stage, whole enough to pass through every room.
SMALL = [
    "dataset.labels=[yes,no]",
    "model=tiny_conv",
    "train.epochs=2",
    "quantize.n_calibration=16",
    "verify.n_serial=1",
    "verify.n_counted=1",
    "budget.min_int8_accuracy=null",
    "budget.max_accuracy_loss=null",
]


@dataclass(frozen=True)
class Workspace:
    """A checkout in which commands run as a user would run them."""

    folder: Path

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        result = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=900,
        )
        assert not check or result.returncode == 0, result.stdout
        return result

    @property
    def environment(self) -> dict[str, str]:
        hidden = ("MLFLOW_TRACKING_URI", "PYTHONPATH", "PYTEST_CURRENT_TEST")
        return {name: value for name, value in os.environ.items() if name not in hidden} | {
            "PYTHONPATH": str(self.folder / "src")
        }

    def compose(self, *overrides: str) -> None:
        self.run("python", "-m", "moteflow.cli", "params", *overrides)

    def repro(self, *arguments: str) -> list[str]:
        """Run `dvc repro`; the stages that it ran, in order."""
        return stages_run(self.run("dvc", "repro", *arguments).stdout)


def stages_run(output: str) -> list[str]:
    marker = "Running stage '"
    return [line.split("'")[1] for line in output.splitlines() if line.startswith(marker)]


def copy_repository(root: Path, folder: Path) -> Workspace:
    """Copy what Git tracks or would track, under a history of its own."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        source, target = root / name, folder / name
        if source.is_file() and name != "dvc.lock":
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    workspace = Workspace(folder)
    workspace.run("git", "init", "--quiet", "--initial-branch=main")
    workspace.run("git", "config", "user.name", "test")
    workspace.run("git", "config", "user.email", "test@example.invalid")
    workspace.run("git", "add", "--all")
    workspace.run("git", "commit", "--quiet", "--message", "Copy")
    return workspace


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """40 real clips of "yes" and "no" by different speakers, outside the repository."""
    folder = tmp_path_factory.mktemp("recordings")
    source = shared_data / "audio" / "speech_commands_v0.02_testset"
    for label in ("yes", "no"):
        (folder / label).mkdir()
        for clip in sorted((source / label).glob("*_nohash_0.wav"))[:20]:
            shutil.copy(clip, folder / label / clip.name)
    return folder


@pytest.fixture(scope="session")
def small(recordings: Path) -> list[str]:
    """Overrides that make the pipeline small."""
    return ["dataset=folder", f"dataset.path={recordings}", *SMALL]


@pytest.fixture(scope="session")
def finished(root: Path, small: list[str], tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace in which the small pipeline has run once; tests leave it as it is."""
    workspace = copy_repository(root, tmp_path_factory.mktemp("finished") / "moteflow")
    workspace.compose(*small)
    workspace.repro()
    return workspace
