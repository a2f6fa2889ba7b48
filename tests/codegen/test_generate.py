"""Generated files: golden, repeatable, escaped, whole or not at all."""

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moteflow import dsp
from moteflow.codegen import ApplicationConfig, Architecture, generate
from moteflow.codegen.c_literals import c_float, c_int32, c_integers, c_string
from moteflow.composition import compose_application, compose_features
from moteflow.errors import ArenaError, ParamsError

CONF = Path(__file__).resolve().parents[2] / "conf"
GOLDEN = Path(__file__).parent / "golden"
AWKWARD_LABELS = ('"; rm -rf', "int", "??/", "line\nbreak")
FEATURES = compose_features(
    CONF,
    [
        "features=mfe",
        "task.sample_rate=8000",
        "features.frame_length=64",
        "features.hop_length=32",
        "features.n_fft=64",
        "features.n_mels=3",
        "features.fmin=100",
        "features.log_floor=1e-6",
    ],
)
DSP = Architecture.DSP
APPLICATION = ApplicationConfig(
    labels=AWKWARD_LABELS,
    sample_rate=8000,
    window_samples=192,
    step_samples=96,
    smoothing_windows=3,
    smoothing_threshold=0.7,
    suppression_samples=250,
    background_labels=("int", "not one of these"),
    features=FEATURES,
    params_sha256="0123456789abcdef" * 4,
)


@pytest.fixture(scope="module")
def tflite(builder: Any) -> bytes:
    """A network for five frames of three features and four labels."""
    rng = np.random.default_rng(7)
    model = builder()
    source = model.tensor((1, 5, 3, 1), scale=0.05, zero_point=-3)
    weights = rng.integers(-127, 128, (4, 3, 3, 1))
    filters = model.tensor((4, 3, 3, 1), scale=[0.01, 0.02, 0.03, 0.04], data=weights)
    convolved = model.tensor((1, 3, 2, 4), scale=0.1, zero_point=-128)
    model.op("CONV_2D", [source, filters], convolved, strideH=2, strideW=2)
    flat = model.tensor((1, 24), scale=0.1, zero_point=-128)
    model.op("RESHAPE", [convolved], flat)
    weights = rng.integers(-127, 128, (4, 24))
    dense = model.tensor((4, 24), scale=0.02, data=weights)
    bias = model.tensor((4,), "int32", scale=0.002, data=np.array([-50, 0, 50, 100]))
    logits = model.tensor((1, 4), scale=0.2, zero_point=10)
    model.op("FULLY_CONNECTED", [flat, dense, bias], logits)
    output = model.tensor((1, 4), scale=1 / 256, zero_point=-128)
    model.op("SOFTMAX", [logits], output, beta=1.0)
    return model.build([source], [output])


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(found)}


