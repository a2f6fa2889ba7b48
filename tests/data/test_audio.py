import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from moteflow.data.audio import UnusableAudioError, decode, to_window


def test_mono_16_bit_comes_back_bit_for_bit(tmp_path: Path) -> None:
    expected = np.random.default_rng(0).integers(-32768, 32768, 5000).astype(np.int16)
    for suffix in ("wav", "flac"):
        soundfile.write(tmp_path / f"a.{suffix}", expected, 16000, subtype="PCM_16")
        assert np.array_equal(decode(tmp_path / f"a.{suffix}", 16000), expected)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_every_sample_format_keeps_its_signal(tmp_path: Path, subtype: str) -> None:
    signal = 0.5 * np.sin(np.arange(4000) * 0.05)
    soundfile.write(tmp_path / "a.wav", signal, 16000, subtype=subtype)
    tolerance = 257 if subtype == "PCM_U8" else 1
    assert np.abs(decode(tmp_path / "a.wav", 16000) - signal * 32768).max() <= tolerance


def test_channels_are_averaged(tmp_path: Path) -> None:
    stereo = np.array([[1000, 3000], [-2000, 500]], np.int16)
    soundfile.write(tmp_path / "a.wav", stereo, 16000)
    assert decode(tmp_path / "a.wav", 16000).tolist() == [2000, -750]


@pytest.mark.parametrize("rate", [8000, 11025, 44100, 48000])
def test_resampling_keeps_the_tone(tmp_path: Path, rate: int) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(rate) / rate)
    soundfile.write(tmp_path / "a.wav", tone, rate, subtype="FLOAT")
    samples = decode(tmp_path / "a.wav", 16000)
    expected = 16384 * np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    assert len(samples) == 16000
    assert np.abs(samples - expected)[500:-500].max() < 8


def test_what_exceeds_full_scale_is_clipped(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.array([1.7, -3.0, 0.25]), 16000, subtype="FLOAT")
    assert decode(tmp_path / "a.wav", 16000).tolist() == [32767, -32768, 8192]


def test_ogg_is_read(tmp_path: Path) -> None:
    tone = 0.5 * np.sin(np.arange(16000) * 0.2)
    soundfile.write(tmp_path / "a.ogg", tone, 16000)
    assert np.abs(decode(tmp_path / "a.ogg", 16000) / 32768 - tone).max() < 0.1


def _refusal(path: Path) -> str:
    with pytest.raises(UnusableAudioError) as caught:
        decode(path, 16000)
    return str(caught.value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_are_refused(tmp_path: Path, value: float) -> None:
    soundfile.write(tmp_path / "a.wav", np.array([0.1, value, 0.2]), 16000, subtype="FLOAT")
    assert "NaN or infinite" in _refusal(tmp_path / "a.wav")


def test_empty_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes.wav").touch()
    assert "zero bytes" in _refusal(tmp_path / "bytes.wav")
    soundfile.write(tmp_path / "frames.wav", np.zeros(0), 16000)
    assert "no samples" in _refusal(tmp_path / "frames.wav")


def test_other_things_than_recordings_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("this is no recording at all, however long it may be")
    assert "not a readable" in _refusal(tmp_path / "text.wav")
    (tmp_path / "folder.wav").mkdir()
    assert "not a regular file" in _refusal(tmp_path / "folder.wav")
    (tmp_path / "link.wav").symlink_to("nowhere.wav")
    assert "not a regular file" in _refusal(tmp_path / "link.wav")


def test_unbelievable_sample_rate_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.full(100, 0.1), 1)
    assert "1 Hz" in _refusal(tmp_path / "a.wav")


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_truncated_files_are_refused(tmp_path: Path, suffix: str, share: float) -> None:
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, np.random.default_rng(0).uniform(-0.5, 0.5, 16000), 16000)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "truncated" in _refusal(path) or "not a readable" in _refusal(path)


@pytest.mark.parametrize("length", [10, 20, 30, 43])
def test_wav_that_ends_in_its_header_is_refused(tmp_path: Path, length: int) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(100), 16000)
    (tmp_path / "a.wav").write_bytes((tmp_path / "a.wav").read_bytes()[:length])
    assert _refusal(tmp_path / "a.wav")


def test_rf64_is_read_and_its_truncation_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.full(1000, 0.25), 16000, format="RF64", subtype="PCM_16")
    assert decode(path, 16000).tolist() == [8192] * 1000
    path.write_bytes(path.read_bytes()[:-100])
    assert "truncated" in _refusal(path)


def test_chunk_after_the_samples_is_no_truncation(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.full(1000, 0.25), 16000, subtype="PCM_16")
    whole = bytearray(path.read_bytes()) + b"LIST" + struct.pack("<I", 4) + b"INFO"
    whole[4:8] = struct.pack("<I", len(whole) - 8)
    path.write_bytes(whole)
    assert len(decode(path, 16000)) == 1000


@pytest.mark.parametrize("suffix", ["flac", "ogg"])
def test_bytes_broken_in_the_middle_are_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, np.random.default_rng(0).uniform(-0.5, 0.5, 16000), 16000)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 50] = bytes(255 - b for b in content[middle : middle + 50])
    path.write_bytes(content)
    assert _refusal(path)


_SAMPLES = arrays(np.int16, st.integers(1, 60))


@settings(deadline=None)
@given(_SAMPLES, st.integers(1, 80))
def test_window_has_its_length_and_most_energy(samples: np.ndarray, size: int) -> None:
    window = to_window(samples, size)
    assert window.dtype == np.int16 and len(window) == size
    if len(samples) <= size:
        before = (size - len(samples)) // 2
        assert np.array_equal(window[before : before + len(samples)], samples)
        assert np.count_nonzero(window) == np.count_nonzero(samples)
    else:
        energies = [
            sum(int(v) ** 2 for v in samples[i : i + size]) for i in range(len(samples) - size + 1)
        ]
        start = energies.index(max(energies))
        assert np.array_equal(window, samples[start : start + size])
