"""One table and one page of what matters, gated by the budgets."""

import csv
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from moteflow.data import load_labels
from moteflow.errors import BudgetError, FirmwareError
from moteflow.files import write_json, write_text
from moteflow.params import Params
from moteflow.report import Explorer, Page, explore, render, sample
from moteflow.stages.runner import read_report, run_stage
from moteflow.summary import budgets, summarize
from moteflow.tracking import StageRun

DATASET, PLOTS = Path("data/dataset"), Path("reports/plots")
FEATURES, PREDICTIONS = Path("data/features/train.npy"), Path("models/float_predictions.csv")
SUMMARY, REPORT = Path("reports/summary.json"), Path("reports/report.html")


def main(params: Params, run: StageRun) -> None:
    reports = {name: read_report(name) for name in ("quantize", "memory", "build", "verify")}
    summary = summarize(reports)
    limits = budgets(summary, params.budget)
    page = Page(
        summary=summary,
        budgets=limits,
        labels=load_labels(DATASET),
        history=[
            {name: float(value) for name, value in row.items()}
            for row in read_rows(PLOTS / "history.csv")
        ],
        confusions={
            name: [
                (row["actual"], row["predicted"])
                for row in read_rows(PLOTS / f"confusion_{name}.csv")
            ]
            for name in ("float", "int8", "device")
        },
        memory=reports["memory"],
        build=reports["build"],
        verify=reports["verify"],
        explorer=read_explorer(),
    )
    write_json(SUMMARY, summary)
    write_text(REPORT, render(page))
    run.metrics(summary)
    run.pipeline_metrics(summary)
    run.artifacts(SUMMARY, REPORT)
    table = Table("metric", "value", title="Summary")
    for name, value in summary.items():
        table.add_row(name, f"{value:.4f}" if isinstance(value, float) else f"{value}")
    Console().print(table)
    if summary["mismatches"]:
        raise FirmwareError(
            f"The device must return the host's bytes. Received: {summary['mismatches']} "
            "differing bytes. reports/verify.json names the first clips."
        )
    if exceeded := [str(budget) for budget in limits if budget.exceeded]:
        raise BudgetError("\n".join(exceeded))


def read_explorer() -> Explorer:
    """The training clips that are drawn, with their features and predictions."""
    rows = read_rows(PREDICTIONS)
    drawn = sample(len(rows))
    features = np.load(FEATURES, mmap_mode="r")[drawn]
    columns = {
        name: [rows[i][name] for i in drawn.tolist()] for name in ("name", "actual", "predicted")
    }
    return explore(features, columns["name"], columns["actual"], columns["predicted"])


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by column."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    run_stage("summary", main)
