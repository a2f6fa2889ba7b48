"""The sources a dataset can come from, by the name that conf/dataset/ gives them."""

from pathlib import Path

from moteflow.data.dataset import AudioConfig, Dataset, Rejection
from moteflow.data.folder import FolderConfig, ingest_folder
from moteflow.data.speech_commands import SpeechCommandsConfig, ingest_speech_commands
from moteflow.data.synthetic_speech import SyntheticSpeechConfig, ingest_synthetic_speech

DatasetConfig = FolderConfig | SpeechCommandsConfig | SyntheticSpeechConfig

DATASETS: dict[str, type[DatasetConfig]] = {
    "folder": FolderConfig,
    "speech_commands": SpeechCommandsConfig,
    "synthetic_speech": SyntheticSpeechConfig,
}


def ingest(
    config: DatasetConfig, audio: AudioConfig, seed: int, downloads: Path
) -> tuple[Dataset, tuple[Rejection, ...]]:
    """Make the dataset that `config` describes and list what was left out of it.

    The result depends on `config`, `audio`, `seed` and the content of the files only.
    Archives are kept in `downloads`. Raises DatasetError.
    """
    match config:
        case FolderConfig():
            return ingest_folder(config, audio, seed)
        case SpeechCommandsConfig():
            return ingest_speech_commands(config, audio, seed, downloads)
        case SyntheticSpeechConfig():
            return ingest_synthetic_speech(config, audio, seed)
