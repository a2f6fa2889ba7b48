"""Published models from raw samples on an emulated Cortex-M4F, against the host's simulation."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soxr

from moteflow import dsp
from moteflow.codegen import ApplicationConfig
from moteflow.composition import compose_application
from moteflow.data.audio import decode
from moteflow.data.background import load_background
from moteflow.data.espeak import SAMPLE_RATE, Utterance, speak
from moteflow.data.long_recording import Scene, compose_recording
from moteflow.firmware.application_image import build_application
from moteflow.firmware.emulator import run_files
from moteflow.firmware.streaming import Heard, compare_streams, simulate, stream, stream_request
from moteflow.firmware.toolchain import find_board
from moteflow.firmware.vectors import Vectors
from moteflow.firmware.verify import Images, Mismatches, verify
from moteflow.graph import Rounding
from moteflow.quantization import input_quantization, run_reference

RATE, TARGET = 16000, "mps2_an386"
SPEECH_COMMANDS = "audio/speech_commands_v0.02_testset"
VOICES = ("sandro", "robert", "mike2", "m8", "iven4", "edward2")
THRESHOLDS = {"alexa": 0.9, "hey_jarvis": 0.97}
"""probability_cutoff of the models' own descriptions."""
MODELS = {name: f"microwakeword/v2/{name}" for name in THRESHOLDS}
MODELS["micro_speech"] = "tflm/micro_speech_quantized"

Hear = Callable[[str, np.ndarray], Heard]


@pytest.fixture(scope="module")
def applications(root: Path) -> dict[str, ApplicationConfig]:
    """Each model's own settings."""
    conf, labels = root / "conf", ("_silence_", "_unknown_", "yes", "no")
    micro_speech = ["task=micro_speech", "features=microfrontend"]
    wake_word = ["task=wake_word", "features=microfrontend", "features.hop_length=160"]
    return {"micro_speech": compose_application(conf, labels, micro_speech)} | {
        name: compose_application(
            conf, (name,), [*wake_word, f"task.smoothing_threshold={threshold}"]
        )
        for name, threshold in THRESHOLDS.items()
    }


@pytest.fixture(scope="module")
def firmware(
    root: Path,
    shared_data: Path,
    applications: dict[str, ApplicationConfig],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], Images]:
    """The images around a model, built on first use."""
    board = find_board(TARGET, root / "firmware")

    @cache
    def build(name: str) -> Images:
        tflite = (shared_data / "models" / f"{MODELS[name]}.tflite").read_bytes()
        arguments = (tflite, name, applications[name], board, Rounding.DOUBLE, root / "firmware")
        return build_application(*arguments, tmp_path_factory.mktemp(name))

    return build


@pytest.fixture(scope="module")
def hear(
    root: Path,
    shared_data: Path,
    applications: dict[str, ApplicationConfig],
    firmware: Callable[[str], Images],
) -> Hear:
    """Streams samples through a model on the board; the host must hear the very same."""
    board = find_board(TARGET, root / "firmware")

    def run(name: str, samples: np.ndarray) -> Heard:
        tflite = (shared_data / "models" / f"{MODELS[name]}.tflite").read_bytes()
        application = applications[name]
        device, work = stream(board, firmware(name).files, application, samples, root / "firmware")
        host = simulate(tflite, application, samples, Rounding.DOUBLE)
        report = compare_streams(TARGET, len(samples) / RATE, host, device, work)
        assert report.equal, (report.mismatches, host.events, device.events)
        return device

    return run


def padded(samples: np.ndarray, before: int = RATE, after: int = RATE) -> np.ndarray:
    return np.pad(samples, (before, after))


@pytest.mark.parametrize("word", ["yes", "no"])
def test_micro_speech_hears_its_words(
    word: str, hear: Hear, shared_data: Path, applications: dict[str, ApplicationConfig]
) -> None:
    clip = decode(shared_data / f"audio/tflm_micro_speech_testdata/{word}_1000ms.wav", RATE)
    labels = applications["micro_speech"].labels
    whole = hear("micro_speech", clip)
    assert labels[int(np.argmax(whole.outputs[0].view(np.int8)))] == word
    events = hear("micro_speech", padded(clip)).events
    assert [labels[event.label] for event in events] == [word]