def test_generated_files_equal_the_golden_ones(
    tflite: bytes, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--update-golden"):
        generate(tflite, "golden", APPLICATION, DSP, None, GOLDEN)
    generate(tflite, "golden", APPLICATION, DSP, None, tmp_path / "model")
    actual, expected = files(tmp_path / "model"), files(GOLDEN)
    assert actual.keys() == expected.keys()
    for name in expected:
        assert actual[name].decode() == expected[name].decode(), name


def test_rendering_twice_gives_the_same_bytes(tflite: bytes, tmp_path: Path) -> None:
    generate(tflite, "twice", APPLICATION, DSP, None, tmp_path / "a")
    generate(tflite, "twice", APPLICATION, DSP, None, tmp_path / "b")
    assert files(tmp_path / "a") == files(tmp_path / "b")


@pytest.mark.parametrize(
    ("compiler", "architecture"),
    [
        (["gcc"], Architecture.PORTABLE),
        (["arm-none-eabi-gcc", "-mcpu=cortex-m0", "-mthumb"], Architecture.PORTABLE),
        (["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb"], Architecture.DSP),
    ],
)
def test_generated_code_compiles_without_warnings(
    compiler: list[str], architecture: Architecture, tflite: bytes, root: Path, tmp_path: Path
) -> None:
    generate(tflite, 'a "name"\n*/', APPLICATION, architecture, None, tmp_path / "model")
    libraries = [f"-I{root / 'firmware/lib' / name / 'src'}" for name in ("mote_nn", "mote_dsp")]
    sources = [str(path) for path in sorted((tmp_path / "model/src").glob("*.c"))]
    flags = ["-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Werror"]
    done = subprocess.run(
        [*compiler, *flags, *libraries, "-fsyntax-only", *sources],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_labels_survive_the_compiler(
    tflite: bytes, root: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    labels = ('"; rm -rf', "??/\\\t\n\0"[:-1], "été 1", "int")
    generate(
        tflite,
        "labels",
        replace(APPLICATION, labels=labels),
        DSP,
        None,
        tmp_path / "model",
    )
    source = (tmp_path / "model/src/application.c").read_text()
    literals = re.search(r"app_labels\[APP_LABEL_COUNT\] = \{\n(.*?)\n\};", source, re.DOTALL)
    assert literals is not None
    program = "#include <stdio.h>\nstatic const char *const labels[] = {" + literals[1] + "};\n"
    program += "int main(void) { for (int i = 0; i < 4; ++i) fwrite(labels[i], 1, "
    program += "__builtin_strlen(labels[i]) + 1, stdout); return 0; }\n"
    (tmp_path / "main.c").write_text(program)
    binary = tmp_path / "main"
    subprocess.run(["gcc", "-std=c11", str(tmp_path / "main.c"), "-o", str(binary)], check=True)
    printed = subprocess.run([binary], capture_output=True, check=True).stdout
    assert printed.decode().split("\0")[:-1] == list(labels)


def test_application_numbers(tflite: bytes, tmp_path: Path) -> None:
    generate(tflite, "numbers", APPLICATION, DSP, None, tmp_path / "model")
    header = (tmp_path / "model/src/application.h").read_text()
    defined = dict(re.findall(r"#define (APP_\w+) (\S+)", header))
    assert defined["APP_N_FRAMES"] == "5u"
    assert defined["APP_N_FEATURES"] == "3u"
    assert defined["APP_SMOOTHING_WINDOWS"] == "3u"
    assert defined["APP_SCORE_OFFSET"] == "128"
    assert defined["APP_LABEL_COUNT"] == "4u"
    assert defined["APP_PARAMS_SHA256"] == f'"{APPLICATION.params_sha256}"'


def test_events_of_an_application() -> None:
    background = (False, True, False, False)
    assert APPLICATION.events == dsp.EventsConfig(3, 179, 2, background)
    assert replace(APPLICATION, suppression_samples=96).events.suppression_windows == 1
    assert replace(APPLICATION, suppression_samples=95).events.suppression_windows == 0


def test_manifest_says_what_was_generated(tflite: bytes, tmp_path: Path) -> None:
    generated = generate(tflite, "manifest", APPLICATION, DSP, None, tmp_path / "model")
    manifest = json.loads((tmp_path / "model/manifest.json").read_text())
    assert manifest["labels"] == list(AWKWARD_LABELS)
    assert manifest["macs"] == generated.macs == 3 * 2 * 4 * 9 + 4 * 24
    assert manifest["memory"]["arena_size"] == generated.plan.arena_size
    assert [layer["symbol"] for layer in manifest["layers"]] == [
        "layer_00_conv_2d",
        "layer_01_fully_connected",
        "layer_02_softmax",
    ]


def test_a_model_over_its_arena_limit_leaves_the_folder_as_it_was(
    tflite: bytes, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    generate(tflite, "before", APPLICATION, DSP, None, folder)
    before = files(folder)
    with pytest.raises(ArenaError, match="op 0 CONV_2D"):
        generate(tflite, "after", APPLICATION, DSP, 20, folder)
    assert files(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_labels_must_fit_the_model(tflite: bytes, tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="3 labels"):
        generate(
            tflite, "x", replace(APPLICATION, labels=("a", "b", "c")), DSP, None, tmp_path / "m"
        )


def test_features_must_fit_the_model(tflite: bytes, tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="6 x 3 features"):
        generate(
            tflite,
            "x",
            replace(APPLICATION, window_samples=224),
            DSP,
            None,
            tmp_path / "m",
        )


def one_byte_model(builder: Any, dtype: str, zero_point: int, n_outputs: int = 4) -> bytes:
    """Rescales 5 x 3 features and hands the first of them out as `dtype`."""
    model = builder()
    source = model.tensor((1, 5, 3), scale=0.05, zero_point=-3)
    weights = model.tensor((n_outputs, 15), scale=0.02, data=np.ones((n_outputs, 15)))
    logits = model.tensor((1, n_outputs), scale=1 / 256, zero_point=-128)
    model.op("FULLY_CONNECTED", [source, weights, -1], logits)
    output = model.tensor((1, n_outputs), dtype, scale=1 / 256, zero_point=zero_point)
    model.op("QUANTIZE", [logits], output)
    return bytes(model.build([source], [output]))


def test_uint8_scores_need_no_offset(builder: Any, tmp_path: Path) -> None:
    tflite = one_byte_model(builder, "uint8", 0)
    generate(tflite, "uint8", APPLICATION, DSP, None, tmp_path / "model")
    assert "APP_SCORE_OFFSET 0 " in (tmp_path / "model/src/application.h").read_text()


def test_outputs_that_are_no_scores_are_refused(builder: Any, tmp_path: Path) -> None:
    tflite = one_byte_model(builder, "int32", 0, n_outputs=1)
    with pytest.raises(ParamsError, match=r"int8 or uint8 .* Received: int32"):
        generate(tflite, "x", replace(APPLICATION, labels=("a",)), DSP, None, tmp_path / "m")


def test_a_model_with_state_takes_every_frame_once(shared_data: Path, tmp_path: Path) -> None:
    tflite = (shared_data / "models/microwakeword/v2/alexa.tflite").read_bytes()
    wake_word = ["task=wake_word", "features=microfrontend", "features.hop_length=160"]
    application = compose_application(CONF, ["alexa"], wake_word)
    generate(tflite, "alexa", application, DSP, None, tmp_path / "model")
    with pytest.raises(ParamsError, match="3 frames of 160 samples"):
        generate(tflite, "x", replace(application, step_samples=160), DSP, None, tmp_path / "m")


@pytest.mark.parametrize(
    "change",
    [
        {"labels": ()},
        {"step_samples": 80},
        {"step_samples": 0},
        {"smoothing_windows": 0},
        {"smoothing_threshold": 1.5},
        {"suppression_samples": -1},
        {"sample_rate": 16000},
    ],
)
def test_an_application_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ParamsError, match="Received"):
        replace(APPLICATION, **change)


def test_c_string_escapes() -> None:
    assert c_string('a"b\\c??/\n1é') == '"a\\"b\\\\c\\?\\?/\\0121\\303\\251"'


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_c_float_is_exact(value: float) -> None:
    literal = c_float(value)
    assert literal.endswith("f")
    assert float.fromhex(literal.removesuffix("f")) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.1])
def test_c_float_refuses_what_is_no_finite_float32(value: float) -> None:
    with pytest.raises(ValueError, match="Received"):
        c_float(value)


def test_c_int32_at_its_limits() -> None:
    assert c_int32(2**31 - 1) == "2147483647"
    assert c_int32(-(2**31)) == "(-2147483647 - 1)"
    with pytest.raises(ValueError, match="Received"):
        c_int32(2**31)


def test_arrays_are_wrapped() -> None:
    lines = c_integers(range(1000)).splitlines()
    assert all(len(line) <= 100 for line in lines)
    assert [int(word) for word in " ".join(lines).replace(",", " ").split()] == list(range(1000))
