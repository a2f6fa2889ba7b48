from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moteflow.data import (
    SUBSETS,
    AudioConfig,
    Clip,
    Dataset,
    Subset,
    load_dataset,
    load_labels,
    load_noise,
    load_subset,
    save_dataset,
)
from moteflow.data.dataset import hash_samples
from moteflow.errors import DatasetError


@pytest.fixture
def dataset() -> Dataset:
    rng = np.random.default_rng(0)
    labels = ("yes", '"; rm -rf', "größe, klein")
    subsets = {}
    for subset in SUBSETS:
        samples = rng.integers(-32768, 32768, (3, 50)).astype(np.int16)
        clips = tuple(
            Clip(f"{label}/ä\n{i}", label, f"g,{subset}", subset, hash_samples(samples[i]))
            for i, label in enumerate(labels)
        )
        subsets[subset] = Subset(samples, np.arange(3), clips)
    subsets["validation"] = Subset(np.zeros((0, 50), np.int16), np.zeros(0, np.int64), ())
    noise = {
        s: rng.integers(-9, 9, n).astype(np.int16) for s, n in zip(SUBSETS, (5, 0, 7), strict=True)
    }
    return Dataset(labels, 16000, subsets, noise)


def test_saved_dataset_comes_back(tmp_path: Path, dataset: Dataset) -> None:
    save_dataset(dataset, tmp_path / "saved")
    loaded = load_dataset(tmp_path / "saved")
    assert (loaded.labels, loaded.sample_rate) == (dataset.labels, dataset.sample_rate)
    assert load_labels(tmp_path / "saved") == dataset.labels
    for subset in SUBSETS:
        actual, expected = load_subset(tmp_path / "saved", subset), dataset.subsets[subset]
        assert actual.clips == expected.clips
        for name in ("samples", "targets"):
            assert getattr(actual, name).dtype == getattr(expected, name).dtype
            assert np.array_equal(getattr(actual, name), getattr(expected, name))
        assert np.array_equal(load_noise(tmp_path / "saved", subset), dataset.noise[subset])


def test_saving_twice_gives_the_same_bytes(
    tmp_path: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_dataset(dataset, tmp_path / "first")
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    save_dataset(dataset, tmp_path / "second")
    names = sorted(path.name for path in (tmp_path / "first").iterdir())
    assert names == ["clips.csv", "labels.json", "test.npz", "train.npz", "validation.npz"]
    for name in names:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_failed_save_leaves_the_old_dataset(tmp_path: Path, dataset: Dataset) -> None:
    save_dataset(dataset, tmp_path / "saved")
    with pytest.raises(KeyError):
        save_dataset(replace(dataset, noise={}), tmp_path / "saved")
    assert load_dataset(tmp_path / "saved").labels == dataset.labels
    assert [path.name for path in tmp_path.iterdir()] == ["saved"]


def test_broken_dataset_is_refused(tmp_path: Path, dataset: Dataset) -> None:
    with pytest.raises(DatasetError, match=r"labels\.json"):
        load_dataset(tmp_path)
    save_dataset(dataset, tmp_path / "saved")
    (tmp_path / "saved" / "train.npz").write_bytes(b"PK")
    with pytest.raises(DatasetError, match=r"train\.npz"):
        load_dataset(tmp_path / "saved")
    save_dataset(dataset, tmp_path / "saved")
    rows = (tmp_path / "saved" / "clips.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "saved" / "clips.csv").write_text("\n".join(rows[:1]), encoding="utf-8")
    with pytest.raises(DatasetError, match="0 rows"):
        load_dataset(tmp_path / "saved")


def test_window_must_have_a_length() -> None:
    with pytest.raises(DatasetError, match="0 samples"):
        AudioConfig(16000, 0)
