"""The integer front end against TFLM's own, as TensorFlow and as pymicro-features carry it."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pymicro_features
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moteflow.composition import compose_features
from moteflow.data.audio import decode
from moteflow.dsp import BlockDescription, Field, Table, extract
from moteflow.dsp.blocks.microfrontend import MicrofrontendConfig
from moteflow.dsp.native import native, native_block
from moteflow.errors import FeatureError
from moteflow.firmware.features_bench import bench_features
from moteflow.models.backend import tf

SAMPLE_RATE = 16000
SETTINGS: dict[str, dict[str, Any]] = {
    "micro_speech": {},
    "microWakeWord": {"hop_length": 160},
    "op_defaults": {"frame_length": 400, "hop_length": 160, "n_channels": 32, "pcan": False},
    "no_log": {"log": False},
    "bare": {"pcan": False, "log": False},
    "radix_2_first": {"frame_length": 256, "hop_length": 128, "n_channels": 20, "gain_bits": 20},
    "odd_frame": {"sample_rate": 11000, "frame_length": 275, "hop_length": 110, "fmax": 5000},
    "largest_fft": {"frame_length": 1600, "hop_length": 800, "n_channels": 80},
    "smallest_fft": {"frame_length": 64, "hop_length": 32, "n_channels": 5, "fmin": 0},
    "noise_follows": {"even_smoothing": 0.5, "odd_smoothing": 1, "min_signal_remaining": 0},
    "noise_stays": {"even_smoothing": 0, "odd_smoothing": 0, "min_signal_remaining": 1},
    "coarse_noise": {"smoothing_bits": 4},
    "wrapping_noise": {"smoothing_bits": 16},
    "weak_gain": {"pcan_strength": 0.3, "gain_bits": 16},
    "full_gain": {"pcan_strength": 1, "pcan_offset": 200, "gain_bits": 22},
    "fine_log": {"log_shift": 11},
    "coarse_log": {"log_shift": 0},
}


@pytest.fixture(scope="module")
def config(root: Path) -> MicrofrontendConfig:
    """The settings of micro_speech, with the integer outputs as they are."""
    overrides = ["features=microfrontend", "features.output_scale=1"]
    config = compose_features(root / "conf", overrides)
    assert isinstance(config, MicrofrontendConfig)
    return config


@pytest.fixture(scope="module")
def clips(shared_data: Path) -> np.ndarray:
    """200 recordings, int16 [200, 16000]: words, digits, street and household noise."""
    audio = shared_data / "audio"
    folders = {"speech_commands_v0.02_testset": 140, "fsdd": 50, "background_noise": 3}
    parts = []
    for name, n_files in folders.items():
        paths = sorted((audio / name).rglob("*.wav"))
        chosen = [decode(path, SAMPLE_RATE) for path in paths[:: len(paths) // n_files][:n_files]]
        parts += [np.resize(clip, SAMPLE_RATE) for clip in chosen]
    rain = decode(audio / "env_sounds" / "rain.wav", SAMPLE_RATE)
    parts += list(np.resize(rain, (7, SAMPLE_RATE)))
    assert len(parts) == 200
    return np.stack(parts)


def original(samples: np.ndarray, config: MicrofrontendConfig) -> np.ndarray:
    """TensorFlow's AudioMicrofrontend op: uint16 [n_frames, n_channels]."""
    from tensorflow.lite.experimental.microfrontend.python.ops import audio_microfrontend_op

    filterbanks = audio_microfrontend_op.audio_microfrontend(
        tf.constant(samples),
        sample_rate=int(config.sample_rate),
        window_size=round(1000 * config.frame_length / config.sample_rate),
        window_step=round(1000 * config.hop_length / config.sample_rate),
        num_channels=config.n_channels,
        upper_band_limit=float(config.fmax),
        lower_band_limit=float(config.fmin),
        smoothing_bits=config.smoothing_bits,
        even_smoothing=config.even_smoothing,
        odd_smoothing=config.odd_smoothing,
        min_signal_remaining=config.min_signal_remaining,
        enable_pcan=config.pcan,
        pcan_strength=config.pcan_strength,
        pcan_offset=config.pcan_offset,
        gain_bits=config.gain_bits,
        enable_log=config.log,
        scale_shift=config.log_shift,
        out_type=tf.uint16,
    )
    values: np.ndarray = filterbanks.numpy()
    return values


