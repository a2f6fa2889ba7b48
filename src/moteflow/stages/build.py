"""PlatformIO builds the firmware for the chosen board."""

from pathlib import Path

from moteflow.files import write_json
from moteflow.firmware import build
from moteflow.params import Params
from moteflow.stages.runner import run_stage
from moteflow.tracking import StageRun

FIRMWARE, OUTPUT = Path("firmware"), Path("build/firmware")
REPORT = Path("reports/build.json")


def main(params: Params, run: StageRun) -> None:
    report = build(params.verify.target, FIRMWARE, OUTPUT)
    write_json(REPORT, report)
    run.metrics(report)
    run.artifacts(OUTPUT)


if __name__ == "__main__":
    run_stage("build", main)
