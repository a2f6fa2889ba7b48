"""`moteflow features` as people call it, from any folder."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from moteflow.composition import compose_features, find_conf
from moteflow.dsp import extract

BENCH = {
    "block", "target", "instructions_per_window", "instructions_per_second", "cycles_estimate",
    "flash", "ram", "mismatches",
}  # fmt: skip


def run(*words: object, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "moteflow.cli", "features", *map(str, words)]
    return subprocess.run(command, cwd=folder, text=True, capture_output=True)


@pytest.fixture
def tones(tmp_path: Path) -> list[Path]:
    """Two recordings of different length and rate, one of them with a `=` in its name."""
    paths = []
    for name, rate, seconds in (("low.wav", 16000, 0.5), ("pitch=a4.wav", 8000, 0.25)):
        paths.append(tmp_path / name)
        instants = np.arange(round(rate * seconds)) / rate
        signal = np.rint(12000 * np.sin(2 * np.pi * 440 * instants)).astype(np.int16)
        soundfile.write(paths[-1], signal, rate, subtype="PCM_16")
    return paths


def test_extract_writes_what_the_block_computes(
    tones: list[Path], root: Path, tmp_path: Path
) -> None:
    overrides = ("features=mfcc", "features.n_mels=30")
    for name in ("one.npz", "two.npz"):
        done = run("extract", *tones, *overrides, "--output", name, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    config = compose_features(root / "conf", overrides)
    with np.load(tmp_path / "one.npz", allow_pickle=False) as arrays:
        assert arrays["names"].tolist() == [str(path) for path in tones]
        assert tuple(arrays["feature_names"]) == config.feature_names
        samples, _ = soundfile.read(tones[0], dtype="int16")
        assert np.array_equal(arrays["features_0"], extract(samples[None], config)[0])
        assert arrays["features_1"].shape == (1 + (4000 - 640) // 320, config.n_features)
        assert arrays["frame_times"].tolist() == pytest.approx(np.arange(24) * 0.02)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("features=mfcc",), "DatasetError: Features are extracted from files"),
        (("absent.wav",), "absent.wav: not a regular file"),
        (("low.wav", "features=unheard_of"), "ParamsError"),
        (("low.wav", "features.n_mels=0"), "FeatureError: n_mels must be at least 1"),
        (("low.wav", "short.wav"), "FeatureError: short.wav: A clip must hold at least one frame"),
        (("low.wav", "cut.wav"), "cut.wav: truncated"),
        (("bad.csv",), "'tilt' in bad.csv, row 2, column 1"),
        (("low.wav", "--columns", "x"), "--columns chooses from a .csv file"),
    ],
)
def test_extract_writes_all_or_nothing(
    words: tuple[str, ...], message: str, tones: list[Path], tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "short.wav", np.zeros(100, np.int16), 16000)
    (tmp_path / "cut.wav").write_bytes(tones[0].read_bytes()[:-2])
    (tmp_path / "bad.csv").write_text("1\ntilt\n")
    done = run("extract", *words, "--output", "out.npz", folder=tmp_path)
    assert done.returncode == 1
    assert message in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*out.npz*"))


def test_bench_reports_the_promised_names(tones: list[Path], tmp_path: Path) -> None:
    words = ("--target", "cortex-m4f", "features=mfcc", "features.n_mfcc=13", "--window", 1920)
    done = run("bench", *words, "--json", "b.json", "--input", *tones, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    [report] = json.loads((tmp_path / "b.json").read_text())
    assert set(report) == BENCH
    assert set(report["flash"]) == {"code", "tables"}
    assert set(report["ram"]) == {"scratch", "state", "stack", "frame"}
    assert (report["block"], report["target"], report["mismatches"]) == ("mfcc", "cortex-m4f", 0)
    assert "cortex-m4f" in done.stdout


def test_bench_refuses_recordings_without_a_window(tones: list[Path], tmp_path: Path) -> None:
    words = ("--target", "cortex-m4f", "--window", 8000, "--input", tones[1])
    done = run("bench", *words, folder=tmp_path)
    assert done.returncode == 1
    assert "must hold a window of 8000 samples" in done.stderr and "with 4000" in done.stderr


def test_the_page_of_blocks_is_up_to_date(root: Path) -> None:
    done = run("document", folder=root)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (root / "docs/features.md").read_text(encoding="utf-8")


def test_conf_is_that_of_the_repository_around_else_of_the_code(root: Path, tmp_path: Path) -> None:
    assert find_conf(tmp_path) == root / "conf"
    (tmp_path / "conf/features").mkdir(parents=True)
    assert find_conf(tmp_path / "conf") == tmp_path / "conf"
