from pathlib import Path

import numpy as np
import pytest

from moteflow.data.background import (
    draw_silence,
    load_background,
    split_background,
    take_noise,
)
from moteflow.errors import DatasetError


def test_noise_is_cut_in_time() -> None:
    recordings = [np.arange(0, 100, dtype=np.int16), np.arange(100, 150, dtype=np.int16)]
    noise = split_background(recordings, 0.1, 0.2)
    assert noise["train"].tolist() == [*range(70), *range(100, 135)]
    assert noise["validation"].tolist() == [*range(70, 80), *range(135, 140)]
    assert noise["test"].tolist() == [*range(80, 100), *range(140, 150)]


def test_real_noise_of_any_format_is_loaded(shared_data: Path) -> None:
    recordings, rejections = load_background(shared_data / "audio" / "env_sounds", 16000)
    assert [round(len(r) / 16000, 2) for r in recordings] == [12.32, 17.39, 11.89]
    assert rejections == []


def test_unusable_noise_is_reported(hum: Path) -> None:
    (hum / "bad.wav").write_text("nothing")
    (hum / "LICENSE").write_text("free")
    recordings, rejections = load_background(hum, 8000)
    assert len(recordings) == 2
    assert [r.name for r in rejections] == ["hum/bad.wav"]


def test_folder_without_noise_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="nowhere"):
        load_background(tmp_path / "nowhere", 8000)
    (tmp_path / "bad.wav").write_text("nothing")
    with pytest.raises(DatasetError, match=r"bad\.wav: not a readable"):
        load_background(tmp_path, 8000)


def test_noise_is_taken_from_anywhere_and_repeated_if_short() -> None:
    rng = np.random.default_rng(0)
    windows = take_noise(np.arange(1000, dtype=np.int16), 50, 10, rng)
    assert windows.shape == (50, 10)
    assert (np.diff(windows, axis=1) == 1).all() and len(set(windows[:, 0].tolist())) > 30
    assert take_noise(np.array([1, 2, 3], np.int16), 1, 3, rng).tolist() == [[1, 2, 3]]
    assert set(take_noise(np.array([5], np.int16), 2, 8, rng).ravel().tolist()) == {5}


def test_silence_is_loud_quiet_and_almost_digital() -> None:
    rng = np.random.default_rng(0)
    noise = np.random.default_rng(1).integers(-8000, 8000, 50_000).astype(np.int16)
    peaks = np.abs(draw_silence(noise, 300, 500, rng)).max(axis=1)
    assert 15 < (peaks <= 2).sum() < 50
    assert peaks.max() > 4000 and np.count_nonzero((peaks > 20) & (peaks < 400)) > 30
