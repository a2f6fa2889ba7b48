"""From a list of recordings to the windows that may enter a dataset."""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from rich.progress import track

from moteflow.data.audio import UnusableAudioError, decode, to_window
from moteflow.data.dataset import SUBSETS, AudioConfig, Rejection, Samples, hash_samples
from moteflow.data.labels import SILENCE, UNKNOWN
from moteflow.data.seeds import generator
from moteflow.data.splits import merge_groups
from moteflow.errors import DatasetError


@dataclass(frozen=True)
class Recording:
    """A file and what its place says of it; `subset` is None unless the source fixes it."""

    path: Path
    name: str
    label: str
    group: str
    subset: str | None = None


@dataclass(frozen=True)
class Window:
    """One window of a recording, on its way to become a clip."""

    name: str
    label: str
    group: str
    subset: str | None
    samples: Samples
    sha256: str


def select_recordings(
    recordings: Sequence[Recording], labels: Sequence[str], unknown_fraction: float, seed: int
) -> list[Recording]:
    """Keep the recordings of `labels`; draw `_unknown_` from the other words if it has none.

    As many are drawn as `unknown_fraction` of the mean number of recordings per other label.
    Raises DatasetError when `_unknown_` is wanted and nothing is left to draw from.
    """
    selected = [r for r in recordings if r.label in labels]
    if UNKNOWN not in labels or any(r.label == UNKNOWN for r in selected):
        return selected
    others = [r for r in recordings if r.label not in (*labels, SILENCE)]
    if not others:
        raise DatasetError(
            "_unknown_ needs a folder of that name or words that are not in dataset.labels. "
            f"Received: recordings of {sorted({r.label for r in recordings})} only. "
            "Add recordings of other words, or take _unknown_ out of dataset.labels."
        )
    words = [label for label in labels if label not in (UNKNOWN, SILENCE)]
    n_spoken = sum(r.label in words for r in selected)
    wanted = max(len(SUBSETS), round(unknown_fraction * n_spoken / max(1, len(words))))
    order = generator(seed, "unknown").permutation(len(others))[:wanted]
    return selected + [replace(others[i], label=UNKNOWN) for i in sorted(order)]


def decode_recordings(
    recordings: Sequence[Recording], audio: AudioConfig
) -> tuple[list[Window], list[Rejection]]:
    """Decode all recordings, in parallel, into windows in the order given.

    A recording becomes one window; one of `_silence_` as many as it fills.
    """
    windows: list[Window] = []
    rejections: list[Rejection] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda recording: _windows_of(recording, audio), recordings)
        for result in track(results, "Decoding recordings", total=len(recordings)):
            if isinstance(result, Rejection):
                rejections.append(result)
            else:
                windows.extend(result)
    return windows, rejections


def _windows_of(recording: Recording, audio: AudioConfig) -> list[Window] | Rejection:
    try:
        samples = decode(recording.path, audio.sample_rate)
    except UnusableAudioError as error:
        return Rejection(recording.name, str(error))
    size = audio.window_samples
    if recording.label == SILENCE and len(samples) >= 2 * size:
        return [
            _window(recording, f"{recording.name}#{k}", samples[k * size : (k + 1) * size])
            for k in range(len(samples) // size)
        ]
    if recording.label != SILENCE and not samples.any():
        return Rejection(recording.name, "holds digital silence only")
    return [_window(recording, recording.name, to_window(samples, size))]


def _window(recording: Recording, name: str, samples: Samples) -> Window:
    samples = samples.copy()
    return Window(
        name, recording.label, recording.group, recording.subset, samples, hash_samples(samples)
    )


def settle_duplicates(windows: Iterable[Window]) -> tuple[list[Window], list[Rejection]]:
    """Keep one of each set of windows with the same samples and join the groups of the set.

    Where the source fixes the subsets it also vouches for its groups: they stay as they are, and
    the copy in test stays before the one in validation or train. Otherwise the first name in
    sorted order stays. The same samples under two labels are all rejected.
    """
    twins: dict[str, list[Window]] = {}
    for window in windows:
        twins.setdefault(window.sha256, []).append(window)
    merged = merge_groups([w.group for w in same if not w.subset] for same in twins.values())
    kept: list[Window] = []
    rejections: list[Rejection] = []
    for same in twins.values():
        same.sort(key=lambda w: (-SUBSETS.index(w.subset or "train"), w.name))
        first = same[0]
        if labels := sorted({w.label for w in same} - {first.label}):
            labels.append(first.label)
            rejections.extend(
                Rejection(w.name, f"the same samples are labelled {sorted(labels)}") for w in same
            )
            continue
        kept.append(replace(first, group=merged.get(first.group, first.group)))
        rejections.extend(
            Rejection(w.name, f"the same samples as {first.name}, which stays") for w in same[1:]
        )
    return kept, rejections
