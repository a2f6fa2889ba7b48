"""Pipeline executions in a real MLflow store."""

from pathlib import Path

import pytest
from mlflow import MlflowClient

from moteflow.tracking import stage_run, tracking_uri

PARAMS = {"seed": 42, "model": {"name": "ds_cnn"}}


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(tmp_path)
    return MlflowClient(tracking_uri(tmp_path))


def runs(client: MlflowClient) -> dict[str, object]:
    experiment = client.get_experiment_by_name("moteflow")
    assert experiment is not None
    return {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}


def test_stages_of_one_execution_share_a_parent(client: MlflowClient, tmp_path: Path) -> None:
    (tmp_path / "model.tflite").write_bytes(b"TFL3")
    with stage_run("train", PARAMS, cached={"ingest": {"clips": {"test": 7}}}) as run:
        run.metrics({"val_accuracy": 0.5, "per_class": {'"; rm -rf': 0.25}})
        run.curve([{"epoch": 0, "loss": 2.0}, {"epoch": 1, "loss": 1.0}], step="epoch")
    with stage_run("quantize", PARAMS, cached={"ingest": {}, "train": {}}) as run:
        run.artifacts(tmp_path / "model.tflite")
        run.pipeline_metrics({"int8_accuracy": 0.75, "target": "stm32f405"})

    found = runs(client)
    assert set(found) == {"repro", "ingest (cached)", "train", "quantize"}
    parent = found["repro"]
    children = [run for name, run in found.items() if name != "repro"]
    assert {run.data.tags["mlflow.parentRunId"] for run in children} == {parent.info.run_id}
    assert {run.info.status for run in found.values()} == {"FINISHED"}
    assert parent.data.params == {"seed": "42", "model.name": "ds_cnn"}
    assert parent.data.metrics == {"int8_accuracy": 0.75}
    assert found["ingest (cached)"].data.metrics == {"clips.test": 7.0}
    assert found["train"].data.metrics["per_class.__ rm -rf"] == 0.25
    history = client.get_metric_history(found["train"].info.run_id, "loss")
    assert [(point.step, point.value) for point in history] == [(0, 2.0), (1, 1.0)]
    artifacts = client.list_artifacts(found["quantize"].info.run_id)
    assert [artifact.path for artifact in artifacts] == ["model.tflite"]


def test_a_failing_stage_fails_its_execution(client: MlflowClient) -> None:
    with pytest.raises(RuntimeError), stage_run("ingest", PARAMS, cached={}):
        raise RuntimeError("no recordings")
    assert {run.info.status for run in runs(client).values()} == {"FAILED"}


def test_a_temporary_experiment_uses_the_repositorys_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    copy = tmp_path / ".dvc" / "tmp" / "exps" / "standalone" / "tmpabc"
    assert tracking_uri(copy) == f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://localhost:5000")
    assert tracking_uri(copy) == "http://localhost:5000"


def test_a_new_store_appears_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(tmp_path)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("moteflow.files.os.replace", killed)
        with pytest.raises(KeyboardInterrupt), stage_run("ingest", PARAMS, cached={}):
            pass
    assert not (tmp_path / "mlflow.db").exists()
    with stage_run("ingest", PARAMS, cached={}) as run:
        run.metrics({"rejected": 0})
    assert set(runs(MlflowClient(tracking_uri(tmp_path)))) == {"repro", "ingest"}
