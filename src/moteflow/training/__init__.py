"""Training of a network on freshly augmented recordings."""

from moteflow.training.config import SpecAugmentConfig, TrainConfig
from moteflow.training.fitting import fit
from moteflow.training.history import EpochRecord, History

__all__ = [
    "EpochRecord",
    "History",
    "SpecAugmentConfig",
    "TrainConfig",
    "fit",
]
