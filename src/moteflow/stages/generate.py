"""The .tflite becomes C with a computed arena."""

from pathlib import Path

from moteflow.codegen import find_architecture, generate
from moteflow.data import load_labels
from moteflow.files import write_json
from moteflow.firmware import find_board
from moteflow.graph import plan_json
from moteflow.params import Params
from moteflow.stages.runner import run_stage
from moteflow.tracking import StageRun

DATASET, TFLITE = Path("data/dataset"), Path("models/int8.tflite")
MODEL = Path("firmware/lib/model")
REPORT = Path("reports/memory.json")


def main(params: Params, run: StageRun) -> None:
    board = find_board(params.verify.target)
    limits = [board.ram_bytes, params.budget.max_ram_bytes]
    generated = generate(
        TFLITE.read_bytes(),
        params.model_name,
        params.task.application(params.features, load_labels(DATASET)),
        find_architecture(board.cpu),
        min((limit for limit in limits if limit is not None), default=None),
        MODEL,
        rounding=params.quantize.rounding,
    )
    report = plan_json(generated.plan) | {
        "macs": generated.macs,
        "constant_bytes": generated.constant_bytes,
    }
    write_json(REPORT, report)
    run.metrics(report)
    run.artifacts(MODEL, REPORT)


if __name__ == "__main__":
    run_stage("generate", main)