def loud_frame(config: MicrofrontendConfig, level: int, period: float, phase: float) -> np.ndarray:
    """The loudest that the FFT can meet, so that its sums leave 16 bits: samples of magnitude
    `level` after the window; even and odd ones are square waves a quarter of a period apart.
    """
    n = np.arange(config.frame_length)
    angle = 2 * np.pi * (n // 2 / period + phase)
    signs = np.where(np.where(n % 2, np.sin(angle), np.cos(angle)) > 0, 1, -1)
    frame = level * signs / np.sin(np.pi * (n + 0.5) / config.frame_length) ** 2
    return np.clip(np.rint(frame), -32768, 32767).astype(np.int16)


@pytest.mark.parametrize("name", SETTINGS)
def test_outputs_equal_the_originals(
    name: str, config: MicrofrontendConfig, clips: np.ndarray, extremes: np.ndarray
) -> None:
    changed = replace(config, **SETTINGS[name])
    step = 1 if name in ("micro_speech", "microWakeWord") else 10
    for samples in (clips[::step], extremes):
        for row, features in zip(samples, extract(samples, changed), strict=True):
            np.testing.assert_array_equal(features, original(row, changed))


@dataclass(frozen=True)
class SinglePrecision(MicrofrontendConfig):
    """The tables as pymicro-features makes them, with cosf and log1pf: four values are one off."""

    def describe(self) -> BlockDescription:
        block = super().describe()
        tables = {table.name: table.values.copy() for table in block.tables}
        tables["window"][17] += 1
        rising, falling = tables["weights"].reshape(-1, 2).T
        rising[[144, 216, 220]] -= 1
        falling[[144, 216, 220]] += 1
        parameters = [
            Field(f.name, Table(f.value.name, tables[f.value.name]))
            if isinstance(f.value, Table)
            else f
            for f in block.parameters
        ]
        return replace(block, parameters=tuple(parameters))


def test_a_long_stream_equals_pymicro_features(
    config: MicrofrontendConfig, clips: np.ndarray
) -> None:
    stream = clips[::4].reshape(-1)
    frontend = pymicro_features.MicroFrontend()
    expected, samples = [], stream.tobytes()
    while samples:
        output = frontend.process_samples(samples)
        samples = samples[2 * output.samples_read :]
        if output.features:
            expected.append(output.features)
    published = replace(config, hop_length=160, output_scale=0.0390625)
    with_its_tables = SinglePrecision(**vars(published))
    np.testing.assert_array_equal(extract(stream[None], with_its_tables)[0], expected)
    assert np.mean(extract(stream[None], published)[0] != expected) < 0.005


@settings(deadline=None, max_examples=200)
@given(st.integers(100, 32767), st.floats(2, 60), st.floats(0, 1))
@example(1000, 3.0, 0.5)
def test_sums_that_leave_16_bits_wrap_as_in_the_original(
    config: MicrofrontendConfig, level: int, period: float, phase: float
) -> None:
    changed = replace(config, pcan=False, log=False)
    frame = loud_frame(changed, level, period, phase)
    np.testing.assert_array_equal(extract(frame[None], changed)[0], original(frame, changed))


@settings(deadline=None)
@given(st.integers(0, 2**31 - 1), st.integers(-2, 2), st.booleans())
@example(2**16 - 1, 0, True)
@example(2**16, 0, False)
def test_a_root_is_rounded_to_the_nearest(root: int, offset: int, between: bool) -> None:
    energy = max(root * root + (root if between else 0) + offset, 0)
    floor = math.isqrt(energy)
    up = energy - floor * floor > floor and not (energy < 2**32 and floor == 2**16 - 1)
    assert native().lib.mote_microfrontend_sqrt(energy) == floor + up


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 4000)).map(sorted))
def test_a_stream_cut_anywhere_gives_the_same_frames_and_begins_anew_when_reset(
    config: MicrofrontendConfig, cuts: list[int]
) -> None:
    samples = np.random.default_rng(1).integers(-9000, 9000, 4000).astype(np.int16)
    expected = extract(samples[None], config)[0]
    ffi, lib = native().ffi, native().lib
    block = native_block(config.describe())
    sizes = (block.description.frame_size, block.description.state_size, 2 * config.n_fft)
    memory = [ffi.new("uint64_t[]", size // 8) for size in sizes]
    stream, n_taken, ready = (ffi.new(f"{t} *") for t in ("mote_features_t", "size_t", "bool"))
    lib.mote_features_init(stream, block.config, *memory)
    row = np.empty(config.n_features, np.int32)
    for _ in range(2):
        rows = []
        for piece in np.split(samples, cuts):
            left = piece
            while left.size:
                lib.mote_features_push(
                    stream, ffi.from_buffer(left), left.size, n_taken, ffi.from_buffer(row), ready
                )
                left = left[n_taken[0] :]
                if ready[0]:
                    rows.append(row.copy())
        np.testing.assert_array_equal(rows, expected)
        lib.mote_features_reset(stream)


@pytest.mark.parametrize("target", ["microbit", "mps2_an385", "mps2_an386"])
@pytest.mark.parametrize("name", ["radix_2_first", "odd_frame", "largest_fft", "bare"])
def test_a_core_computes_the_hosts_bytes(
    name: str,
    target: str,
    config: MicrofrontendConfig,
    clips: np.ndarray,
    extremes: np.ndarray,
    root: Path,
) -> None:
    changed = replace(config, **SETTINGS[name])
    loud = [np.resize(loud_frame(changed, 1000, p, 0.5), 4000) for p in (3, 4, 8)]
    windows = np.concatenate([clips[::20, 4000:8000], extremes, loud])
    assert bench_features(changed, windows[..., None], target, root / "firmware").mismatches == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"frame_length": 32}, r"frame_length must be from 33 to 2048\. Received: 32"),
        ({"frame_length": 2049}, r"frame_length must be from 33 to 2048"),
        ({"n_channels": 0}, r"n_channels must be at least 1"),
        ({"n_channels": 200}, r"lower n_channels.*n_fft=512, empty channels \[\d"),
        ({"fmin": -1}, r"0 <= fmin"),
        ({"fmax": 8001}, r"fmax <= sample_rate / 2 \(8000 Hz\)"),
        ({"fmax": 8000}, r"fmax must leave out the spectrum's last bin"),
        ({"smoothing_bits": 17}, r"smoothing_bits must be from 0 to 16\. Received: 17"),
        ({"smoothing_bits": 2}, r"smoothing_bits must be at least 3 for gain control"),
        ({"even_smoothing": 1.1}, r"even_smoothing must be from 0 to 1"),
        ({"odd_smoothing": -0.1}, r"odd_smoothing must be from 0 to 1"),
        ({"min_signal_remaining": float("nan")}, r"min_signal_remaining must be from 0 to 1"),
        ({"pcan_strength": 1.5}, r"pcan_strength must be from 0 to 1"),
        ({"pcan_offset": 0}, r"pcan_offset must be above 0"),
        ({"gain_bits": 14}, r"gain_bits must be from 15 to 30 for this frame_length"),
        ({"gain_bits": 22}, r"lower gain_bits or raise pcan_offset\. Received: 65271.6"),
        ({"log_shift": 12}, r"log_shift must be from 0 to 11"),
        ({"output_scale": 0}, r"output_scale must be from 2\^-24 to 2\^24"),
        ({"output_scale": 0.1}, r"a number of 8 bits.*Received: 0\.1"),
    ],
)
def test_unsound_parameters_are_refused(
    config: MicrofrontendConfig, change: dict[str, float], message: str
) -> None:
    with pytest.raises(FeatureError, match=message):
        replace(config, **change)
