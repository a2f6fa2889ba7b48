"""`moteflow bench` on real models: the figures agree with each other and with the reference."""

import csv
import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from moteflow.errors import FirmwareError, GraphError, ToolchainError
from moteflow.firmware import bench as module
from moteflow.firmware.bench import Bench, bench, compare

MODEL = "tflm/micro_speech_quantized"
NAMES = {
    "model", "target", "bit_exact", "mismatches", "max_abs_error", "instructions", "macs",
    "instructions_per_mac", "cycles_estimate", "flash", "ram", "layers",
}  # fmt: skip


@pytest.fixture(scope="module")
def model(shared_data: Path) -> Path:
    return shared_data / "models" / f"{MODEL}.tflite"


def measure(model: Path, root: Path, target: str = "mps2_an386", **options: object) -> Bench:
    arguments = {"n_samples": 2, "firmware_dir": root / "firmware"} | options
    return bench(MODEL, model.read_bytes(), target, **arguments)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def report(model: Path, root: Path) -> Bench:
    return measure(model, root)


def test_figures_agree_with_each_other(report: Bench) -> None:
    assert report.bit_exact
    assert (report.mismatches, report.max_abs_error) == (0, 0)
    assert report.macs == 336_000
    assert report.flash is not None and report.ram is not None
    assert report.instructions is not None and report.cycles_estimate is not None
    layers = report.layers
    assert sum(layer.instructions or 0 for layer in layers) == pytest.approx(
        report.instructions, abs=100
    )
    assert sum(layer.cycles_estimate or 0 for layer in layers) == pytest.approx(
        report.cycles_estimate, abs=200
    )
    assert report.instructions < report.cycles_estimate < 3 * report.instructions
    assert sum(layer.macs for layer in layers) == report.macs
    assert report.instructions_per_mac == pytest.approx(report.instructions / report.macs, abs=1e-4)
    flash = report.flash
    assert flash.total == flash.weights + flash.code
    parts = [layer.flash for layer in layers if layer.flash]
    assert sum(part.weights for part in parts) == flash.weights
    assert 0 < sum(part.code for part in parts) < flash.code
    ram = report.ram
    assert ram.total == ram.arena + ram.static + ram.stack
    assert max(layer.ram.arena for layer in layers) <= ram.arena
    assert 0 < ram.stack < 2048
    assert 0 <= ram.static < 64


def test_json_has_exactly_the_promised_names(report: Bench) -> None:
    value = report.json()
    assert set(value) == NAMES
    assert set(value["flash"]) == {"weights", "code", "total"}
    assert set(value["ram"]) == {"arena", "static", "stack", "total"}
    assert json.loads(json.dumps(value))["layers"][0]["flash"].keys() == value["flash"].keys()


def test_measuring_twice_gives_the_same(model: Path, root: Path, report: Bench) -> None:
    assert measure(model, root) == report


def test_another_seed_gives_other_inputs(model: Path, root: Path, report: Bench) -> None:
    again = measure(model, root, seed=1)
    assert again.bit_exact
    assert again.instructions != report.instructions


def test_the_host_counts_nothing(model: Path, root: Path) -> None:
    report = measure(model, root, "host")
    assert report.bit_exact
    assert (report.instructions, report.cycles_estimate, report.flash, report.ram) == (None,) * 4


