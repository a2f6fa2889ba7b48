"""A short campaign of the fuzzer, and whether it would notice anything."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from moteflow.graph import flatbuffer
from moteflow.graph.operators import SUPPORT
from moteflow.graph.tflite_import import OPERATOR_NAMES

SCRIPT = Path(__file__).with_name("fuzz_import.py")


@pytest.fixture(scope="module")
def fuzzer() -> ModuleType:
    spec = importlib.util.spec_from_file_location(SCRIPT.stem, SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[SCRIPT.stem] = module
    spec.loader.exec_module(module)
    return module


def test_mutated_models_end_in_code_or_in_an_error_of_ours(
    shared_data: Path, tmp_path: Path
) -> None:
    command = [sys.executable, str(SCRIPT), "--minutes", "0.33", "--output", str(tmp_path)]
    command += ["--models", str(shared_data / "models")]
    done = subprocess.run(command, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    words = done.stdout.split()
    assert int(words[0]) > 200 and int(words[2]) > 20


def failures(fuzzer: ModuleType, models: list[bytes], tmp_path: Path) -> dict[str, str]:
    found: dict[str, str] = fuzzer.fuzz(models, 0.3, 0, tmp_path).failures
    return found


@pytest.mark.parametrize("fault", ["crash", "hang", "memory"])
def test_faults_are_noticed_once(
    fault: str,
    fuzzer: ModuleType,
    shared_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def compile_model(*_: Any) -> None:
        if fault == "crash":
            raise KeyError(7)
        if fault == "hang":
            while True:
                pass
        bytearray(4 << 30)

    monkeypatch.setattr(fuzzer, "compile_model", compile_model)
    monkeypatch.setattr(fuzzer, "SECONDS", 0.05)
    models = [(shared_data / "models/tflm/hello_world_int8.tflite").read_bytes()]
    found = failures(fuzzer, models, tmp_path)
    name = {"crash": "KeyError", "hang": "TimeIsUp", "memory": "MemoryError"}[fault]
    assert [place.split()[0] for place in found] == [name]
    assert len(list(tmp_path.glob("*.tflite"))) == 2


def test_the_models_have_every_operator(fuzzer: ModuleType, shared_data: Path) -> None:
    models = [*fuzzer.load_models(shared_data / "models"), *fuzzer.small_models()]
    codes = [code for model in models for code in flatbuffer.root(model, b"TFL3").tables(1)]
    numbers = {max(code.number(0, "b", 0), code.number(3, "i", 0)) for code in codes}
    assert {OPERATOR_NAMES[number] for number in numbers} >= SUPPORT.keys()


def test_cases_depend_on_the_seed_alone(fuzzer: ModuleType, shared_data: Path) -> None:
    models = fuzzer.load_models(shared_data / "models/tflm")
    cases = [[fuzzer.mutate(models, fuzzer.random.Random(i)) for i in range(20)] for _ in "ab"]
    assert cases[0] == cases[1]
    assert len(set(cases[0])) > 15
