"""A model on a board, measured: is it bit-exact, how fast is it, what memory does it take."""

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from moteflow.codegen import Generated, Optimize, find_architecture, generate
from moteflow.codegen.view import PortView
from moteflow.errors import FirmwareError
from moteflow.firmware.model_image import Cases, Run, build_model_image
from moteflow.firmware.sizes import Sizes, measure
from moteflow.firmware.toolchain import FIRMWARE, find_board
from moteflow.graph import Rounding
from moteflow.quantization import run_reference_cases

FLAGS = {Optimize.SPEED: ("-O2",), Optimize.SIZE: ("-Os",)}
_AROUND = ("main", "model_invoke", "mote_mark_inference_begin", "mote_mark_inference_end")


@dataclass(frozen=True)
class Flash:
    """Bytes. weights + code = total; of the whole image, code has start-up and semihosting too."""

    weights: int
    code: int
    total: int


@dataclass(frozen=True)
class Ram:
    """Bytes. static is .data and .bss beyond the arena; stack what an inference takes at most."""

    arena: int
    static: int
    stack: int
    total: int


@dataclass(frozen=True)
class LayerRam:
    """Bytes of the arena that are live while the layer runs."""

    arena: int


@dataclass(frozen=True)
class LayerBench:
    """One layer's share.

    instructions  from its entry to the next layer's, per inference
    flash         its arrays, and the functions that it is the first to execute
    """

    name: str
    operator: str
    macs: int
    instructions: int | None
    instructions_per_mac: float | None
    cycles_estimate: int | None
    flash: Flash | None
    ram: LayerRam


@dataclass(frozen=True)
class Bench:
    """One model on one target; None where the host cannot tell.

    mismatches      bytes that differ from the reference interpreter's, over all outputs
    max_abs_error   in the outputs' own steps
    instructions    executed per inference, mean; cycles_estimate likewise (see docs/cycles.md)
    histograms      by function and mnemonic: instructions executed in all inferences; not in JSON
    """

    model: str
    target: str
    bit_exact: bool
    mismatches: int
    max_abs_error: float
    instructions: int | None
    macs: int
    instructions_per_mac: float | None
    cycles_estimate: int | None
    flash: Flash | None
    ram: Ram | None
    layers: tuple[LayerBench, ...]
    histograms: dict[str, Counter[str]]

    def json(self) -> dict[str, Any]:
        value = asdict(self)
        del value["histograms"]
        return value


