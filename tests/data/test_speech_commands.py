import hashlib
import tarfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moteflow.data import SUBSETS, AudioConfig, Dataset, SpeechCommandsConfig, ingest
from moteflow.errors import DatasetError

SPEAKERS = {"train": ["0a", "1b", "2c"], "validation": ["3d"], "test": ["4e", "5f"]}


@pytest.fixture
def copy(tmp_path: Path, write_word, hum: Path) -> Path:
    """A small Speech Commands: four words, six speakers, lists, noise."""
    root = tmp_path / "copy"
    lists: dict[str, list[str]] = {subset: [] for subset in SUBSETS}
    seed = 0
    for word in ("yes", "no", "cat", "dog"):
        for subset, speakers in SPEAKERS.items():
            for speaker in speakers:
                seed += 1
                name = f"{word}/{speaker}_nohash_0.wav"
                write_word(root / name, seed)
                lists[subset].append(name)
    (root / "validation_list.txt").write_text("\n".join(lists["validation"]) + "\n")
    (root / "testing_list.txt").write_text("\n".join(lists["test"]) + "\n")
    (root / "LICENSE").write_text("CC BY 4.0")
    hum.rename(root / "_background_noise_")
    return root


@pytest.fixture
def config(copy: Path) -> SpeechCommandsConfig:
    return SpeechCommandsConfig(
        path=str(copy),
        url="http://127.0.0.1:9/never",
        sha256="0" * 64,
        labels=["yes", "no", "_unknown_", "_silence_"],
    )


def _pack(copy: Path, archive: Path) -> str:
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(copy, ".")
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def _assert_official(dataset: Dataset) -> None:
    for subset in SUBSETS:
        clips = dataset.subsets[subset].clips
        spoken = [c for c in clips if c.label != "_silence_"]
        assert {c.group for c in spoken if c.label in ("yes", "no")} == set(SPEAKERS[subset])
        assert {c.group for c in clips} <= {*SPEAKERS[subset], f"_silence_/{subset}"}


def test_official_lists_are_kept(
    config: SpeechCommandsConfig, audio: AudioConfig, tmp_path: Path
) -> None:
    dataset, _ = ingest(config, audio, 0, tmp_path / "downloads")
    _assert_official(dataset)
    counts = Counter(c.label for s in SUBSETS for c in dataset.subsets[s].clips)
    assert counts["yes"] == counts["no"] == counts["_unknown_"] == 6
    assert {s: len(dataset.noise[s]) for s in SUBSETS} == {
        "train": 38400,
        "validation": 4800,
        "test": 4800,
    }
    assert not (tmp_path / "downloads").exists()


def test_local_archive_is_checked_and_unpacked_once(
    config: SpeechCommandsConfig, audio: AudioConfig, copy: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "local.tar.gz"
    packed = replace(config, path=str(archive), sha256=_pack(copy, archive))
    first, _ = ingest(packed, audio, 0, tmp_path / "downloads")
    _assert_official(first)
    archive.unlink()
    second, _ = ingest(packed, audio, 0, tmp_path / "downloads")
    assert np.array_equal(first.subsets["test"].samples, second.subsets["test"].samples)


def test_archive_with_another_sha256_is_refused(
    config: SpeechCommandsConfig, audio: AudioConfig, copy: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "local.tar.gz"
    actual = _pack(copy, archive)
    with pytest.raises(DatasetError, match=actual):
        ingest(replace(config, path=str(archive)), audio, 0, tmp_path / "downloads")
    assert not (tmp_path / "downloads").exists()


def test_absent_copy_and_absent_lists_are_refused(
    config: SpeechCommandsConfig, audio: AudioConfig, copy: Path, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match="nowhere"):
        ingest(replace(config, path=str(tmp_path / "nowhere")), audio, 0, tmp_path)
    (copy / "testing_list.txt").unlink()
    with pytest.raises(DatasetError, match="testing_list"):
        ingest(config, audio, 0, tmp_path)


def test_copy_of_a_test_clip_leaves_train(
    config: SpeechCommandsConfig, audio: AudioConfig, copy: Path, tmp_path: Path
) -> None:
    content = (copy / "yes" / "4e_nohash_0.wav").read_bytes()
    (copy / "yes" / "0a_nohash_1.wav").write_bytes(content)
    dataset, rejections = ingest(replace(config, labels=["yes", "no"]), audio, 0, tmp_path)
    assert [(r.name, r.reason) for r in rejections] == [
        ("yes/0a_nohash_1.wav", "the same samples as yes/4e_nohash_0.wav, which stays")
    ]
    assert {c.group for c in dataset.subsets["train"].clips} >= {"1b", "2c"}


def test_speaker_in_two_lists_is_refused(
    config: SpeechCommandsConfig, audio: AudioConfig, copy: Path, write_word, tmp_path: Path
) -> None:
    write_word(copy / "yes" / "4e_nohash_7.wav", 99)
    with pytest.raises(DatasetError, match="4e in"):
        ingest(config, audio, 0, tmp_path)
