"""`moteflow stream` as people call it."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from moteflow.commands import stream
from moteflow.composition import compose_application
from moteflow.data.audio import decode
from moteflow.data.truth import Occurrence, write_truth
from moteflow.dsp import Statistics, save_statistics
from moteflow.firmware.streaming import Heard, StreamReport, compare_streams
from moteflow.graph import Rounding

LABELS = ("_silence_", "_unknown_", "yes", "no")
OVERRIDES = ["task=micro_speech", "features=microfrontend"]


@pytest.fixture(scope="module")
def model(shared_data: Path) -> Path:
    return shared_data / "models/tflm/micro_speech_quantized.tflite"


@pytest.fixture(scope="module")
def recording(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Silence, yes, silence, no, silence: a second each, at 16 kHz; truth.csv beside it."""
    folder = tmp_path_factory.mktemp("recording")
    words = [
        decode(shared_data / f"audio/tflm_micro_speech_testdata/{word}_1000ms.wav", 16000)
        for word in ("yes", "no")
    ]
    pause = np.zeros(16000, np.int16)
    samples = np.concatenate([pause, words[0], pause, pause, words[1], pause])
    soundfile.write(folder / "words.wav", samples, 16000)
    truth = [Occurrence(16000, 32000, "yes"), Occurrence(64000, 80000, "no")]
    write_truth(folder / "truth.csv", truth)
    return folder / "words.wav"


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "moteflow.cli", "stream", *arguments]
    return subprocess.run(command, cwd=folder, text=True, capture_output=True)


def test_events_and_their_score(model: Path, recording: Path, tmp_path: Path) -> None:
    words = [str(model), str(recording), "--target", "host", "--labels", ",".join(LABELS)]
    truth = ["--truth", str(recording.with_name("truth.csv"))]
    result = run(*words, *OVERRIDES, *truth, "--json", "result.json", folder=tmp_path)
    assert result.returncode == 0, result.stderr
    written = json.loads((tmp_path / "result.json").read_text())
    assert written["equal"] and written["mismatches"] == 0
    assert written["host_events"] == written["device_events"]
    assert [LABELS[event["label"]] for event in written["host_events"]] == ["yes", "no"]
    assert written["truth"]["hits"] == 2
    assert written["truth"]["misses"] == written["truth"]["false_alarms"] == 0


def test_statistics_of_the_training_set(model: Path, recording: Path, tmp_path: Path) -> None:
    words = [str(model), str(recording), "--target", "host", "--labels", ",".join(LABELS)]
    overrides = ["task=micro_speech", "features=mfe", "features.n_mels=40", "cmvn=training"]
    result = run(*words, *overrides, folder=tmp_path)
    assert result.returncode == 1
    assert "statistics of 40 features" in result.stderr
    statistics = Statistics(np.full(40, -9, np.float32), np.full(40, 2, np.float32))
    save_statistics(tmp_path / "statistics.npz", statistics)
    result = run(*words, *overrides, "--statistics", "statistics.npz", folder=tmp_path)
    assert result.returncode == 0, result.stderr


def test_overrides_may_stand_before_or_after_options(tmp_path: Path) -> None:
    files, options = ("a.tflite", "b.wav"), ("--target", "host", "--labels", "alexa")
    result = run(*files, "task=wake_word", *options, "nothing=1", folder=tmp_path)
    assert result.returncode == 1
    assert "ParamsError" in result.stderr and "nothing" in result.stderr
    result = run(*files, *options, "x=1", "--nothing", folder=tmp_path)
    assert result.returncode == 2 and "unrecognized arguments" in result.stderr


def test_a_difference_is_exit_code_1(
    root: Path, model: Path, recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = np.zeros((3, 4), np.uint8)
    equal = compare_streams("x", 1.0, Heard(outputs, ()), Heard(outputs, ()), None)

    def answer(report: StreamReport) -> int:
        monkeypatch.setattr(stream, "stream_model", lambda *_: report)
        application = compose_application(root / "conf", LABELS, OVERRIDES)
        return stream.run(model, recording, application, "x", Rounding.DOUBLE, (), None, None)

    assert answer(equal) == 0
    assert answer(replace(equal, mismatches=1)) == 1
