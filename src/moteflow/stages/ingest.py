"""Recordings become clips of one length, rate and dtype, split by speaker."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path

from moteflow.data import Dataset, Rejection, ingest, save_dataset
from moteflow.files import write_csv, write_json
from moteflow.params import Params
from moteflow.repository import repository_root
from moteflow.stages.runner import run_stage
from moteflow.tracking import StageRun

DATASET = Path("data/dataset")
DOWNLOADS = Path("data/downloads")
REPORT, REJECTED = Path("reports/ingest.json"), Path("reports/rejected.csv")


def main(params: Params, run: StageRun) -> None:
    downloads = repository_root(Path.cwd()) / DOWNLOADS
    dataset, rejections = ingest(params.dataset, params.task.audio, params.seed, downloads)
    save_dataset(dataset, DATASET)
    write_csv(REJECTED, [asdict(rejection) for rejection in rejections], ("name", "reason"))
    report = describe(dataset, rejections)
    write_json(REPORT, report)
    run.metrics(report)
    run.artifacts(REJECTED, DATASET / "clips.csv")


def describe(dataset: Dataset, rejections: tuple[Rejection, ...]) -> dict[str, object]:
    """Clips by subset and label, groups by subset, and how many files were rejected."""
    return {
        "clips": {
            name: dict(sorted(Counter(clip.label for clip in subset.clips).items()))
            for name, subset in dataset.subsets.items()
        },
        "groups": {
            name: len({clip.group for clip in subset.clips})
            for name, subset in dataset.subsets.items()
        },
        "rejected": len(rejections),
    }


if __name__ == "__main__":
    run_stage("ingest", main)
