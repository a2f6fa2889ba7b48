"""Recordings become clips in three subsets that share no speaker."""

from moteflow.data.augmentation import AugmentationConfig, augment
from moteflow.data.dataset import (
    SUBSETS,
    AudioConfig,
    Clip,
    Dataset,
    Rejection,
    Subset,
    load_dataset,
    load_labels,
    load_noise,
    load_subset,
    save_dataset,
)
from moteflow.data.folder import FolderConfig
from moteflow.data.labels import SILENCE, UNKNOWN
from moteflow.data.sources import DATASETS, DatasetConfig, ingest
from moteflow.data.speech_commands import SpeechCommandsConfig
from moteflow.data.synthetic_speech import SyntheticSpeechConfig

__all__ = [
    "DATASETS",
    "SILENCE",
    "SUBSETS",
    "UNKNOWN",
    "AudioConfig",
    "AugmentationConfig",
    "Clip",
    "Dataset",
    "DatasetConfig",
    "FolderConfig",
    "Rejection",
    "SpeechCommandsConfig",
    "Subset",
    "SyntheticSpeechConfig",
    "augment",
    "ingest",
    "load_dataset",
    "load_labels",
    "load_noise",
    "load_subset",
    "save_dataset",
]