def test_integer_features_are_the_hosts_on_every_transport(
    root: Path,
    shared_data: Path,
    applications: dict[str, ApplicationConfig],
    firmware: Callable[[str], Images],
) -> None:
    """Clip by clip as the pipeline verifies: files, serial port, and under the counter."""
    config = applications["micro_speech"].features
    tflite = (shared_data / "models" / f"{MODELS['micro_speech']}.tflite").read_bytes()
    paths = sorted((shared_data / SPEECH_COMMANDS).rglob("*.wav"))[::300]
    samples = np.stack([np.resize(decode(path, RATE), RATE) for path in paths])
    features, scale = dsp.extract(samples, config), input_quantization(tflite)
    inputs = dsp.quantize(features, config, scale.scale, scale.zero_point)
    vectors = Vectors(
        samples=samples,
        features=dsp.device_values(features, config),
        inputs=inputs,
        logits=run_reference(tflite, inputs.reshape(len(inputs), -1)),
        targets=np.zeros(len(samples), np.int64),
    )
    assert vectors.features.dtype == np.int32
    images = firmware("micro_speech")
    report = verify(images, TARGET, root / "firmware", vectors, n_serial=1, n_counted=2)
    assert report.mismatches == Mismatches()


@pytest.mark.parametrize("name", ["noise", "silence"])
def test_micro_speech_hears_nothing_in(name: str, hear: Hear, shared_data: Path) -> None:
    clip = decode(shared_data / f"audio/tflm_micro_speech_testdata/{name}_1000ms.wav", RATE)
    assert hear("micro_speech", np.tile(clip, 5)).events == ()


@pytest.fixture(scope="module")
def said() -> dict[str, list[np.ndarray]]:
    """Each wake word by six voices, at half of full scale."""
    utterances = [
        Utterance(name.replace("_", " "), f"en-us+{voice}", 150, 50)
        for name in THRESHOLDS
        for voice in VOICES
    ]
    clips = [
        soxr.resample(clip.astype(np.float32), SAMPLE_RATE, RATE) for clip in speak(utterances)
    ]
    clips = [np.rint(clip * (16384 / np.max(np.abs(clip)))).astype(np.int16) for clip in clips]
    return {
        name: clips[i * len(VOICES) : (i + 1) * len(VOICES)] for i, name in enumerate(THRESHOLDS)
    }


@pytest.mark.parametrize("name", list(THRESHOLDS))
def test_wake_word_is_heard_once_from_each_voice(
    name: str, hear: Hear, said: dict[str, list[np.ndarray]]
) -> None:
    pause = 3 * RATE
    samples, ends = np.zeros(pause, np.int16), []
    for clip in said[name]:
        samples = np.concatenate([samples, clip])
        ends.append(len(samples))
        samples = np.concatenate([samples, np.zeros(pause, np.int16)])
    events = hear(name, samples).events
    assert len(events) == len(VOICES)
    for event, end in zip(events, ends, strict=True):
        assert end - RATE < event.sample < end + RATE


@pytest.mark.parametrize("name", list(THRESHOLDS))
def test_wake_word_is_not_heard_in_other_words(
    name: str, hear: Hear, shared_data: Path, said: dict[str, list[np.ndarray]]
) -> None:
    paths = sorted((shared_data / SPEECH_COMMANDS).rglob("*.wav"))[::13]
    other = said["alexa" if name == "hey_jarvis" else "hey_jarvis"]
    samples = np.concatenate([*(decode(path, RATE) for path in paths), *map(padded, other)])
    assert len(samples) > 100 * RATE
    assert hear(name, samples).events == ()


def test_a_minute_of_words_in_noise(hear: Hear, shared_data: Path) -> None:
    """Chunks, steps, average and suppression in a stream with much to hear."""
    noise = np.concatenate(load_background(shared_data / "audio/background_noise", RATE)[0])
    words = [
        (word, decode(path, RATE))
        for word in ("yes", "no", "_unknown_")
        for path in sorted((shared_data / SPEECH_COMMANDS / word).glob("*.wav"))[:20]
    ]
    scene = Scene(noise_db=-45.0, snr_db=(10.0, 20.0), pause=(RATE // 2, 2 * RATE))
    samples, _ = compose_recording(words, noise, 60 * RATE, scene, seed=1)
    assert len(hear("micro_speech", samples).events) >= 5


def test_reset_clears_the_state_of_model_and_features(
    root: Path, firmware: Callable[[str], Images], said: dict[str, list[np.ndarray]]
) -> None:
    word = said["alexa"][0]
    request = [*stream_request(word, RATE), *stream_request(word, 777)]
    [response] = run_files(
        find_board(TARGET, root / "firmware"), firmware("alexa").files, [request]
    )
    lines = [line for line in response.split(b"\r\n") if line.startswith(b"m-logits-")]
    assert len(lines) > 2 and len(lines) % 2 == 0
    assert lines[: len(lines) // 2] == lines[len(lines) // 2 :]
