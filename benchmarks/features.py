"""MFCCs of one-second clips by moteflow and by its peers: one table, one JSON file.

    python benchmarks/features.py [--seconds S] [--rounds N] [--json FILE] [NAME ...]

All begin with the same int16 clips in memory and give the same coefficients, 13 with the settings
of conf/features/mfcc.yaml. Each runs as its library is fastest here: float32,
batches that fit the caches, only the bins that a filter reads where one can choose. Those that
have filters of their own (librosa, python_speech_features) get the common ones after their
spectrum.

"A core" is one process pinned to a core, in clips per second of processor time. "All cores" is as
many such processes at once as there are cores, in clips per second; moteflow is one process with as
many threads. Rounds go through all in turn, and the best of each counts.
"""

import argparse
import multiprocessing as mp
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import chain
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track
from rich.table import Table

from moteflow.files import write_json

SAMPLE_RATE, FRAME_LENGTH, HOP_LENGTH, N_FFT = 16000, 640, 320, 1024
N_MELS, N_MFCC, FMIN, FMAX, LOG_FLOOR = 40, 13, 20.0, 4000.0, 1e-8
N_FRAMES = 1 + (SAMPLE_RATE - FRAME_LENGTH) // HOP_LENGTH
N_CLIPS, SEED = 512, 1
SCIPY_BATCH, TF_BATCH, LIBROSA_BATCH = 8, 16, 32
"""Clips at once: of 1, 2, 4, ..., 256 the fastest on an x86-64 server."""
TOLERANCE = 1e-4
"""Of a coefficient; they go up to about 36."""

Clips = npt.NDArray[np.int16]
Features = npt.NDArray[np.float32]
Extract = Callable[[Clips], Features]
Rates = tuple[float, float]
"""Clips per second, and per second of processor time."""


@dataclass(frozen=True)
class Throughput:
    """Clips per second of a core and of all; largest difference from the first's coefficients."""

    name: str
    core: float
    all_cores: float
    max_abs_error: float


def window() -> Features:
    """Periodic Hann for int16 of full scale 1."""
    phase = 2 * np.pi * np.arange(FRAME_LENGTH) / FRAME_LENGTH
    return ((0.5 - 0.5 * np.cos(phase)) / 32768).astype(np.float32)


