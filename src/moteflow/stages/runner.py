"""What every stage does around its work: parameters in, errors out, a row in MLflow."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from moteflow.errors import MoteflowError
from moteflow.params import PARAMS, Params, load_params, read_yaml
from moteflow.tracking import StageRun, stage_run

STAGES = ("ingest", "featurize", "train", "quantize", "generate", "build", "verify", "summary")
REPORTS = Path("reports")


def run_stage(name: str, body: Callable[[Params, StageRun], None]) -> None:
    """Run `body` as the stage `name`; a MoteflowError is printed and ends with exit code 1."""
    try:
        params = load_params()
        earlier = STAGES[: STAGES.index(name)]
        cached = {stage: _report(stage) for stage in earlier}
        with stage_run(name, read_yaml(PARAMS), cached) as run:
            body(params, run)
    except MoteflowError as error:
        sys.exit(f"{name}: {type(error).__name__}: {error}")


def read_report(stage: str) -> dict[str, Any]:
    """The metrics that `stage` wrote."""
    report: dict[str, Any] = json.loads((REPORTS / f"{stage}.json").read_text(encoding="utf-8"))
    return report


def _report(stage: str) -> Mapping[str, Any]:
    return read_report(stage) if (REPORTS / f"{stage}.json").is_file() else {}
