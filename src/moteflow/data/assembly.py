"""Windows, subsets and noise become a dataset."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from moteflow.data.background import check_heard, draw_silence
from moteflow.data.dataset import (
    SUBSETS,
    AudioConfig,
    Clip,
    Dataset,
    Rejection,
    Samples,
    Subset,
    hash_samples,
)
from moteflow.data.labels import SILENCE
from moteflow.data.recordings import Window
from moteflow.data.seeds import generator
from moteflow.errors import DatasetError


def add_silence(
    windows: Sequence[Window],
    labels: Sequence[str],
    noise: Mapping[str, Samples],
    fraction: float,
    audio: AudioConfig,
    seed: int,
) -> list[Window]:
    """Return `windows` (with their subsets) plus drawn `_silence_`, if wanted and not there.

    Each subset gets `fraction` of its mean number of clips per other label, from its own noise;
    fewer if the noise is so dull that draws repeat.
    """
    if SILENCE not in labels or any(w.label == SILENCE for w in windows):
        return list(windows)
    check_heard(noise)
    known = {w.sha256 for w in windows}
    drawn: list[Window] = []
    for subset in SUBSETS:
        n_others = sum(w.subset == subset for w in windows)
        n_clips = max(1, round(fraction * n_others / max(1, len(labels) - 1)))
        rng = generator(seed, f"silence/{subset}")
        clips = draw_silence(noise[subset], n_clips, audio.window_samples, rng)
        group = f"{SILENCE}/{subset}"
        for k, samples in enumerate(clips):
            sha256 = hash_samples(samples)
            if sha256 not in known:
                known.add(sha256)
                drawn.append(Window(f"{group}#{k}", SILENCE, group, subset, samples, sha256))
    return [*windows, *drawn]


def assemble(
    windows: Sequence[Window],
    labels: tuple[str, ...],
    noise: dict[str, Samples],
    audio: AudioConfig,
    rejections: Sequence[Rejection],
) -> tuple[Dataset, tuple[Rejection, ...]]:
    """Sort `windows` into the dataset's subsets; return it with all `rejections`.

    Clips stand in the order of their hashes, so that any first part of a subset is a fair sample
    of it. Labels that validation lacks join the rejections. Raises DatasetError when train or
    test lacks a label, or when a group or a window is in two subsets.
    """
    _check_apart(windows)
    gaps = _check_complete(windows, labels, rejections)
    subsets: dict[str, Subset] = {}
    for subset in SUBSETS:
        members = sorted((w for w in windows if w.subset == subset), key=lambda w: w.sha256)
        samples = np.empty((len(members), audio.window_samples), np.int16)
        for row, window in zip(samples, members, strict=True):
            row[:] = window.samples
        subsets[subset] = Subset(
            samples=samples,
            targets=np.array([labels.index(w.label) for w in members], np.int64),
            clips=tuple(Clip(w.name, w.label, w.group, subset, w.sha256) for w in members),
        )
    return Dataset(labels, audio.sample_rate, subsets, noise), (*rejections, *gaps)


def _check_apart(windows: Sequence[Window]) -> None:
    place: dict[tuple[str, str], str | None] = {}
    for window in windows:
        for kind, value in (("group", window.group), ("samples", window.sha256)):
            other = place.setdefault((kind, value), window.subset)
            if other != window.subset:
                raise DatasetError(
                    f"A {kind} belongs to one subset. Received: {value} in {other} and "
                    f"{window.subset} ({window.name}). Correct the lists of the subsets."
                )


def _check_complete(
    windows: Sequence[Window], labels: Sequence[str], rejections: Sequence[Rejection]
) -> list[Rejection]:
    found = Counter((w.subset, w.label) for w in windows)
    gaps: list[Rejection] = []
    for subset in SUBSETS:
        absent = [label for label in labels if not found[subset, label]]
        if not absent:
            continue
        if subset != "validation":
            counts = {label: sum(found[s, label] for s in SUBSETS) for label in absent}
            reasons = "; ".join(f"{r.name}: {r.reason}" for r in rejections[:5]) or "none"
            raise DatasetError(
                f"The {subset} subset has every label. Received: none of {absent} there, with "
                f"{counts} usable clips overall; {len(rejections)} rejected ({reasons}). "
                "Add recordings of more groups (speakers), or mend the rejected ones."
            )
        gaps.append(Rejection(subset, f"the subset has no clips of {absent}"))
    return gaps
