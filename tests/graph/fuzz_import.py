"""Mutated models through the importer, the passes, the planner and the templates.

    python tests/graph/fuzz_import.py [--minutes 10] [--seed 0] [--models FOLDER] [--output FOLDER]

Every case must be compiled or end in a MoteflowError, within SECONDS of processor time and
MEMORY_BYTES of memory. The models are those of a folder and `small_models`: together they have
every operator. They are mutated in two ways: bytes of the file, mostly its offsets and lengths, and
fields of its tables, which stay a sound flatbuffer. A failing case is kept in --output; the same
failure is told once. Cases depend on the seed alone.
"""

import argparse
import contextlib
import hashlib
import random
import resource
import signal
import struct
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

from moteflow.codegen import Architecture, Optimize, plan_model
from moteflow.codegen.render import render
from moteflow.codegen.view import model_view, provenance
from moteflow.errors import MoteflowError
from moteflow.graph import Rounding

sys.path.insert(0, str(Path(__file__).parent))
from small_models import small_models

SECONDS = 10.0
MEMORY_BYTES = 1 << 30
MAX_MODEL_BYTES = 60_000
NUMBERS = (0, 1, 2, 3, 4, 7, 8, 127, 128, 255, 256, 32767, 65535, 2**31 - 1, 2**32 - 1, 2**31)
SIGNED = (
    -(2**31),
    -32769,
    -129,
    -128,
    -2,
    -1,
    0,
    1,
    2,
    3,
    5,
    127,
    128,
    1000,
    65536,
    2**20,
    2**24,
    2**31 - 1,
)
REALS = (0.0, -1.0, 1e-45, 1e-30, 1e-9, 0.003, 1.0, 1e9, 3e38, float("inf"), float("nan"))


class TimeIsUp(BaseException):
    """A case took too long; no `except Exception` may swallow it."""


@dataclass
class Findings:
    """What a campaign has seen: cases, how many compiled, and failures by their place."""

    cases: int = 0
    compiled: int = 0
    failures: dict[str, str] = field(default_factory=dict)


def load_models(folder: Path) -> list[bytes]:
    """The small models of a folder: mutations of large ones would mostly meet weights."""
    paths = (path for path in sorted(folder.rglob("*.tflite")) if path.is_file())
    return [path.read_bytes() for path in paths if path.stat().st_size <= MAX_MODEL_BYTES]


def mutate(models: Sequence[bytes], rng: random.Random) -> bytes:
    """One case."""
    content = rng.choice(models)
    if rng.random() < 0.6:
        content = mutate_fields(content, rng)
    if rng.random() < 0.5:
        content = mutate_bytes(content, rng)
    return content


def mutate_bytes(content: bytes, rng: random.Random) -> bytes:
    """Change a few words or bytes; sometimes cut the file."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(max(len(changed) - 4, 1))
        kind = rng.randrange(4)
        if kind == 0:
            changed[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            at -= at % 4
            changed[at : at + 4] = struct.pack("<I", rng.choice(NUMBERS))
        elif kind == 2:
            at -= at % 4
            [number] = struct.unpack_from("<I", changed, at)
            step = rng.choice((-8, -4, -1, 1, 4, 8))
            changed[at : at + 4] = struct.pack("<I", (number + step) % 2**32)
        else:
            source = rng.randrange(max(len(changed) - 16, 1))
            changed[at : at + 16] = changed[source : source + 16]
    if rng.random() < 0.05:
        del changed[rng.randrange(len(changed)) :]
    return bytes(changed)


def mutate_fields(content: bytes, rng: random.Random) -> bytes:
    """Change a few fields of the tables; what no longer packs stays as it is."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    for _ in range(rng.choice((1, 1, 2, 3))):
        change_field(rng.choice(list(tables(model))), rng)
    builder = flatbuffers.Builder(1024)
    try:
        builder.Finish(model.Pack(builder), b"TFL3")
    except Exception:  # the packer checks its input in many ways, none of them ours
        return content
    return bytes(builder.Output())


