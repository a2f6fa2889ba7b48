"""One table of what matters, gated by the budgets."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from moteflow.errors import BudgetError, FirmwareError
from moteflow.files import write_json
from moteflow.params import Params
from moteflow.stages.runner import read_report, run_stage
from moteflow.summary import budgets, summarize
from moteflow.tracking import StageRun

SUMMARY = Path("reports/summary.json")


def main(params: Params, run: StageRun) -> None:
    summary = summarize(
        {name: read_report(name) for name in ("quantize", "memory", "build", "verify")}
    )
    write_json(SUMMARY, summary)
    run.metrics(summary)
    run.pipeline_metrics(summary)
    run.artifacts(SUMMARY)
    table = Table("metric", "value", title="Summary")
    for name, value in summary.items():
        table.add_row(name, f"{value:.4f}" if isinstance(value, float) else f"{value}")
    Console().print(table)
    if summary["mismatches"]:
        raise FirmwareError(
            "The device must return the host's bytes. "
            f"Received: {summary['mismatches']} differing bytes; reports/verify.json names the clips."
        )
    exceeded = [str(budget) for budget in budgets(summary, params.budget) if budget.exceeded]
    if exceeded:
        raise BudgetError("\n".join(exceeded))


if __name__ == "__main__":
    run_stage("summary", main)
