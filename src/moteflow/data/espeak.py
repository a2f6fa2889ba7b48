"""Speech without a download: the espeak-ng library that the espeakng-loader package carries.

espeak-ng takes its random seed from the clock and keeps state from one utterance to the next. So
all utterances of a dataset are spoken in order by one fresh process with a seed of our own; the
same list always sounds the same.
"""

import ctypes
import itertools
import multiprocessing
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from moteflow.data.dataset import Samples
from moteflow.errors import DatasetError

SAMPLE_RATE = 22_050

# speak_lib.h: espeak_AUDIO_OUTPUT, espeak_PARAMETER, espeakCHARS_UTF8
_SYNCHRONOUS = 2
_SPEED, _PITCH = 1, 3
_UTF8 = 1
_CHUNK = 64
_SEED = 1

_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


@dataclass(frozen=True)
class Utterance:
    """What to say, how (`en-us+f3`: accent and voice), words per minute, pitch 0 to 99."""

    text: str
    voice: str
    speed: int
    pitch: int


def list_voices() -> tuple[str, ...]:
    """Return the names of all voices the package carries, sorted."""
    return tuple(sorted(path.name for path in (_data_folder() / "voices" / "!v").iterdir()))


def speak(utterances: Sequence[Utterance]) -> list[Samples]:
    """Speak `utterances` in order; return each as int16 [n] at SAMPLE_RATE, silence cut off.

    Raises DatasetError when the library cannot run here, does not know a voice or says nothing.
    """
    chunks = [list(chunk) for chunk in _batched(utterances, _CHUNK)]
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            spoken = list(track(pool.map(_speak_chunk, chunks), "Speaking", total=len(chunks)))
    except BrokenProcessPool as error:
        raise DatasetError(
            "espeak-ng can run in a process of its own. Received: the process ended early "
            f"({error}). Call from a script with a main guard, or choose another dataset."
        ) from error
    return list(itertools.chain.from_iterable(spoken))


def _batched(utterances: Sequence[Utterance], size: int) -> Iterable[Sequence[Utterance]]:
    return (utterances[i : i + size] for i in range(0, len(utterances), size))


class _Engine:
    """The library, initialised once per process."""

    def __init__(self) -> None:
        self._library = _load_library()
        self._blocks: list[bytes] = []
        self._callback = _CALLBACK(self._take)
        folder = str(_data_folder()).encode()
        rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, folder, 0)
        if rate != SAMPLE_RATE:
            raise DatasetError(
                f"espeak-ng speaks at {SAMPLE_RATE} Hz. Received: {rate}. "
                "Install the locked version of espeakng-loader."
            )
        self._library.espeak_ng_SetRandSeed(_SEED)
        self._library.espeak_SetSynthCallback(self._callback)

    def _take(self, samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            self._blocks.append(ctypes.string_at(samples, 2 * count))
        return 0

    def speak(self, utterance: Utterance) -> Samples:
        self._blocks.clear()
        library = self._library
        if library.espeak_SetVoiceByName(utterance.voice.encode()) != 0:
            raise DatasetError(
                "dataset.accents and voices are known to espeak-ng. "
                f"Received: {utterance.voice!r}. Correct dataset.accents."
            )
        library.espeak_SetParameter(_SPEED, utterance.speed, 0)
        library.espeak_SetParameter(_PITCH, utterance.pitch, 0)
        text = utterance.text.encode() + b"\0"
        status = library.espeak_Synth(text, len(text), 0, 1, 0, _UTF8, None, None)
        samples = np.frombuffer(b"".join(self._blocks), np.int16)
        audible = np.flatnonzero(np.abs(samples.astype(np.int32)) > 64)
        if status != 0 or not len(audible):
            raise DatasetError(
                f"espeak-ng can say every word of the dataset. Received: {utterance.text!r}, "
                f"of which {utterance.voice} says nothing. Correct dataset.labels or "
                "dataset.unknown_words."
            )
        return samples[audible[0] : audible[-1] + 1].copy()


_engine: _Engine | None = None


def _speak_chunk(utterances: Sequence[Utterance]) -> list[Samples]:
    global _engine
    if _engine is None:
        _engine = _Engine()
    return [_engine.speak(utterance) for utterance in utterances]


def _load_library() -> Any:
    try:
        import espeakng_loader

        return ctypes.CDLL(espeakng_loader.get_library_path())
    except (ImportError, OSError) as error:
        raise _absent(error) from error


def _data_folder() -> Path:
    try:
        import espeakng_loader

        return Path(espeakng_loader.get_data_path())
    except (ImportError, RuntimeError) as error:
        raise _absent(error) from error


def _absent(error: Exception) -> DatasetError:
    return DatasetError(
        "dataset=synthetic_speech needs the espeak-ng library of the espeakng-loader package. "
        f"Received: {error}. Install the package for this platform, or choose dataset=folder or "
        "dataset=speech_commands."
    )
