"""Recordings in folders, one folder per label, or in one flat folder with labels in the names."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from moteflow.data.assembly import add_silence, assemble
from moteflow.data.audio import FOREIGN_SUFFIXES, SUFFIXES
from moteflow.data.background import load_background, split_background
from moteflow.data.dataset import AudioConfig, Dataset, Rejection, Samples
from moteflow.data.labels import SILENCE, choose_labels
from moteflow.data.recordings import (
    Recording,
    decode_recordings,
    select_recordings,
    settle_duplicates,
)
from moteflow.data.splits import check_fractions, count_labels, split_groups
from moteflow.errors import DatasetError

BACKGROUND = "_background_noise_"


@dataclass(frozen=True)
class FolderConfig:
    """One's own recordings.

    path: holds `<label>/*` WAV, FLAC or OGG files of any rate, channels and sample format.
    labels: chosen labels in the order of the targets; None takes all, sorted.
    label_pattern: regular expression on the path below `path`; its group `label`, or its first
        group, is the label. None takes the name of the folder that holds the file.
    group_pattern: regular expression on the file name; its group `group`, or its first group,
        is the speaker. None makes every file its own group.
    background: folder of noise; None takes `_background_noise_` in `path`, if it is there.
    unknown_fraction, silence_fraction: how many clips of `_unknown_` and `_silence_` to draw when
        they have no folder, relative to the mean number of clips of the other labels.
    """

    path: str | None
    labels: Sequence[str] | None = None
    label_pattern: str | None = None
    group_pattern: str | None = None
    background: str | None = None
    unknown_fraction: float = 1.0
    silence_fraction: float = 1.0
    validation_fraction: float = 0.1
    test_fraction: float = 0.2

    def __post_init__(self) -> None:
        check_fractions(self.validation_fraction, self.test_fraction)
        check_drawn_fractions(self.unknown_fraction, self.silence_fraction)
        for key, pattern in (("label", self.label_pattern), ("group", self.group_pattern)):
            if pattern is not None:
                _check_pattern(key, pattern)


def check_drawn_fractions(unknown_fraction: float, silence_fraction: float) -> None:
    """Raise DatasetError unless both fractions are positive."""
    if min(unknown_fraction, silence_fraction) <= 0:
        raise DatasetError(
            "dataset.unknown_fraction and dataset.silence_fraction are positive. Received: "
            f"{unknown_fraction} and {silence_fraction}. Leave _unknown_ or _silence_ out of "
            "dataset.labels to have none."
        )


def ingest_folder(
    config: FolderConfig, audio: AudioConfig, seed: int
) -> tuple[Dataset, tuple[Rejection, ...]]:
    """Make a dataset of the recordings in `config.path`.

    Raises DatasetError when the folder, a label or a whole subset is missing.
    """
    if config.path is None or not Path(config.path).is_dir():
        raise DatasetError(
            f"dataset.path is a folder of recordings, <label>/*.wav. Received: {config.path}. "
            "Correct dataset.path, or choose dataset=synthetic_speech, which needs none."
        )
    root = Path(config.path)
    recordings, rejections = list_recordings(root, config.label_pattern, config.group_pattern)
    if not recordings:
        reasons = "; ".join(f"{r.name}: {r.reason}" for r in rejections[:5])
        raise DatasetError(
            f"dataset.path holds recordings. Received: {root} without a usable WAV, FLAC or OGG "
            f"file ({reasons or 'no audio files'}). Put them in <label>/ folders there, "
            "or correct dataset.path, label_pattern or group_pattern."
        )
    labels = choose_labels(config.labels, {r.label for r in recordings})
    noise, unusable_noise = background_of(config, root, audio.sample_rate)
    windows, unusable = decode_recordings(
        select_recordings(recordings, labels, config.unknown_fraction, seed), audio
    )
    windows, repeated = settle_duplicates(windows)
    place = split_groups(
        count_labels((w.group, w.label) for w in windows),
        config.validation_fraction,
        config.test_fraction,
        seed,
    )
    windows = [replace(w, subset=place[w.group]) for w in windows]
    windows = add_silence(windows, labels, noise, config.silence_fraction, audio, seed)
    rejections = [*rejections, *unusable_noise, *unusable, *repeated]
    return assemble(windows, labels, noise, audio, rejections)


def background_of(
    config: FolderConfig, root: Path, sample_rate: int
) -> tuple[dict[str, Samples], list[Rejection]]:
    """Return the noise of each subset, empty when the source has none."""
    folder = Path(config.background) if config.background else root / BACKGROUND
    recordings: list[Samples] = []
    rejections: list[Rejection] = []
    if config.background or folder.is_dir():
        recordings, rejections = load_background(folder, sample_rate)
    noise = split_background(recordings, config.validation_fraction, config.test_fraction)
    return noise, rejections


def list_recordings(
    root: Path, label_pattern: str | None, group_pattern: str | None
) -> tuple[list[Recording], list[Rejection]]:
    """List the audio files below `root`, sorted by name, with label and group.

    Other files and hidden ones are passed over, and so are `_background_noise_` and links to
    folders. Files of `_silence_` need no speaker; any other file that does not fit a
    pattern is rejected, since it could carry a test speaker into training.
    """
    recordings: list[Recording] = []
    rejections: list[Rejection] = []
    for path in _walk(root, rejections):
        name = path.relative_to(root).as_posix()
        shown = name.encode("utf-8", "backslashreplace").decode()
        suffix = path.suffix.lower()
        if suffix in FOREIGN_SUFFIXES:
            rejections.append(Rejection(shown, f"{suffix} is not read: convert it to WAV"))
        if suffix not in SUFFIXES:
            continue
        if shown != name:
            rejections.append(Rejection(shown, "the file name is not UTF-8"))
            continue
        label = _label(name, label_pattern)
        if not label:
            rule = "folder of a label" if label_pattern is None else "dataset.label_pattern"
            rejections.append(Rejection(name, f"no label: the path does not fit the {rule}"))
            continue
        group = _first_group(group_pattern, path.name, "group") if group_pattern else name
        if not group and label != SILENCE:
            rejections.append(
                Rejection(name, "no group: the file name does not fit dataset.group_pattern")
            )
            continue
        recordings.append(Recording(path, name, label, group or name))
    return recordings, rejections


def _walk(root: Path, rejections: list[Rejection]) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise DatasetError(
            f"Every folder below dataset.path is readable. Received: {error}. "
            "Correct its permissions or move it away."
        ) from error

    paths: list[Path] = []
    for folder, subfolders, files in os.walk(root, onerror=refuse):
        here = Path(folder)
        for name in subfolders:
            if (here / name).is_symlink():
                link = (here / name).relative_to(root).as_posix()
                rejections.append(Rejection(link, "a link to a folder is not followed"))
        subfolders[:] = [n for n in subfolders if n != BACKGROUND and not n.startswith(".")]
        paths.extend(here / name for name in files if not name.startswith("."))
    return sorted(paths, key=lambda path: path.relative_to(root).as_posix())


def _label(name: str, pattern: str | None) -> str | None:
    if pattern is not None:
        return _first_group(pattern, name, "label")
    parent = PurePosixPath(name).parent.name
    return parent or None


def _first_group(pattern: str, text: str, group: str) -> str | None:
    match = re.search(pattern, text)
    if match is None:
        return None
    found = match[group] if group in match.re.groupindex else match[1]
    return found or None


def _check_pattern(key: str, pattern: str) -> None:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise DatasetError(
            f"dataset.{key}_pattern is a regular expression. Received: {pattern!r} ({error}). "
            "Correct it."
        ) from error
    if not groups:
        raise DatasetError(
            f"dataset.{key}_pattern marks the {key} with a group in parentheses. "
            f"Received: {pattern!r}. Put parentheses around that part."
        )
