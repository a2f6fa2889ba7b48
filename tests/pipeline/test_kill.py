"""`kill -9` in the middle of a stage, then `dvc repro`: nothing half-written counts as whole."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from .conftest import Workspace, copy_repository, stages_run
from .test_pipeline import ALL, contents

OUTPUTS = [
    "data/dataset",
    "data/features",
    "data/vectors",
    "models/int8.tflite",
    "firmware/lib/model",
    "build/firmware",
    "reports/summary.json",
]

pytestmark = pytest.mark.slow


def kill_during(workspace: Workspace, stage: str, after: float) -> None:
    """Start `dvc repro` and kill it and all it started, `after` seconds into `stage`."""
    log = workspace.folder.parent / f"{stage}.log"
    with (
        log.open("w") as output,
        subprocess.Popen(
            ["dvc", "repro", stage],
            cwd=workspace.folder,
            env=workspace.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        while stage not in stages_run(log.read_text()):
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        time.sleep(after)
        os.killpg(process.pid, signal.SIGKILL)


def test_killed_stages_leave_nothing_wrong(
    root: Path, finished: Workspace, small: list[str], tmp_path: Path
) -> None:
    workspace = copy_repository(root, tmp_path / "moteflow")
    workspace.compose(*small)
    for stage in ALL:
        kill_during(workspace, stage, after=3.0)
    workspace.repro()
    assert contents(workspace.folder, OUTPUTS) == contents(finished.folder, OUTPUTS)
