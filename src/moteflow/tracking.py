"""The only module that knows MLflow: one parent run per pipeline execution, its stages nested.

A stage is a process of its own that `dvc` starts, so the stages of one execution find their
parent run by a tag that names the `dvc` process above them; no run id is kept in a file.
"""

import logging
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run
from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from moteflow.files import replacing
from moteflow.repository import repository_root

EXPERIMENT = "moteflow"
EXECUTION, STAGE, STATE = "moteflow.execution", "moteflow.stage", "moteflow.state"
BATCH = 100
SQLITE = "sqlite:///"


@dataclass(frozen=True)
class StageRun:
    """What a stage may log about itself."""

    client: MlflowClient
    run_id: str
    parent_id: str

    def metrics(self, values: Mapping[str, Any]) -> None:
        """Log every number in `values`; nested mappings become dotted names."""
        _log_metrics(self.client, self.run_id, values)

    def pipeline_metrics(self, values: Mapping[str, Any]) -> None:
        """Log every number in `values` on the parent run, the row that people compare."""
        _log_metrics(self.client, self.parent_id, values)

    def curve(self, rows: Sequence[Mapping[str, float]], step: str) -> None:
        """Log rows of numbers against their column `step`."""
        now = _now()
        points = [
            Metric(name, value, now, int(row[step]))
            for row in rows
            for name, value in row.items()
            if name != step
        ]
        for start in range(0, len(points), BATCH):
            self.client.log_batch(self.run_id, metrics=points[start : start + BATCH])

    def artifacts(self, *paths: Path) -> None:
        """Keep files, or folders with all they hold."""
        for path in paths:
            if path.is_dir():
                self.client.log_artifacts(self.run_id, str(path), artifact_path=path.name)
            else:
                self.client.log_artifact(self.run_id, str(path))


@contextmanager
def stage_run(
    stage: str, params: Mapping[str, Any], cached: Mapping[str, Mapping[str, Any]]
) -> Iterator[StageRun]:
    """Open the nested run of `stage`; it and its parent end FAILED if the body raises.

    Args:
        stage: its name in dvc.yaml.
        params: the whole pipeline's parameters, nested.
        cached: metrics of the stages before this one, by name; those that this execution did not
            run are shown as cached with these metrics.
    """
    for name in ("alembic", "mlflow"):
        logging.getLogger(name).setLevel(logging.WARNING)
    client = _client(tracking_uri(Path.cwd()))
    parent = _parent_run(client, params)
    for name, metrics in cached.items():
        if not _children(client, parent, name):
            run_id = _nested_run(client, parent, name, state="cached")
            _log_metrics(client, run_id, metrics)
            client.set_terminated(run_id, "FINISHED")
    run_id = _nested_run(client, parent, stage, state="executed")
    client.update_run(parent.info.run_id, status="RUNNING")
    status = "FAILED"
    try:
        yield StageRun(client, run_id, parent.info.run_id)
        status = "FINISHED"
    finally:
        client.set_terminated(run_id, status)
        client.set_terminated(parent.info.run_id, status)


def tracking_uri(folder: Path) -> str:
    """MLFLOW_TRACKING_URI, or the SQLite store at the repository's root."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"{SQLITE}{repository_root(folder)}/mlflow.db"


def execution_key() -> str:
    """Name the innermost `dvc` process above this one, or this one where there is none."""
    own = psutil.Process()
    dvc = next((process for process in own.parents() if _is_dvc(process)), own)
    return f"{dvc.pid}-{dvc.create_time():.2f}"


def _is_dvc(process: psutil.Process) -> bool:
    try:
        return any(Path(word).name == "dvc" for word in process.cmdline()[:2])
    except psutil.Error:
        return False


def _client(uri: str) -> MlflowClient:
    """Open the store; a new SQLite one is made whole or not at all, for MLflow cannot mend half."""
    path = Path(uri.removeprefix(SQLITE))
    if uri.startswith(SQLITE) and not path.exists():
        with replacing(path) as temporary:
            MlflowClient(f"{SQLITE}{temporary}").search_experiments(max_results=1)
    return MlflowClient(uri)


def _parent_run(client: MlflowClient, params: Mapping[str, Any]) -> Run:
    experiment_id = _experiment(client)
    key = execution_key()
    found = client.search_runs([experiment_id], f"tags.`{EXECUTION}` = '{key}'", max_results=1)
    if found:
        return found[0]
    name = os.environ.get("DVC_EXP_NAME") or "repro"
    run = client.create_run(experiment_id, tags={EXECUTION: key}, run_name=name)
    flat = [Param(key, str(value)) for key, value in _flatten(params)]
    for start in range(0, len(flat), BATCH):
        client.log_batch(run.info.run_id, params=flat[start : start + BATCH])
    return run


def _experiment(client: MlflowClient) -> str:
    experiment = client.get_experiment_by_name(EXPERIMENT)
    if experiment is not None:
        return str(experiment.experiment_id)
    local = client.tracking_uri.startswith(SQLITE)
    artifacts = (repository_root(Path.cwd()) / "mlartifacts").as_uri() if local else None
    try:
        return str(client.create_experiment(EXPERIMENT, artifact_location=artifacts))
    except MlflowException:
        experiment = client.get_experiment_by_name(EXPERIMENT)
        if experiment is None:
            raise
        return str(experiment.experiment_id)


def _nested_run(client: MlflowClient, parent: Run, stage: str, state: str) -> str:
    run = client.create_run(
        parent.info.experiment_id,
        tags={MLFLOW_PARENT_RUN_ID: parent.info.run_id, STAGE: stage, STATE: state},
        run_name=stage if state == "executed" else f"{stage} ({state})",
    )
    return str(run.info.run_id)


def _children(client: MlflowClient, parent: Run, stage: str) -> list[Run]:
    query = f"tags.`{MLFLOW_PARENT_RUN_ID}` = '{parent.info.run_id}' and tags.`{STAGE}` = '{stage}'"
    return list(client.search_runs([parent.info.experiment_id], query))


def _log_metrics(client: MlflowClient, run_id: str, values: Mapping[str, Any]) -> None:
    now = _now()
    numbers = [
        Metric(_metric_name(name), float(value), now, 0)
        for name, value in _flatten(values)
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    for start in range(0, len(numbers), BATCH):
        client.log_batch(run_id, metrics=numbers[start : start + BATCH])


def _metric_name(name: str) -> str:
    """`name` with what MLflow refuses in a metric's name replaced: labels may hold anything."""
    return re.sub(r"[^\w\-. :/]", "_", name, flags=re.ASCII)


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _now() -> int:
    return int(time.time() * 1000)
