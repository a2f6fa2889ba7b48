"""The frontend as stages have it: of the parameters and of what featurize measured."""

from pathlib import Path

from moteflow import dsp
from moteflow.params import Params

STATISTICS = "statistics.npz"
"""In the folder of features with cmvn=training: the training subset's."""


def load_frontend(params: Params, features: Path) -> dsp.Frontend:
    """How samples became the model's features; FeatureError if its statistics are not there."""
    statistics = None
    if params.cmvn.mode is dsp.CmvnMode.TRAINING:
        statistics = dsp.load_statistics(features / STATISTICS)
    return dsp.Frontend(params.features, params.cmvn, statistics)
