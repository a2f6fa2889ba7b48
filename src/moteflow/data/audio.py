"""One audio file becomes mono int16 samples, or is refused with a reason."""

import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from moteflow.data.dataset import Samples

SUFFIXES = (".wav", ".flac", ".ogg")
FOREIGN_SUFFIXES = (".aac", ".aif", ".aiff", ".m4a", ".mp3", ".opus", ".wma")

_LOWEST_RATE, _HIGHEST_RATE = 1_000, 768_000
_LARGEST_OGG_PAGE = 27 + 255 + 255 * 255


class UnusableAudioError(Exception):
    """A file that must not become a clip; the text is the reason for the report."""


def decode(path: Path, sample_rate: int) -> Samples:
    """Return the whole recording as mono int16 [n] at `sample_rate` Hz.

    Channels are averaged, other sample rates converted with soxr at very high quality, values
    beyond full scale clipped. Mono 16-bit files of the right rate come back bit for bit.
    Raises UnusableAudioError when the file is unreadable, empty, truncated or not finite.
    """
    try:
        if not path.is_file():
            raise UnusableAudioError("not a regular file")
        promised = _promised_frames(path)
        with soundfile.SoundFile(path) as file:
            rate = file.samplerate
            promised = max(file.frames, promised)
            frames = file.read(dtype="float32", always_2d=True)
    except OSError as error:
        raise UnusableAudioError(f"cannot be read: {error.strerror}") from error
    except soundfile.LibsndfileError as error:
        reason = error.error_string  # without the path, which is this machine's
        raise UnusableAudioError(f"not a readable WAV, FLAC or OGG file: {reason}") from error
    except (RuntimeError, ValueError, MemoryError) as error:
        raise UnusableAudioError(f"not a readable WAV, FLAC or OGG file: {error}") from error
    if not len(frames):
        raise UnusableAudioError("empty: no samples")
    if len(frames) != promised:
        raise UnusableAudioError(f"truncated: {len(frames)} of {promised} frames are there")
    if not np.isfinite(frames).all():
        raise UnusableAudioError("holds NaN or infinite samples")
    if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
        raise UnusableAudioError(f"sample rate {rate} Hz is not believable")
    mono = frames.mean(axis=1, dtype=np.float64).astype(np.float32)
    if rate != sample_rate:
        mono = soxr.resample(mono, rate, sample_rate, quality="VHQ")
    if not len(mono):
        raise UnusableAudioError(f"empty: no sample left at {sample_rate} Hz")
    return to_int16(mono)


def to_int16(signal: NDArray[np.floating]) -> Samples:
    """Scale [-1, 1) to int16, rounding half to even and clipping what lies outside."""
    samples: Samples = np.clip(np.rint(signal * 32768.0), -32768, 32767).astype(np.int16)
    return samples


def to_window(samples: Samples, window_samples: int) -> Samples:
    """Fit a recording to the window.

    A shorter one is centred between zeros; of a longer one the stretch with the most energy
    stays (the first, if several have the same).
    """
    surplus = len(samples) - window_samples
    if surplus <= 0:
        before = -surplus // 2
        return np.pad(samples, (before, -surplus - before))
    energy = np.concatenate(([0], np.cumsum(samples.astype(np.int64) ** 2)))
    start = int(np.argmax(energy[window_samples:] - energy[: surplus + 1]))
    return samples[start : start + window_samples]


def _promised_frames(path: Path) -> int:
    """Return the frames that the container itself promises, 0 if it leaves that to the decoder.

    libsndfile reads files that end early without complaint; here they are refused.
    """
    size = path.stat().st_size
    if not size:
        raise UnusableAudioError("empty: zero bytes")
    with path.open("rb") as file:
        magic = file.read(12)
        if magic[:4] in (b"RIFF", b"RIFX", b"RF64") and magic[8:] == b"WAVE":
            _check_riff(file, size, ">" if magic[:4] == b"RIFX" else "<")
        elif magic[:4] == b"OggS":
            return _ogg_frames(file, size)
    return 0


def _check_riff(file: BinaryIO, size: int, order: str) -> None:
    long_length: int | None = None
    while len(head := file.read(8)) == 8:
        name, length = struct.unpack(f"{order}4sI", head)
        if name == b"ds64":
            table = file.read(length + length % 2)
            if len(table) >= 16:
                long_length = struct.unpack_from("<Q", table, 8)[0]
            continue
        if name == b"data":
            promised = length if long_length is None else long_length
            present = size - file.tell()
            if promised > present:
                raise UnusableAudioError(
                    f"truncated: {present} of {promised} bytes of samples are there"
                )
            return
        file.seek(length + length % 2, 1)
    raise UnusableAudioError("truncated: the header ends before the samples")


def _ogg_frames(file: BinaryIO, size: int) -> int:
    """Read the last page: a whole stream flags its end there, and counts its Vorbis frames.

    Source: RFC 3533, section 6.
    """
    file.seek(0)
    is_vorbis = b"\x01vorbis" in file.read(64)
    file.seek(max(0, size - _LARGEST_OGG_PAGE))
    tail = file.read()
    page = tail[tail.rfind(b"OggS") :]
    n_segments = page[26] if len(page) > 26 else 0
    length = 27 + n_segments + sum(page[27 : 27 + n_segments])
    if len(page) < max(length, 28) or not page[5] & 0x04:
        raise UnusableAudioError("truncated: the last page of the Ogg stream is missing")
    return struct.unpack_from("<q", page, 6)[0] if is_vorbis else 0