def mel_matrix() -> Features:
    """HTK triangles [bins, N_MELS], of the bins up to the last that a filter reads."""
    mel = 1127 * np.log1p(np.arange(N_FFT // 2 + 1) * SAMPLE_RATE / N_FFT / 700)[:, None]
    edges = np.linspace(1127 * np.log1p(FMIN / 700), 1127 * np.log1p(FMAX / 700), N_MELS + 2)
    up = (mel - edges[:-2]) / (edges[1:-1] - edges[:-2])
    down = (edges[2:] - mel) / (edges[2:] - edges[1:-1])
    matrix: Features = np.maximum(0, np.minimum(up, down)).astype(np.float32)
    matrix[0] = 0
    return matrix[: 1 + int(np.flatnonzero(matrix.any(axis=1))[-1])]


def dct_matrix() -> Features:
    """Orthonormal DCT-II [N_MELS, N_MFCC]."""
    angle = np.pi / N_MELS * (np.arange(N_MELS)[:, None] + 0.5) * np.arange(N_MFCC)
    matrix: Features = (np.sqrt(2 / N_MELS) * np.cos(angle)).astype(np.float32)
    matrix[:, 0] /= np.sqrt(2)
    return matrix


def moteflow(n_threads: int) -> Extract:
    from moteflow.composition import compose_features
    from moteflow.dsp import extract

    overrides = ["features=mfcc", f"features.n_mfcc={N_MFCC}"]
    config = compose_features(Path("conf").resolve(), overrides)
    return lambda clips: extract(clips, config, n_threads)


def scipy_batched(n_threads: int) -> Extract:
    import scipy.fft

    taper, mel, dct = window(), mel_matrix(), dct_matrix()
    frames = np.empty((SCIPY_BATCH, N_FRAMES, FRAME_LENGTH), np.float32)
    power = np.empty((SCIPY_BATCH, N_FRAMES, len(mel)), np.float32)
    square = np.empty_like(power)
    log_mel = np.empty((SCIPY_BATCH, N_FRAMES, N_MELS), np.float32)

    def extract(clips: Clips) -> Features:
        features = np.empty((len(clips), N_FRAMES, N_MFCC), np.float32)
        for start in range(0, len(clips), SCIPY_BATCH):
            batch = clips[start : start + SCIPY_BATCH]
            n = len(batch)
            views = np.lib.stride_tricks.sliding_window_view(batch, FRAME_LENGTH, axis=1)
            np.multiply(views[:, ::HOP_LENGTH], taper, out=frames[:n], dtype=np.float32)
            spectrum = scipy.fft.rfft(frames[:n], N_FFT, workers=1)[..., : len(mel)]
            np.multiply(spectrum.real, spectrum.real, out=power[:n])
            np.multiply(spectrum.imag, spectrum.imag, out=square[:n])
            np.add(power[:n], square[:n], out=power[:n])
            np.matmul(power[:n], mel, out=log_mel[:n])
            np.maximum(log_mel[:n], LOG_FLOOR, out=log_mel[:n])
            np.log(log_mel[:n], out=log_mel[:n])
            np.matmul(log_mel[:n], dct, out=features[start : start + n])
        return features

    return extract


def tf_signal_xla(n_threads: int) -> Extract:
    from moteflow.models.backend import tf

    tf.config.threading.set_intra_op_parallelism_threads(n_threads)
    tf.config.threading.set_inter_op_parallelism_threads(n_threads)
    taper, mel, dct = window(), mel_matrix(), dct_matrix()

    @tf.function(jit_compile=True)  # type: ignore[untyped-decorator]
    def compute(clips: Any) -> Any:
        frames = tf.signal.frame(tf.cast(clips, tf.float32), FRAME_LENGTH, HOP_LENGTH) * taper
        spectrum = tf.signal.rfft(frames, [N_FFT])[..., : len(mel)]
        power = tf.math.real(spectrum) ** 2 + tf.math.imag(spectrum) ** 2
        log_mel = tf.math.log(tf.maximum(power @ mel, LOG_FLOOR))
        return log_mel @ dct

    def extract(clips: Clips) -> Features:
        batches = (clips[start : start + TF_BATCH] for start in range(0, len(clips), TF_BATCH))
        return np.concatenate([compute(batch).numpy() for batch in batches])

    return extract


def librosa_stft(n_threads: int) -> Extract:
    import librosa

    mel, dct = mel_matrix(), dct_matrix()
    margin = (N_FFT - FRAME_LENGTH) // 2

    def extract(clips: Clips) -> Features:
        parts = []
        for start in range(0, len(clips), LIBROSA_BATCH):
            signal = clips[start : start + LIBROSA_BATCH] * np.float32(2.0**-15)
            spectrum = librosa.stft(
                np.pad(signal, ((0, 0), (margin, margin))),
                n_fft=N_FFT,
                hop_length=HOP_LENGTH,
                win_length=FRAME_LENGTH,
                center=False,
            )[:, : len(mel)]
            power = (spectrum.real**2 + spectrum.imag**2).transpose(0, 2, 1)
            parts.append(np.log(np.maximum(power @ mel, LOG_FLOOR)) @ dct)
        return np.concatenate(parts)

    return extract


def python_speech_features(n_threads: int) -> Extract:
    from python_speech_features import sigproc

    taper, mel, dct = window(), mel_matrix(), dct_matrix()

    def extract(clips: Clips) -> Features:
        features = []
        for clip in clips:
            frames = sigproc.framesig(clip, FRAME_LENGTH, HOP_LENGTH, winfunc=lambda _: taper)
            power = sigproc.powspec(frames, N_FFT)[:, : len(mel)] * N_FFT
            features.append(np.log(np.maximum(power @ mel, LOG_FLOOR)) @ dct)
        return np.stack(features).astype(np.float32)

    return extract


CONTESTANTS: dict[str, Callable[[int], Extract]] = {
    "moteflow": moteflow,
    "SciPy, batched": scipy_batched,
    "tf.signal, XLA": tf_signal_xla,
    "librosa": librosa_stft,
    "python_speech_features": python_speech_features,
}


class Worker:
    """A process of its own with one contestant, pinned to `core` or free with n_threads."""

    def __init__(self, name: str, core: int | None, n_threads: int) -> None:
        context = mp.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        context.Process(target=work, args=(theirs, name, core, n_threads), daemon=True).start()
        self.features: Features = self.pipe.recv()


def work(pipe: Connection, name: str, core: int | None, n_threads: int) -> None:
    """Send the features of all clips, then the throughput of so many seconds until it gets None."""
    if core is not None:
        os.sched_setaffinity(0, {core})
    extract = CONTESTANTS[name](n_threads)
    clips = make_clips()
    pipe.send(extract(clips))
    while (seconds := pipe.recv()) is not None:
        pipe.send(throughput(extract, clips, seconds))


def make_clips() -> Clips:
    """Noise whose loudness wanders, int16 [N_CLIPS, SAMPLE_RATE]."""
    rng = np.random.default_rng(SEED)
    loudness = rng.uniform(1, 12, (N_CLIPS, 20)).repeat(SAMPLE_RATE // 20, axis=1)
    return np.round(rng.uniform(-1, 1, loudness.shape) * np.exp2(loudness)).astype(np.int16)


def throughput(extract: Extract, clips: Clips, seconds: float) -> Rates:
    """The rates over at least so many seconds."""
    done = 0
    begin, begin_cpu = time.perf_counter(), time.process_time()
    while (elapsed := time.perf_counter() - begin) < seconds:
        extract(clips)
        done += len(clips)
    return done / elapsed, done / (time.process_time() - begin_cpu)


def measure(names: list[str], seconds: float, rounds: int) -> list[Throughput]:
    """Go through all contestants `rounds` times and keep the best of each."""
    cores = sorted(os.sched_getaffinity(0))
    alone = {name: Worker(name, cores[0], 1) for name in names}
    together = {
        name: [Worker(name, None, len(cores))]
        if name == "moteflow"
        else [alone[name], *(Worker(name, core, 1) for core in cores[1:])]
        for name in names
    }
    best = {name: (0.0, 0.0) for name in names}
    for _ in track(range(rounds), "Measuring"):
        for name in names:
            [(_, core)] = run([alone[name]], seconds)
            all_cores = sum(rate for rate, _ in run(together[name], seconds))
            best[name] = max(best[name][0], core), max(best[name][1], all_cores)
    for worker in {*alone.values(), *chain.from_iterable(together.values())}:
        worker.pipe.send(None)
    first = alone[names[0]].features
    errors = {name: float(np.abs(alone[name].features - first).max()) for name in names}
    return [Throughput(name, *best[name], errors[name]) for name in names]


def run(workers: list[Worker], seconds: float) -> list[Rates]:
    """The rates of all the workers at once."""
    for worker in workers:
        worker.pipe.send(seconds)
    return [worker.pipe.recv() for worker in workers]


def show(console: Console, rows: list[Throughput]) -> None:
    """Clips per second, and how many times as many moteflow does."""
    table = Table("", "a core", "", "all cores", "", "difference", title="Clips per second")
    for row in rows:
        table.add_row(
            row.name,
            f"{row.core:,.0f}",
            f"{rows[0].core / row.core:.2f} x",
            f"{row.all_cores:,.0f}",
            f"{rows[0].all_cores / row.all_cores:.2f} x",
            f"{row.max_abs_error:.1e}",
        )
    for column in table.columns[1:]:
        column.justify = "right"
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CONTESTANTS))
    parser.add_argument("--seconds", type=float, default=1.0, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, default=Path("build/features.json"))
    options = parser.parse_args()
    names = options.names or list(CONTESTANTS)
    if unknown := [name for name in names if name not in CONTESTANTS]:
        parser.error(f"NAME must be one of {list(CONTESTANTS)}. Received: {unknown}")
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3")
    rows = measure(names, options.seconds, options.rounds)
    show(Console(), rows)
    write_json(options.json, [asdict(row) for row in rows])
    if wrong := [row.name for row in rows if not row.max_abs_error <= TOLERANCE]:
        sys.exit(f"These gave other coefficients: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