def tables(value: Any) -> Iterator[Any]:
    """A table and all below it; buffers have no structure."""
    if isinstance(value, schema.BufferT):
        return
    yield value
    for child in vars(value).values():
        for item in child if isinstance(child, list) else [child]:
            if hasattr(item, "Pack"):
                yield from tables(item)


def change_field(table: Any, rng: random.Random) -> None:
    """Change one field of a table, or drop, repeat or reorder items of a list."""
    names = [name for name, value in vars(table).items() if value is not None]
    if not names:
        return
    name = rng.choice(names)
    value = getattr(table, name)
    if isinstance(value, bool):
        setattr(table, name, not value)
    elif isinstance(value, float):
        setattr(table, name, rng.choice(REALS))
    elif isinstance(value, (int, np.integer)):
        setattr(table, name, rng.choice((*SIGNED, int(value) + 1, int(value) - 1)))
    elif isinstance(value, (list, np.ndarray)) and len(value):
        setattr(table, name, changed_list(list(value), rng))
    elif rng.random() < 0.3:
        setattr(table, name, None)


def changed_list(items: list[Any], rng: random.Random) -> list[Any]:
    at = rng.randrange(len(items))
    kind = rng.randrange(4)
    if kind == 0:
        return items[:at] + items[at + 1 :]
    if kind == 1:
        return [*items, items[at]]
    if kind == 2:
        rng.shuffle(items)
    elif isinstance(items[at], (int, np.integer)):
        items[at] = rng.choice((*SIGNED, int(items[at]) + 1, int(items[at]) * 2))
    elif isinstance(items[at], (float, np.floating)):
        items[at] = rng.choice(REALS)
    return items


def compile_model(content: bytes, rng: random.Random) -> None:
    """All that `moteflow compile` does but the writing of files."""
    rounding, optimize = rng.choice(list(Rounding)), rng.choice(list(Optimize))
    architecture = rng.choice(list(Architecture)).rounding(rounding)
    graph, plan = plan_model(content, architecture, rounding=rounding)
    origin = provenance("0" * 64, None)
    view = model_view(graph, plan, architecture, "fuzz", origin, "fuzz", optimize, rounding)
    render(view, None)


def fuzz(
    models: Sequence[bytes], seconds: float, seed: int, output: Path | None = None
) -> Findings:
    """Run cases for so long; the case under way is in `output` should the process die."""
    findings = Findings()
    end = time.monotonic() + seconds
    with limits():
        while time.monotonic() < end:
            rng = random.Random(f"{seed} {findings.cases}")
            content = mutate(models, rng)
            findings.cases += 1
            if output is not None:
                (output / "last.tflite").write_bytes(content)
            try:
                signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
                compile_model(content, rng)
                findings.compiled += 1
            except MoteflowError:
                pass
            except (Exception, TimeIsUp) as error:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
                _note(findings, error, content, output)
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return findings


def _note(findings: Findings, error: BaseException, content: bytes, output: Path | None) -> None:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
    if place in findings.failures:
        return
    findings.failures[place] = "".join(traceback.format_exception(error)[-12:])
    if output is not None:
        name = hashlib.sha256(content).hexdigest()[:12]
        (output / f"{name}.tflite").write_bytes(content)
        print(f"{name}.tflite: {findings.failures[place]}", flush=True)


@contextlib.contextmanager
def limits() -> Iterator[None]:
    """Memory beyond what is mapped now fails, and the timer raises TimeIsUp."""

    def stop(*_: object) -> None:
        raise TimeIsUp(f"more than {SECONDS:g} s of processor time")

    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    handler = signal.signal(signal.SIGVTALRM, stop)
    resource.setrlimit(resource.RLIMIT_AS, (mapped + MEMORY_BYTES, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
        signal.signal(signal.SIGVTALRM, handler)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--models", type=Path, default=Path("../shared/data/models"))
    parser.add_argument("--output", type=Path, default=Path("build/fuzz"))
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    models = [*load_models(options.models), *4 * list(small_models())]
    findings = fuzz(models, 60 * options.minutes, options.seed, options.output)
    print(f"{findings.cases} cases, {findings.compiled} compiled, failures:")
    for place in sorted(findings.failures):
        print(f"  {place}")
    sys.exit(bool(findings.failures))


if __name__ == "__main__":
    main()
