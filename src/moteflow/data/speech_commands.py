"""Google Speech Commands with its own validation and testing lists (Warden, arXiv:1804.03209)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from moteflow.data.archive import check_sha256, fetch, unpack
from moteflow.data.assembly import add_silence, assemble
from moteflow.data.background import load_background, split_background
from moteflow.data.dataset import AudioConfig, Dataset, Rejection
from moteflow.data.folder import BACKGROUND, check_drawn_fractions, list_recordings
from moteflow.data.labels import choose_labels
from moteflow.data.recordings import (
    Recording,
    decode_recordings,
    select_recordings,
    settle_duplicates,
)
from moteflow.errors import DatasetError

_SPEAKER = r"^([0-9a-f]+)_nohash_"
_LISTS = {"validation": "validation_list.txt", "test": "testing_list.txt"}
_NOISE_VALIDATION, _NOISE_TEST = 0.1, 0.1


@dataclass(frozen=True)
class SpeechCommandsConfig:
    """The archive by address, or a local copy.

    path: the archive or the folder it unpacks to; None downloads `url`.
    sha256: of the archive, checked before it is used.
    background: folder of noise; None takes the `_background_noise_` of the archive.
    unknown_fraction, silence_fraction: clips of `_unknown_` (drawn from the words that are not in
        `labels`) and `_silence_` (drawn from the noise), relative to the mean of the other labels.
    """

    path: str | None
    url: str
    sha256: str
    labels: Sequence[str] | None
    background: str | None = None
    unknown_fraction: float = 1.0
    silence_fraction: float = 1.0

    def __post_init__(self) -> None:
        check_drawn_fractions(self.unknown_fraction, self.silence_fraction)


def ingest_speech_commands(
    config: SpeechCommandsConfig, audio: AudioConfig, seed: int, downloads: Path
) -> tuple[Dataset, tuple[Rejection, ...]]:
    """Make a dataset of Speech Commands with its official subsets.

    The noise is cut in time, 80/10/10. Archives and what they unpack to are kept in `downloads`.
    Raises DatasetError when the archive or its lists cannot be had or are not what they should be.
    """
    root = _unpacked(config, downloads)
    recordings, rejections = list_recordings(root, None, _SPEAKER)
    recordings = _place(recordings, root)
    labels = choose_labels(config.labels, {r.label for r in recordings})
    background, unusable_noise = load_background(
        Path(config.background) if config.background else root / BACKGROUND, audio.sample_rate
    )
    noise = split_background(background, _NOISE_VALIDATION, _NOISE_TEST)
    windows, unusable = decode_recordings(
        select_recordings(recordings, labels, config.unknown_fraction, seed), audio
    )
    windows, repeated = settle_duplicates(windows)
    windows = add_silence(windows, labels, noise, config.silence_fraction, audio, seed)
    rejections = [*rejections, *unusable_noise, *unusable, *repeated]
    return assemble(windows, labels, noise, audio, rejections)


def _unpacked(config: SpeechCommandsConfig, downloads: Path) -> Path:
    if config.path is not None and Path(config.path).is_dir():
        return Path(config.path)
    folder = downloads / f"speech_commands-{config.sha256[:12]}"
    if folder.is_dir():
        return folder
    if config.path is None:
        archive = fetch(config.url, config.sha256, folder.with_name(folder.name + ".tar.gz"))
    else:
        archive = Path(config.path)
        if not archive.is_file():
            raise DatasetError(
                "dataset.path is the Speech Commands archive or its folder. "
                f"Received: {archive}. Correct it, or set it to null to download the archive."
            )
        check_sha256(archive, config.sha256)
    unpack(archive, folder)
    return folder


def _place(recordings: Sequence[Recording], root: Path) -> list[Recording]:
    """Put the listed recordings into their subset and all others into train."""
    place: dict[str, str] = {}
    for subset, name in _LISTS.items():
        try:
            lines = (root / name).read_text(encoding="utf-8").split()
        except (OSError, UnicodeDecodeError) as error:
            raise DatasetError(
                f"Speech Commands comes with {name}. Received: {root} ({error}). Use the whole "
                "archive, or dataset=folder for recordings without official lists."
            ) from error
        place.update(dict.fromkeys(lines, subset))
    return [replace(r, subset=place.get(r.name, "train")) for r in recordings]
