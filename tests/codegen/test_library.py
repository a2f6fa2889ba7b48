"""`moteflow compile`: what it writes compiles and runs outside this repository."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moteflow.codegen import Optimize, default_name, write_library
from moteflow.codegen.library import KERNELS, check_name
from moteflow.errors import FirmwareError, GraphError, ParamsError
from moteflow.graph import Rounding

WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Werror"]
PROGRAM = """
#include <stdio.h>
#include <string.h>

#include "image.h"
#include "sum.h"

int main(void) {
    image_init();
    sum_init();
    for (unsigned i = 0; i < IMAGE_INPUT_SIZE; ++i) {
        image_input()[i] = (int8_t)(7 * i - 100);
    }
    memset(sum_input_0(), 3, SUM_INPUT_0_SIZE);
    memset(sum_input_1(), -20, SUM_INPUT_1_SIZE);
    image_invoke();
    sum_invoke();
    for (unsigned i = 0; i < IMAGE_OUTPUT_SIZE; ++i) {
        printf("%d ", image_output()[i]);
    }
    for (unsigned i = 0; i < SUM_OUTPUT_SIZE; ++i) {
        printf("%d ", sum_output()[i]);
    }
    return IMAGE_ARENA_SIZE == 0 || SUM_OUTPUT_ZERO_POINT != -5;
}
"""


@pytest.fixture(scope="module")
def image_model(builder: Any) -> bytes:
    rng = np.random.default_rng(1)
    model = builder()
    source = model.tensor((1, 5, 4, 3), scale=0.05, zero_point=-3)
    tensor = source
    for channels in (3, 3, 5):
        weights = rng.integers(-127, 128, (channels, 3, 3, 3))
        filters = model.tensor(weights.shape, scale=[0.01] * channels, data=weights)
        tensor, before = model.tensor((1, 5, 4, channels), scale=0.1, zero_point=-128), tensor
        model.op("CONV_2D", [before, filters], tensor, strideH=1, strideW=1)
    return bytes(model.build([source], [tensor]))


@pytest.fixture(scope="module")
def sum_model(builder: Any) -> bytes:
    model = builder()
    first = model.tensor((1, 6), scale=0.05, zero_point=-3)
    second = model.tensor((1, 6), scale=0.07, zero_point=9)
    output = model.tensor((1, 6), scale=0.1, zero_point=-5)
    model.op("ADD", [first, second], output)
    return bytes(model.build([first, second], [output]))


@pytest.fixture(scope="module")
def expected(image_model: bytes, sum_model: bytes, run_reference: Any) -> str:
    pixels = (7 * np.arange(60) - 100).astype(np.int8).reshape(1, 5, 4, 3)
    addends = [np.full((1, 6), 3, np.int8), np.full((1, 6), -20, np.int8)]
    image = run_reference(image_model, [[pixels]])[0][0]
    total = run_reference(sum_model, [addends])[0][0]
    return "".join(f"{value} " for value in (*image.ravel(), *total.ravel()))


def write_both(
    image_model: bytes, sum_model: bytes, folder: Path, optimize: Optimize = Optimize.SPEED
) -> list[Path]:
    write_library(image_model, "image", "host", folder / "image", optimize)
    write_library(sum_model, "sum", "host", folder / "sum", optimize)
    return [folder / "image", folder / "sum"]


def run(*command: Any, folder: Path) -> str:
    done = subprocess.run([*map(str, command)], cwd=folder, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("optimize", Optimize)
@pytest.mark.parametrize("language", ["c", "c++"])
def test_two_libraries_in_one_program(
    image_model: bytes,
    sum_model: bytes,
    expected: str,
    tmp_path: Path,
    optimize: Optimize,
    language: str,
) -> None:
    libraries = write_both(image_model, sum_model, tmp_path, optimize)
    includes = [f"-I{folder / 'src'}" for folder in libraries]
    sources = [path for folder in libraries for path in sorted(folder.rglob("*.c"))]
    run("gcc", "-std=c11", "-O1", *WARNINGS, "-c", *sources, folder=tmp_path)
    (tmp_path / "main.c").write_text(PROGRAM.replace("(int8_t)(", "(int8_t)(int)("))
    standard = "-std=c11" if language == "c" else "-std=c++17"
    command = ["g++" if language == "c++" else "gcc", "-x", language, standard, *WARNINGS]
    run(*command, *includes, "-c", "main.c", folder=tmp_path)
    run("g++", *sorted(tmp_path.glob("*.o")), "-o", "program", folder=tmp_path)
    assert run("./program", folder=tmp_path) == expected


def test_cmake_builds_a_program_with_them(
    image_model: bytes, sum_model: bytes, expected: str, tmp_path: Path
) -> None:
    write_both(image_model, sum_model, tmp_path)
    (tmp_path / "main.c").write_text(PROGRAM)
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.13)\nproject(program C)\n"
        "add_subdirectory(image)\nadd_subdirectory(sum)\n"
        "add_executable(program main.c)\ntarget_link_libraries(program image sum)\n"
    )
    run("cmake", "-S", ".", "-B", "build", folder=tmp_path)
    run("cmake", "--build", "build", folder=tmp_path)
    assert run("build/program", folder=tmp_path) == expected


@pytest.mark.parametrize("optimize", Optimize)
def test_sanitizers_find_nothing(
    image_model: bytes, sum_model: bytes, expected: str, tmp_path: Path, optimize: Optimize
) -> None:
    libraries = write_both(image_model, sum_model, tmp_path, optimize)
    (tmp_path / "main.c").write_text(PROGRAM)
    includes = [f"-I{folder / 'src'}" for folder in libraries]
    sources = [path for folder in libraries for path in sorted(folder.rglob("*.c"))]
    flags = ["-std=c11", "-O1", "-fsanitize=undefined,address", "-fno-sanitize-recover=all"]
    run("gcc", *flags, *includes, "main.c", *sources, "-o", "program", folder=tmp_path)
    assert run("./program", folder=tmp_path) == expected


WHOLE = (
    "microwakeword/v2/alexa",
    "microwakeword/v2/hey_jarvis",
    "mlonmcu/aww/aww",
    "mlonmcu/bigsine_quant/bigsine_quant",
    "mlonmcu/cnn_s_quantized/cnn_s_quantized",
    "mlonmcu/micro_speech/micro_speech",
    "mlonmcu/sine_model/hello_world",
    "mlperf/ad01_int8",
    "mlperf/kws_ref_model",
    "mltk/audio_example1",
    "mltk/fingerprint_signature_generator",
    "mltk/image_example1",
    "mltk/keyword_spotting_on_off",
    "mltk/tflite_micro_magic_wand",
    "mltk/tflite_micro_speech",
    "packt/cifar10_int8",
    "tflm/micro_speech_quantized",
)
CHECKED = (
    "microwakeword/v2/alexa",
    "mlperf/kws_ref_model",
    "mltk/tflite_micro_magic_wand",
    "packt/cifar10_int8",
    "seanet/conv/conv0",
)
SINGLE = "mlperf/kws_ref_model"
"""With the large model, and one rounded once, they have every kernel."""
STRICT = ["-std=c11", "-pedantic", *WARNINGS, "-Wshadow", "-Wundef"]
COMPILERS = {
    "host": ["gcc"],
    "cortex-m0": ["arm-none-eabi-gcc", "-mcpu=cortex-m0"],
    "cortex-m3": ["arm-none-eabi-gcc", "-mcpu=cortex-m3"],
    "cortex-m4f": ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mfloat-abi=hard"],
    "cortex-m7": ["arm-none-eabi-gcc", "-mcpu=cortex-m7"],
    "cortex-m33": ["arm-none-eabi-gcc", "-mcpu=cortex-m33"],
    "cortex-m55": ["arm-none-eabi-gcc", "-mcpu=cortex-m55", "-mfloat-abi=hard"],
}


@pytest.fixture(scope="module")
def checked(large_model: bytes, shared_data: Path) -> list[bytes]:
    return [large_model, *((shared_data / f"models/{n}.tflite").read_bytes() for n in CHECKED)]


def test_strict_warnings(checked: list[bytes], shared_data: Path, tmp_path: Path) -> None:
    used: set[str] = set()
    models = [(tflite, Rounding.DOUBLE) for tflite in checked]
    models += [((shared_data / f"models/{SINGLE}.tflite").read_bytes(), Rounding.SINGLE)]
    for cpu, compiler in COMPILERS.items():
        for tflite, rounding in models:
            write_library(tflite, "checked", cpu, tmp_path / "checked", rounding=rounding)
            sources = sorted((tmp_path / "checked").rglob("*.c"))
            run(*compiler, *STRICT, "-O1", "-fsyntax-only", *sources, folder=tmp_path)
            used |= {path.name for path in (tmp_path / "checked").rglob("mote_*.h")}
    assert used == {path.name for path in KERNELS.glob("*.h")}


def check_statically(folder: Path, *patterns: str) -> None:
    sources = sorted(folder.rglob("*.c"))
    warnings = ["-std=c11", "-Wall", "-Wextra", "-Wconversion"]
    run("clang-tidy", "--quiet", "--warnings-as-errors=*", *sources, "--", *warnings, folder=folder)
    checked = [path for pattern in patterns for path in folder.rglob(pattern)]
    assert checked
    run("cppcheck", "--std=c11", "--quiet", "--error-exitcode=1", *checked, folder=folder)


@pytest.mark.parametrize("optimize", Optimize)
def test_default_checks_of_clang_tidy_and_cppcheck(
    image_model: bytes, checked: list[bytes], tmp_path: Path, optimize: Optimize
) -> None:
    for tflite in checked:
        write_library(tflite, "checked", "host", tmp_path / "checked", optimize)
        check_statically(tmp_path / "checked", "checked.c")  # its weights take cppcheck a minute
    write_library(image_model, "image", "host", tmp_path / "image", optimize)
    check_statically(tmp_path / "image", "*.c")


@pytest.mark.parametrize("name", WHOLE)
def test_sanitizers_find_nothing_in_real_models(
    name: str, shared_data: Path, equals_reference: Any
) -> None:
    tflite = (shared_data / f"models/{name}.tflite").read_bytes()
    equals_reference(tflite, n_cases=1, sanitize=True)


def test_a_size_build_is_smaller_whatever_the_flags(shared_data: Path, tmp_path: Path) -> None:
    tflite = (shared_data / "models/mlperf/kws_ref_model.tflite").read_bytes()
    sizes = {}
    for optimize, flag in ((Optimize.SPEED, "-Os"), (Optimize.SIZE, "-O2")):
        write_library(tflite, "image", "cortex-m4f", tmp_path / "image", optimize)
        compiler = ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", flag]
        run(*compiler, "-c", tmp_path / "image/src/image.c", folder=tmp_path)
        output = run("arm-none-eabi-size", "image.o", folder=tmp_path)
        sizes[optimize] = int(output.splitlines()[1].split()[0])
    assert sizes[Optimize.SIZE] < sizes[Optimize.SPEED]


@pytest.mark.parametrize("name", WHOLE)
def test_compiling_takes_less_than_two_seconds(
    name: str, shared_data: Path, tmp_path: Path
) -> None:
    tflite = (shared_data / f"models/{name}.tflite").read_bytes()
    begin = time.process_time()
    write_library(tflite, "timed", "cortex-m4f", tmp_path / "timed")
    assert time.process_time() - begin < 2


def test_a_library_has_what_it_needs_and_no_more(sum_model: bytes, tmp_path: Path) -> None:
    write_library(sum_model, "sum", "host", tmp_path / "sum")
    names = {path.name for path in (tmp_path / "sum/src").iterdir()}
    assert {"sum.c", "sum.h", "sum_weights.c", "sum_weights.h", "mote_requantize.h"} < names
    assert not any("conv" in name for name in names)
    library = json.loads((tmp_path / "sum/library.json").read_text())
    assert library["name"] == "sum"
    text = "".join(path.read_text() for path in (tmp_path / "sum").rglob("*") if path.is_file())
    assert str(tmp_path) not in text and "model_" not in text.replace("model_sha256", "")


def test_the_header_is_the_manual(sum_model: bytes, tmp_path: Path) -> None:
    write_library(sum_model, "sum", "host", tmp_path / "sum")
    header = (tmp_path / "sum/src/sum.h").read_text()
    assert "sum_input_1(): int8_t [1][6], 6 bytes, scale 0.0700000003, zero point 9" in header
    assert "Threads: one at a time." in header


def test_another_cpu_is_a_compile_error(image_model: bytes, root: Path, tmp_path: Path) -> None:
    write_library(image_model, "image", "cortex-m4f", tmp_path / "image")
    source = tmp_path / "image/src/image.c"
    command = ["gcc", "-std=c11", "-DMOTE_ARCH_H", "-DMOTE_DSP=0", "-fsyntax-only", source]
    done = subprocess.run(command, text=True, capture_output=True)
    assert "generate the library for this compiler's CPU" in done.stderr


def test_folders_of_others_are_left_alone(
    image_model: bytes, sum_model: bytes, tmp_path: Path
) -> None:
    (tmp_path / "work").mkdir()
    write_library(sum_model, "sum", "host", tmp_path / "work")
    write_library(image_model, "image", "host", tmp_path / "work")
    assert not (tmp_path / "work/src/sum.c").exists()
    with pytest.raises(GraphError):
        write_library(b"no model", "image", "host", tmp_path / "work")
    with pytest.raises(FirmwareError, match="cortex-m4f"):
        write_library(sum_model, "sum", "z80", tmp_path / "work")
    assert (tmp_path / "work/src/image.c").exists()
    (tmp_path / "work/library.json").write_text('{"description": "mine"}')
    with pytest.raises(ParamsError, match="holds something else"):
        write_library(sum_model, "sum", "host", tmp_path / "work")
    (tmp_path / "file").write_text("")
    with pytest.raises(ParamsError, match="holds something else"):
        write_library(sum_model, "sum", "host", tmp_path / "file")
    assert {path.name for path in tmp_path.iterdir()} == {"work", "file"}


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("kws_ref_model.tflite", "kws_ref_model"),
        ("My model (1).tflite", "My_model_1"),
        ("0.tflite", "model_0"),
        ("int.tflite", "model_int"),
        ("été.tflite", "t"),
        ("%%.tflite", "model"),
        ("mote_arch.tflite", "model_mote_arch"),
    ],
)
def test_names_after_files(file: str, name: str) -> None:
    assert default_name(Path(file)) == name
    check_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "int", "string", "String", "namespace", "1st", "a-b", "a b", "mote_arch", "é", "a\n"],
)
def test_names_that_c_does_not_allow_are_refused(name: str) -> None:
    with pytest.raises(ParamsError, match="--name"):
        check_name(name)
