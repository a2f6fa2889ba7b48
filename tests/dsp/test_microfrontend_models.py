"""Published models hear what they were trained for, from samples to labels, on the host."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr

from moteflow.composition import compose_features
from moteflow.data.audio import decode
from moteflow.data.espeak import SAMPLE_RATE as SPEECH_RATE
from moteflow.data.espeak import Utterance, speak
from moteflow.dsp import FeatureConfig, extract, quantize
from moteflow.quantization.reference import input_quantization, run_reference_cases

SAMPLE_RATE = 16000
FRAMES_PER_INVOKE = 3
MEAN_OVER = 5
CUTOFF = {"alexa": 0.90, "hey_jarvis": 0.97}
"""Of the mean of the last five probabilities, as the models' JSON files say."""
VOICES = tuple(f"en-us+{voice}" for voice in ("sandro", "robert", "mike2", "belinda", "adam"))


@pytest.fixture(scope="module")
def micro_speech(root: Path) -> FeatureConfig:
    """As micro_speech was trained: frames of 30 ms every 20 ms."""
    return compose_features(root / "conf", ["features=microfrontend"])


@pytest.fixture(scope="module")
def micro_wake_word(root: Path) -> FeatureConfig:
    """As the microWakeWord models were trained: frames of 30 ms every 10 ms."""
    return compose_features(root / "conf", ["features=microfrontend", "features.hop_length=160"])


def quantized(samples: np.ndarray, config: FeatureConfig, tflite: bytes) -> np.ndarray:
    """One clip as the network's input: int8 [n_frames, n_features]."""
    to = input_quantization(tflite)
    features = extract(samples[None], config)
    values: np.ndarray = quantize(features, config, to.scale, to.zero_point)[0]
    return values


def wake_scores(samples: np.ndarray, config: FeatureConfig, tflite: bytes) -> np.ndarray:
    """Means of five probabilities, 0..1, one per 30 ms, over a stream from its first sample."""
    rows = quantized(samples, config, tflite)
    rows = rows[: len(rows) // FRAMES_PER_INVOKE * FRAMES_PER_INVOKE]
    cases = [[case] for case in rows.reshape(-1, FRAMES_PER_INVOKE, rows.shape[1])]
    outputs: list[Any] = run_reference_cases(tflite, cases, 1)
    probabilities = np.array([int(output.item()) for [output] in outputs]) / 255
    return np.convolve(probabilities, np.full(MEAN_OVER, 1 / MEAN_OVER), "valid")


@pytest.mark.parametrize(("name", "label"), [("yes", 2), ("no", 3), ("noise", 0), ("silence", 0)])
def test_micro_speech_hears_what_was_said(
    name: str, label: int, micro_speech: FeatureConfig, shared_data: Path
) -> None:
    tflite = (shared_data / "models/tflm/micro_speech_quantized.tflite").read_bytes()
    path = shared_data / f"audio/tflm_micro_speech_testdata/{name}_1000ms.wav"
    rows = quantized(decode(path, SAMPLE_RATE), micro_speech, tflite)
    [[output]] = run_reference_cases(tflite, [[rows]], 1)
    assert output.argmax() == label


@pytest.mark.parametrize(("name", "words"), [("alexa", "alexa"), ("hey_jarvis", "hey jarvis")])
def test_a_wake_word_is_heard_and_other_words_are_not(
    name: str, words: str, micro_wake_word: FeatureConfig, shared_data: Path
) -> None:
    tflite = (shared_data / f"models/microwakeword/v2/{name}.tflite").read_bytes()
    for spoken in speak([Utterance(words, voice, speed=150, pitch=50) for voice in VOICES]):
        word = soxr.resample(spoken, SPEECH_RATE, SAMPLE_RATE)
        stream = np.concatenate([np.zeros(24000, np.int16), word, np.zeros(16000, np.int16)])
        assert wake_scores(stream, micro_wake_word, tflite).max() >= CUTOFF[name]
    folder = shared_data / "audio/speech_commands_v0.02_testset"
    paths = [path for path in sorted(folder.rglob("*.wav")) if "_silence_" not in path.parts]
    keywords = np.concatenate([decode(p, SAMPLE_RATE) for p in paths[:: len(paths) // 200]])
    assert wake_scores(keywords, micro_wake_word, tflite).max() < 0.5


def test_tflms_signal_ops_give_nearly_the_same(
    micro_speech: FeatureConfig, shared_data: Path
) -> None:
    """TFLM's newer front end, a graph of its signal ops, cuts off its filters' weights instead of
    rounding them (with its weights no output differs).
    """
    tflite = (shared_data / "models/tflm/micro_speech_quantized.tflite").read_bytes()
    preprocessor = (shared_data / "models/tflm/audio_preprocessor_int8.tflite").read_bytes()
    samples = decode(shared_data / "audio/tflm_micro_speech_testdata/yes_1000ms.wav", SAMPLE_RATE)
    ours = quantized(samples, micro_speech, tflite)
    frames = [[samples[start : start + 480]] for start in range(0, 49 * 320, 320)]
    theirs = [output for [output] in run_reference_cases(preprocessor, frames, 1)]
    assert np.mean(np.abs(ours.astype(int) - np.reshape(theirs, ours.shape)) > 1) < 0.01


def test_the_public_firmwares_quantize_to_the_same_or_a_neighbour(
    micro_speech: FeatureConfig, shared_data: Path
) -> None:
    tflite = (shared_data / "models/tflm/micro_speech_quantized.tflite").read_bytes()
    wake_word = (shared_data / "models/microwakeword/v2/alexa.tflite").read_bytes()
    steps = np.arange(1 << 16)
    theirs = np.minimum((256 * steps + 333) // 666 - 128, 127)
    features = steps.astype(np.float32) * np.float32(micro_speech.describe().features_scale)
    for to in map(input_quantization, (tflite, wake_word)):
        ours = quantize(features, micro_speech, to.scale, to.zero_point).astype(int)
        assert np.abs(ours - theirs).max() == 1
        assert np.mean(ours[:671] != theirs[:671]) < 0.45
