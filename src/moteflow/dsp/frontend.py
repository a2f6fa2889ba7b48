"""From samples to the features that a model sees: a block, and the normalization after it."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from moteflow.dsp.block import FeatureConfig
from moteflow.dsp.cmvn import (
    NO_CMVN,
    CmvnConfig,
    CmvnMode,
    Float32,
    Statistics,
    describe_cmvn,
    normalize,
)
from moteflow.dsp.extract import extract
from moteflow.dsp.quantization import quantize
from moteflow.errors import FeatureError

Value = TypeVar("Value", bound=np.generic)


@dataclass(frozen=True)
class Frontend:
    """A feature block and how its features are normalized; `statistics` are for mode training.

    Below, "the block's features" are those that `dsp.extract` gives and the device traces: the ones
    before normalization. Raises FeatureError for integer features, which are not normalized, and
    if mode training lacks the statistics of just these features.
    """

    block: FeatureConfig
    cmvn: CmvnConfig = NO_CMVN
    statistics: Statistics | None = None

    def __post_init__(self) -> None:
        check_cmvn(self.block, self.cmvn)
        describe_cmvn(self.cmvn, self.block.n_features, self.statistics)

    def extract(self, samples: npt.NDArray[np.int16] | npt.NDArray[np.float32]) -> Float32:
        """The model's features of clips, as `dsp.extract` gives the block's."""
        return self.normalize(extract(samples, self.block))

    def normalize(self, features: Float32) -> Float32:
        """The model's features out of the block's, float32 [clips, frames, n_features].

        Each clip is a window and a stream of its own. Mode none gives `features` itself.
        """
        if self.cmvn.mode is CmvnMode.NONE:
            return features
        return normalize(features, self.cmvn, self.statistics)

    def quantize(self, features: Float32, scale: float, zero_point: int) -> npt.NDArray[np.int8]:
        """The model's int8 input out of the block's features, as `dsp.quantize` makes it."""
        return quantize(self.normalize(features), self.block, scale, zero_point)

    def quantize_stream(
        self, features: Float32, n_frames: int, step: int, scale: float, zero_point: int
    ) -> npt.NDArray[np.int8]:
        """The model's int8 inputs [windows, n_frames, n_features] over one long stream.

        `features` are the block's [frames, n_features]; a window begins every `step` frames. The
        history of mode sliding reaches back beyond a window's first frame.
        """
        if self.cmvn.mode is CmvnMode.WINDOW:
            return self.quantize(_windows(features, n_frames, step), scale, zero_point)
        return _windows(self.quantize(features[None], scale, zero_point)[0], n_frames, step)


def check_cmvn(block: FeatureConfig, cmvn: CmvnConfig) -> None:
    """Raise FeatureError if the block's features cannot be normalized so."""
    features_type = block.describe().features_type
    if cmvn.mode is not CmvnMode.NONE and features_type != "float":
        raise FeatureError(
            f"cmvn={cmvn.mode.value} needs float features. Received: {features_type} features of"
            f" the block {block.block}. Set cmvn=none, or features.arithmetic=float if the block"
            " has it."
        )


def _windows(rows: npt.NDArray[Value], n_frames: int, step: int) -> npt.NDArray[Value]:
    """A view [windows, n_frames, n] of rows [frames, n]."""
    return sliding_window_view(rows, n_frames, axis=0)[::step].swapaxes(1, 2)