def test_golden_inputs(model: Path, root: Path, tmp_path: Path) -> None:
    assert measure(model, root, inputs=model.with_suffix(".golden.npz")).bit_exact
    np.savez(tmp_path / "wrong.npz", in0_0=np.zeros(7, np.int8))
    with pytest.raises(FirmwareError, match=r"Received: \['in0_0 int8 \[7\]'\]"):
        measure(model, root, inputs=tmp_path / "wrong.npz")
    np.savez(tmp_path / "empty.npz", out0_0=np.zeros(7, np.int8))
    with pytest.raises(FirmwareError, match=r"Received: \[\]"):
        measure(model, root, inputs=tmp_path / "empty.npz")
    with pytest.raises(FirmwareError, match=r"Inputs must be an \.npz"):
        measure(model, root, inputs=tmp_path / "absent.npz")
    np.save(tmp_path / "array.npy", np.zeros(7, np.int8))
    with pytest.raises(FirmwareError, match=r"array\.npy"):
        measure(model, root, inputs=tmp_path / "array.npy")
    golden = model.with_suffix(".golden.npz").read_bytes()
    for name, content in (("cut.npz", golden[:-40]), ("nothing.npz", b""), ("text.npz", b"1,2")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(FirmwareError, match=name):
            measure(model, root, inputs=tmp_path / name)


def test_a_wrong_byte_is_seen(
    model: Path, root: Path, report: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = module.run_reference_cases

    def disturbed(*arguments: object) -> list[list[np.ndarray]]:
        outputs = reference(*arguments)  # type: ignore[arg-type]
        outputs[1][0][0, 2] ^= 5
        return outputs

    monkeypatch.setattr(module, "run_reference_cases", disturbed)
    wrong = measure(model, root)
    assert (wrong.bit_exact, wrong.mismatches) == (False, 1)
    assert wrong.max_abs_error in (1, 3, 5)
    assert dataclasses.replace(
        wrong, bit_exact=True, mismatches=0, max_abs_error=0.0
    ) == dataclasses.replace(report)


def test_comparison_counts_bytes_and_survives_nan() -> None:
    ours = [[np.array([1, -2], np.int16), np.array([0.5, np.nan], np.float32)]]
    theirs = [[np.array([[1, 258]], np.int16), np.array([[0.5, 1.0]], np.float32)]]
    mismatches, error = compare(ours, theirs)
    assert mismatches == 2 + 2
    assert error == float(np.finfo(np.float32).max)
    assert compare(ours, ours) == (0, 0.0)


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "moteflow.cli", "bench", *map(str, arguments)]
    return subprocess.run(words, text=True, capture_output=True)


def test_the_command_prints_tables_and_writes_a_list(model: Path, tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    table = tmp_path / "histogram.csv"
    outputs = ("--json", file, "--histogram", table)
    done = command(model, model, "--target", "cortex-m4f", "--samples", 1, *outputs)
    assert done.returncode == 0, done.stderr
    assert "micro_speech_quantized" in done.stdout and "yes" in done.stdout
    first, second = json.loads(file.read_text())
    assert first == second and first["target"] == "cortex-m4f"
    with table.open() as rows:
        executed = sum(int(row["executed"]) for row in csv.DictReader(rows))
    assert executed == first["instructions"] + second["instructions"]


def test_the_command_explains_what_it_cannot_do(model: Path, tmp_path: Path) -> None:
    unknown = command(model, "--target", "cortex-m99")
    assert unknown.returncode == 1
    assert "A target must be one of cortex-m0" in unknown.stderr
    missing = command(tmp_path / "no.tflite", "--target", "host")
    assert missing.returncode == 1
    assert GraphError.__name__ in missing.stderr and "Traceback" not in missing.stderr


def test_the_benchmark_over_models_sets_the_peer_beside_ours(
    root: Path, shared_data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "models.json"
    names = ("mlperf/ad01_int8", "mlperf/kws_ref_model_float32")
    command = [sys.executable, "benchmarks/models.py", "--models", str(shared_data / "models")]
    command += ["--target", "cortex-m4f", "--json", str(file), *names]
    done = subprocess.run(command, cwd=root, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert "582,847" in done.stdout
    anomaly, keyword = json.loads(file.read_text())
    assert anomaly["bench"]["bit_exact"] and anomaly["peer"]["arena"] == 2580
    assert keyword["bench"] is None and "UnsupportedOpError" in keyword["refused"]


@pytest.mark.parametrize(("target", "tool"), [("mps2_an386", "arm-none-eabi-gcc"), ("host", "gcc")])
def test_a_missing_compiler_is_named(
    target: str, tool: str, model: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolchainError, match=f"{tool} must be installed"):
        measure(model, root, target)
