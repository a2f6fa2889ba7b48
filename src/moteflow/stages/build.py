"""PlatformIO builds the firmware for the chosen board."""

from pathlib import Path
from typing import Any

from moteflow.files import write_json
from moteflow.firmware import build, measure
from moteflow.params import Params
from moteflow.stages.runner import run_stage
from moteflow.tracking import StageRun

FIRMWARE, OUTPUT = Path("firmware"), Path("build/firmware")
REPORT = Path("reports/build.json")
# A program on the PC has no memory map to be measured against.
ON_HOST: dict[str, Any] = {"flash_bytes": None, "ram_bytes": None, "symbols": {}, "layers": {}}


def main(params: Params, run: StageRun) -> None:
    images = build(params.verify.target, FIRMWARE, OUTPUT)
    sizes = measure(images["elf"]).metrics() if "hex" in images else ON_HOST
    report = {"target": params.verify.target} | sizes
    write_json(REPORT, report)
    run.metrics(report)
    run.artifacts(OUTPUT)


if __name__ == "__main__":
    run_stage("build", main)
