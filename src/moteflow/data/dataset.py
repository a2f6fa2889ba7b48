"""The dataset as the rest of the house sees it, and its form on disk."""

import csv
import hashlib
import json
from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from moteflow.errors import DatasetError
from moteflow.files import replacing, write_json

SUBSETS = ("train", "validation", "test")

Samples = NDArray[np.int16]

T = TypeVar("T")


@dataclass(frozen=True)
class AudioConfig:
    """What every clip becomes: mono int16 at `sample_rate` Hz, `window_samples` long."""

    sample_rate: int
    window_samples: int

    def __post_init__(self) -> None:
        if self.sample_rate < 1 or self.window_samples < 1:
            raise DatasetError(
                "task.sample_rate and task.window_samples are positive. "
                f"Received: {self.sample_rate} Hz, {self.window_samples} samples. Correct the task."
            )


@dataclass(frozen=True)
class Clip:
    """One row of clips.csv: where a window of samples came from and where it belongs."""

    name: str
    label: str
    group: str
    subset: str
    sha256: str


@dataclass(frozen=True)
class Subset:
    """samples int16 [n, window_samples], targets int64 [n] (index into labels), clips [n]."""

    samples: Samples
    targets: NDArray[np.int64]
    clips: tuple[Clip, ...]


@dataclass(frozen=True)
class Dataset:
    """Three subsets and, for each, background noise that the others never hear (1-D int16)."""

    labels: tuple[str, ...]
    sample_rate: int
    subsets: dict[str, Subset]
    noise: dict[str, Samples]


@dataclass(frozen=True)
class Rejection:
    """A file, or another part of the source, that was left out or found wanting, and why."""

    name: str
    reason: str


def hash_samples(samples: Samples) -> str:
    """Return the SHA-256 of int16 samples in little-endian order."""
    return hashlib.sha256(samples.astype("<i2", copy=False).tobytes()).hexdigest()


def save_dataset(dataset: Dataset, folder: Path) -> None:
    """Write labels.json, clips.csv and one .npz per subset, whole or not at all.

    The same dataset always gives the same bytes.
    """
    with replacing(folder) as temporary:
        temporary.mkdir()
        write_json(
            temporary / "labels.json",
            {"labels": list(dataset.labels), "sample_rate": dataset.sample_rate},
        )
        with (temporary / "clips.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(field.name for field in fields(Clip))
            for subset in SUBSETS:
                table.writerows(astuple(clip) for clip in dataset.subsets[subset].clips)
        for subset in SUBSETS:
            part = dataset.subsets[subset]
            np.savez(
                temporary / f"{subset}.npz",
                samples=part.samples,
                targets=part.targets,
                noise=dataset.noise[subset],
            )


def _read(path: Path, read: Callable[[Path], T]) -> T:
    try:
        return read(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f"A saved dataset has a readable {path.name}. Received: {path} ({error}). "
            "Run the ingest stage again."
        ) from error


def _read_head(path: Path) -> dict[str, Any]:
    head: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {"labels": tuple(head["labels"]), "sample_rate": int(head["sample_rate"])}


def _read_clips(path: Path) -> tuple[Clip, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(Clip(**row) for row in csv.DictReader(file))


def _read_array(path: Path, name: str) -> NDArray[Any]:
    with np.load(path, allow_pickle=False) as arrays:
        array: NDArray[Any] = arrays[name]
    return array


def load_labels(folder: Path) -> tuple[str, ...]:
    """Return the labels of a saved dataset in the order of the targets."""
    labels: tuple[str, ...] = _read(folder / "labels.json", _read_head)["labels"]
    return labels


def load_noise(folder: Path, subset: str) -> Samples:
    """Return the background noise of one subset, 1-D int16, possibly empty."""
    return _read(folder / f"{subset}.npz", lambda path: _read_array(path, "noise"))


def load_subset(folder: Path, subset: str) -> Subset:
    """Return one subset of a saved dataset. Raises DatasetError when its parts disagree."""
    clips = tuple(c for c in _read(folder / "clips.csv", _read_clips) if c.subset == subset)
    samples = _read(folder / f"{subset}.npz", lambda path: _read_array(path, "samples"))
    targets = _read(folder / f"{subset}.npz", lambda path: _read_array(path, "targets"))
    if not len(clips) == len(samples) == len(targets):
        raise DatasetError(
            f"clips.csv and {subset}.npz list the same clips. Received: {len(clips)} rows, "
            f"{len(samples)} windows, {len(targets)} targets. Run the ingest stage again."
        )
    return Subset(samples, targets, clips)


def load_dataset(folder: Path) -> Dataset:
    """Return a saved dataset. Raises DatasetError when a part is missing or broken."""
    head = _read(folder / "labels.json", _read_head)
    return Dataset(
        labels=head["labels"],
        sample_rate=head["sample_rate"],
        subsets={subset: load_subset(folder, subset) for subset in SUBSETS},
        noise={subset: load_noise(folder, subset) for subset in SUBSETS},
    )