def bench(
    model: str,
    tflite: bytes,
    target: str,
    n_samples: int,
    seed: int = 0,
    inputs: Path | None = None,
    optimize: Optimize = Optimize.SPEED,
    rounding: Rounding = Rounding.DOUBLE,
    firmware_dir: Path = FIRMWARE,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Bench:
    """Build a model into an image for `target`, run it, compare with `rounding`'s interpreter.

    The inputs are random, or those of the file `inputs` with arrays in{j}_{k}: input j, case k.
    The cases of a model with state are one sequence. `progress` gets how many cases have newly
    been answered, and of how many. Raises what `generate` and `build_model_image` raise.
    """
    board = find_board(target, firmware_dir)
    with tempfile.TemporaryDirectory(prefix="moteflow-") as name:
        folder = Path(name)
        architecture = find_architecture(board.cpu)
        generated = generate(
            tflite,
            "bench",
            None,
            architecture,
            None,
            folder / "model",
            optimize=optimize,
            rounding=rounding,
        )
        ports = generated.inputs, generated.outputs
        image = build_model_image(
            folder / "model", *ports, target, firmware_dir, folder / "image", FLAGS[optimize]
        )
        if inputs is None:
            cases = random_cases(generated.inputs, n_samples, seed)
        else:
            cases = read_cases(inputs, generated.inputs)
        run = image.run_measured(cases, lambda fresh: progress(fresh, len(cases)))
        sizes = measure(image.elf) if board.machine else None
    expected = run_reference_cases(tflite, cases, len(generated.outputs), rounding)
    return _report(model, target, generated, run, expected, sizes)


def random_cases(ports: Sequence[PortView], n_samples: int, seed: int) -> Cases:
    """Uniform over the whole range of integers, normal for floats."""
    rng = np.random.default_rng(seed)
    return [[_random(port, rng) for port in ports] for _ in range(n_samples)]


def _random(port: PortView, rng: np.random.Generator) -> NDArray[Any]:
    if port.dtype == "bool":
        return rng.integers(0, 2, port.shape).astype(bool)
    if port.dtype == "float32":
        return rng.normal(size=port.shape).astype(np.float32)
    limits = np.iinfo(port.dtype)
    return rng.integers(limits.min, limits.max, port.shape, port.dtype, endpoint=True)


def read_cases(path: Path, ports: Sequence[PortView]) -> Cases:
    """The cases of an `.npz` with arrays in{j}_{k}; FirmwareError if they do not fit the inputs."""
    try:
        with path.open("rb") as stream, np.load(stream) as arrays:
            found = {name: arrays[name] for name in arrays.files if name.startswith("in")}
    except (OSError, ValueError, EOFError, TypeError, BadZipFile) as error:
        raise FirmwareError(
            f"Inputs must be an .npz with arrays in{{j}}_{{k}}. Received: {path}: {error}. "
            "Write it with numpy.savez."
        ) from error
    cases: list[list[NDArray[Any]]] = []
    while all(f"in{j}_{len(cases)}" in found for j in range(len(ports))):
        cases.append([found[f"in{j}_{len(cases)}"] for j in range(len(ports))])
    wrong = [
        f"in{j}_{k} {values.dtype} {list(values.shape)}"
        for k, case in enumerate(cases)
        for j, (values, port) in enumerate(zip(case, ports, strict=True))
        if values.dtype != port.dtype or values.nbytes != port.size
    ]
    if not cases or wrong or len(found) != len(cases) * len(ports):
        expected = [f"{port.dtype} {list(port.shape)}" for port in ports]
        raise FirmwareError(
            f"Inputs must be arrays in{{j}}_{{k}} for input j of case k, of {expected}. "
            f"Received: {wrong[:3] or sorted(found)[:8]}. Give the inputs of this model."
        )
    return cases


def _report(
    model: str,
    target: str,
    generated: Generated,
    run: Run,
    expected: list[list[NDArray[Any]]],
    sizes: Sizes | None,
) -> Bench:
    n_cases = len(expected)
    mismatches, error = compare(run.outputs, expected)
    instructions = run.profile.inference.mean if run.profile else None
    inference = run.inference
    return Bench(
        model=model,
        target=target,
        bit_exact=mismatches == 0,
        mismatches=mismatches,
        max_abs_error=error,
        instructions=instructions,
        macs=generated.macs,
        instructions_per_mac=_ratio(instructions, generated.macs),
        cycles_estimate=round(inference.cycles_estimate / n_cases) if inference else None,
        flash=_flash(generated.constant_bytes, sizes.flash_bytes) if sizes else None,
        ram=_ram(generated, run, sizes) if sizes else None,
        layers=_layers(generated, run, sizes, n_cases),
        histograms=inference.histograms() if inference else {},
    )


def compare(
    actual: Sequence[Sequence[NDArray[Any]]], expected: Sequence[Sequence[NDArray[Any]]]
) -> tuple[int, float]:
    """Differing bytes, and the largest difference; that to what is no number is the largest."""
    mismatches, error = 0, 0.0
    largest = float(np.finfo(np.float32).max)
    for ours, theirs in zip(actual, expected, strict=True):
        for mine, reference in zip(ours, theirs, strict=True):
            pair = (np.frombuffer(array.tobytes(), np.uint8) for array in (mine, reference))
            differing = int(np.not_equal(*pair).sum())
            if differing:
                mismatches += differing
                difference = mine.astype(np.float64) - reference.ravel().astype(np.float64)
                finite = np.nan_to_num(abs(difference), nan=largest, posinf=largest)
                error = max(error, float(finite.max()))
    return mismatches, error


def _flash(weights: int, total: int) -> Flash:
    return Flash(weights, total - weights, total)


def _ram(generated: Generated, run: Run, sizes: Sizes) -> Ram:
    arena, stack = generated.plan.arena_size, run.stack_bytes or 0
    return Ram(arena, sizes.ram_bytes - arena, stack, sizes.ram_bytes + stack)


def _layers(
    generated: Generated, run: Run, sizes: Sizes | None, n_cases: int
) -> tuple[LayerBench, ...]:
    instructions = {}
    if run.profile:
        instructions = {layer.name: layer.instructions.mean for layer in run.profile.layers}
    code = {symbol.name: symbol.flash_bytes for symbol in sizes.symbols} if sizes else {}
    for name in _AROUND:
        code.pop(name, None)
    live = {step.label: step.bytes_live for step in generated.plan.steps}
    layers = []
    for layer in generated.layers:
        counts = run.counts.get(layer.symbol)
        weights = sum(array.n_bytes for array in layer.arrays)
        fresh = sum(code.pop(name, 0) for name in counts.functions) if counts else 0
        layers.append(
            LayerBench(
                name=layer.symbol,
                operator=layer.comment,
                macs=layer.macs,
                instructions=instructions.get(layer.symbol),
                instructions_per_mac=_ratio(instructions.get(layer.symbol), layer.macs),
                cycles_estimate=round(counts.cycles_estimate / n_cases) if counts else None,
                flash=_flash(weights, weights + fresh) if sizes else None,
                ram=LayerRam(live[layer.label]),
            )
        )
    return tuple(layers)


def _ratio(instructions: int | None, macs: int) -> float | None:
    return round(instructions / macs, 4) if instructions is not None and macs else None
