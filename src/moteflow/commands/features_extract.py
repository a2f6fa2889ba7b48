"""`moteflow features extract`: recordings to one file of features."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from moteflow.data.signals import read_signal
from moteflow.dsp import FeatureConfig, extract
from moteflow.errors import FeatureError
from moteflow.files import replacing


def run(config: FeatureConfig, files: Sequence[Path], columns: Sequence[str], output: Path) -> int:
    """Write the features of all files; of none if one of them cannot be used."""

    def featurize(path: Path) -> NDArray[np.float32]:
        return featurize_file(path, config, columns)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        features = list(
            track(
                pool.map(featurize, files),
                description=config.block,
                total=len(files),
                console=Console(stderr=True),
                transient=True,
            )
        )
    save_features(output, files, features, config)
    n_frames = sum(map(len, features))
    print(f"{output}: {n_frames:,} frames of {config.n_features} features, {len(files)} files.")
    return 0


def featurize_file(
    path: Path, config: FeatureConfig, columns: Sequence[str]
) -> NDArray[np.float32]:
    """One recording as one stream: [n_frames, n_features]; an error names the file."""
    samples = read_signal(path, config, columns)
    try:
        features: NDArray[np.float32] = extract(samples[None], config, n_threads=1)[0]
    except FeatureError as error:
        raise FeatureError(f"{path}: {error}") from error
    return features


def save_features(
    output: Path,
    files: Sequence[Path],
    features: Sequence[NDArray[np.float32]],
    config: FeatureConfig,
) -> None:
    """Write an .npz, the same bytes for the same content, that loads without pickle.

    names          [n] the files as they were given
    features_{i}   float32 [n_frames, n_features] of file i
    feature_names  [n_features]
    frame_times    float64 [most frames of a file]: seconds from a file's start to each frame's
    """
    n_frames = max(map(len, features))
    arrays: dict[str, NDArray[Any]] = {
        "names": np.array([str(path) for path in files]),
        "feature_names": np.array(config.feature_names),
        "frame_times": np.arange(n_frames) * (config.hop_length / config.sample_rate),
    }
    arrays |= {f"features_{i}": values for i, values in enumerate(features)}
    with replacing(output) as temporary, temporary.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)
