"""Cepstral mean and variance normalization (CMVN): a step after any block, by the device's code."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from moteflow.dsp.block import Field, Table, require
from moteflow.dsp.native import native
from moteflow.errors import FeatureError

Float32 = npt.NDArray[np.float32]

DEVIATION_MIN = float(np.finfo(np.float32).tiny)
"""A smaller one has no float32 reciprocal."""

_ROWS = 4096
"""Taken at a time, as a training set in float64 may not fit into memory."""


class CmvnMode(Enum):
    """Whose mean and variance features are normalized by."""

    NONE = "none"
    WINDOW = "window"
    """Those of all frames of the model's window."""
    SLIDING = "sliding"
    """Those of the frames that came last."""
    TRAINING = "training"
    """Those of the training set."""


@dataclass(frozen=True)
class CmvnConfig:
    """How features are normalized; unsound parameters are a FeatureError."""

    mode: Annotated[CmvnMode, "Statistics: none, window, sliding or training."]
    variance: Annotated[bool, "Divide by the standard deviation too, after taking the mean off."]
    n_frames: Annotated[int, "Frames that sliding looks back on, the normalized one included."]

    def __post_init__(self) -> None:
        require(self.n_frames >= 1, "n_frames must be at least 1", self.n_frames)


NO_CMVN = CmvnConfig(CmvnMode.NONE, variance=False, n_frames=1)


@dataclass(frozen=True, eq=False)
class Statistics:
    """Mean and standard deviation of each feature, float32 [n_features] each."""

    mean: Float32
    deviation: Float32


def measure_statistics(features: Float32) -> Statistics:
    """The statistics of features [..., n_features], accumulated in float64.

    Raises FeatureError if there are none.
    """
    rows = features.reshape(-1, features.shape[-1])
    require(len(rows) > 0, "statistics need at least one frame of features", features.shape)
    mean = rows.mean(axis=0, dtype=np.float64)
    squares = np.zeros_like(mean)
    for start in range(0, len(rows), _ROWS):
        squares += np.square(rows[start : start + _ROWS] - mean).sum(axis=0)
    deviation = np.sqrt(squares / len(rows))
    return Statistics(mean.astype(np.float32), deviation.astype(np.float32))


def save_statistics(path: Path, statistics: Statistics) -> None:
    """Write an `.npz` of `mean` and `deviation`; equal statistics give equal bytes."""
    np.savez(path, mean=statistics.mean, deviation=statistics.deviation)


def load_statistics(path: Path) -> Statistics:
    """What `save_statistics` wrote; FeatureError if there is no such file."""
    try:
        with path.open("rb") as file, np.load(file) as arrays:
            return Statistics(arrays["mean"], arrays["deviation"])
    except (OSError, EOFError, KeyError, TypeError, ValueError, BadZipFile) as error:
        raise FeatureError(
            "Mode training needs the .npz of statistics that the featurize stage writes. Received:"
            f" {path}: {error}. Run the pipeline with cmvn=training, or give its file."
        ) from error


def normalize(
    features: Float32, config: CmvnConfig, statistics: Statistics | None = None
) -> Float32:
    """Normalized features, float32 [n, n_frames, n_features] as `extract` gives them.

    Each clip is a window, or a stream of its own. `statistics` are those of the training set, which
    mode training asks for. A feature without variance becomes 0 where `config.variance` is set.
    Raises FeatureError for another dtype or shape, or if statistics are missing.
    """
    if features.dtype != np.float32 or features.ndim != 3:
        raise FeatureError(
            "Features must be float32 [clips, frames, features], as extract gives them. Received:"
            f" {features.dtype} {list(features.shape)}"
        )
    rows = features.copy()
    if config.mode is CmvnMode.NONE or rows.size == 0:
        return rows
    ffi, lib = native().ffi, native().lib
    cmvn, memory = _fill(config, features.shape[-1], statistics)
    for clip in rows:
        values = ffi.from_buffer("float[]", clip)
        match config.mode:
            case CmvnMode.WINDOW:
                lib.mote_cmvn_window_f32(cmvn, values, len(clip))
            case CmvnMode.SLIDING:
                history = ffi.new("mote_cmvn_history_t *", {"rows": memory[-1]})
                lib.mote_cmvn_sliding_f32(cmvn, history, values, len(clip))
            case CmvnMode.TRAINING:
                lib.mote_cmvn_training_f32(cmvn, values, len(clip))
    return rows


def describe_cmvn(
    config: CmvnConfig, n_features: int, statistics: Statistics | None = None
) -> tuple[Field, ...]:
    """The members of the `mote_cmvn_t` for rows of `n_features`.

    Raises FeatureError if mode training lacks statistics.
    """
    members: tuple[Field, ...] = (
        Field("n_features", n_features),
        Field("variance", int(config.variance)),
        Field("n_frames", config.n_frames),
    )
    if config.mode is not CmvnMode.TRAINING:
        return members
    shape = None if statistics is None else statistics.mean.shape
    if statistics is None or shape != (n_features,):
        raise FeatureError(
            f"Mode training needs the training set's statistics of {n_features} features, which the"
            f" featurize stage writes to statistics.npz. Received: {shape}"
        )
    members = (*members, Field("mean", Table("mean", statistics.mean)))
    if not config.variance:
        return members
    deviation = statistics.deviation.astype(np.float64)
    gain = np.divide(1.0, deviation, out=np.zeros_like(deviation), where=deviation >= DEVIATION_MIN)
    return (*members, Field("gain", Table("gain", gain.astype(np.float32))))


def _fill(
    config: CmvnConfig, n_features: int, statistics: Statistics | None
) -> tuple[Any, list[Any]]:
    """The C struct, and what must live as long: its tables, then the rows of a history."""
    ffi = native().ffi
    cmvn = ffi.new("mote_cmvn_t *")
    memory: list[Any] = []
    for field in describe_cmvn(config, n_features, statistics):
        value: Any = field.value
        if isinstance(value, Table):
            value = ffi.from_buffer("float[]", value.values)
            memory.append(value)
        setattr(cmvn, field.name, value)
    memory.append(ffi.new("float[]", config.n_frames * n_features))
    return cmvn, memory
