"""Images built by the real PlatformIO from copies of firmware/, with its hand-made model."""

import os
import re
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from elftools.elf.elffile import ELFFile

from moteflow.errors import FirmwareError, ToolchainError
from moteflow.firmware import platformio
from moteflow.firmware.emulator import run_files
from moteflow.firmware.toolchain import find_board

TARGETS = ("host", "stm32f405", "microbit")
MARKERS = {
    f"mote_mark_{part}_{end}" for part in ("features", "inference") for end in ("begin", "end")
}
MODEL = Path("lib/model/src/model")


@pytest.fixture(scope="module")
def copy_project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Copies firmware/ to a new folder, with the model of test/fixtures as the generated one."""

    def copy() -> Path:
        project = tmp_path_factory.mktemp("project") / "firmware"
        generated = root / "firmware" / "lib" / "model"
        shutil.copytree(
            root / "firmware",
            project,
            ignore=lambda folder, names: (
                {".pio"} | ({"model"} if Path(folder) == generated.parent else set())
            ),
        )
        shutil.copytree(project / "test" / "fixtures" / "model", project / "lib" / "model")
        return project

    return copy


@pytest.fixture(scope="module")
def project(copy_project: Callable[[], Path]) -> Path:
    return copy_project()


@pytest.fixture(scope="module")
def images(project: Path) -> dict[str, dict[str, Path]]:
    return {
        target: platformio.build(target, project, project.parent / "built" / target)
        for target in TARGETS
    }


def symbols(elf: Path) -> dict[str, int]:
    """The size of each function and object by name."""
    with elf.open("rb") as stream:
        table = ELFFile(stream).get_section_by_name(".symtab")
        return {
            s.name: s["st_size"]
            for s in table.iter_symbols()
            if s["st_info"]["type"] in ("STT_FUNC", "STT_OBJECT")
        }


def request() -> bytes:
    """Everything the protocol can do, on random samples."""
    rng = np.random.default_rng(5)

    def samples(n: int) -> bytes:
        payload = rng.integers(-4096, 4096, n, np.int16).astype("<i2").tobytes()
        return b"samples %d%%" % n + payload + struct.pack("<I", zlib.crc32(payload))

    cut = samples(20)[:-1]
    return b"".join(
        (
            *(b"name%trace 1%", samples(20), samples(3), samples(5), b"reset%", samples(400)),
            *(b"db load 8%db 0102030405060708%infer 1 1%results%nothing%stack%", cut),
        )
    )


def untimed(response: bytes) -> list[bytes]:
    """Lines without those that say how fast and with how much stack."""
    return [line for line in response.splitlines() if not line.startswith((b"m-lap", b"m-stack"))]


def test_all_images_are_there(images: dict[str, dict[str, Path]]) -> None:
    assert set(images["host"]) == {"elf"}
    assert set(images["microbit"]) == {"elf", "bin", "hex", "semihosting"}
    for built in images.values():
        assert all(path.stat().st_size > 0 for path in built.values())


def test_image_starts_with_a_real_vector_table(images: dict[str, dict[str, Path]]) -> None:
    image = images["stm32f405"]["bin"].read_bytes()
    stack_top, reset, nmi, fault = struct.unpack("<4I", image[:16])
    assert stack_top == 0x20000000 + 128 * 1024
    with images["stm32f405"]["elf"].open("rb") as stream:
        assert reset == ELFFile(stream).header["e_entry"]
    assert all(0x08000000 < handler < 0x08000000 + len(image) for handler in (reset, nmi, fault))
    assert reset % 2 == fault % 2 == 1


def test_hex_and_bin_hold_the_same_bytes(images: dict[str, dict[str, Path]]) -> None:
    data = b""
    for line in images["stm32f405"]["hex"].read_text().split():
        record = bytes.fromhex(line[1:])
        assert sum(record) % 256 == 0
        if record[3] == 0:
            data += record[4:-1]
    assert data == images["stm32f405"]["bin"].read_bytes()


@pytest.mark.parametrize("target", ["stm32f405", "microbit"])
def test_flashable_image_has_no_semihosting(
    target: str, images: dict[str, dict[str, Path]]
) -> None:
    breakpoint_ab = b"\xab\xbe"
    assert breakpoint_ab not in images[target]["bin"].read_bytes()
    assert b"requests.bin" not in images[target]["bin"].read_bytes()
    assert breakpoint_ab in images[target]["semihosting"].read_bytes()


@pytest.mark.parametrize("target", ["stm32f405", "microbit"])
def test_images_differ_only_in_their_transport(
    target: str, images: dict[str, dict[str, Path]], project: Path
) -> None:
    flashed, bulk = symbols(images[target]["elf"]), symbols(images[target]["semihosting"])
    objects = project / ".pio" / "build" / target / "port"
    own = {
        name
        for part in ("transport_uart", "transport_semihosting", "board", "clock_*")
        for path in objects.glob(f"*{part}.o")
        for name in symbols(path)
    }
    different = {name for name, size in flashed.items() if bulk.get(name) != size}
    different |= {name for name, size in bulk.items() if flashed.get(name) != size}
    assert different <= own | {"strlen"}
    assert {"layer_00_fully_connected", "mote_stream_push"} <= set(flashed) - different


@pytest.mark.parametrize("target", ["stm32f405", "microbit"])
def test_markers_and_layers_are_in_the_symbol_table(
    target: str, images: dict[str, dict[str, Path]]
) -> None:
    expected = MARKERS | {"layer_00_fully_connected", "layer_01_forget_input", "model_invoke"}
    assert expected <= set(symbols(images[target]["elf"]))
    with images[target]["elf"].open("rb") as stream:
        table = ELFFile(stream).get_section_by_name(".symtab")
        places = {s["st_value"] for s in table.iter_symbols() if s.name in MARKERS}
    assert len(places) == len(MARKERS)


@pytest.mark.parametrize("target", ["stm32f405", "microbit"])
def test_board_answers_as_the_host(
    target: str, images: dict[str, dict[str, Path]], project: Path
) -> None:
    [expected] = run_files(find_board("host", project), images["host"]["elf"], [[request()]])
    machine = find_board(target, project)
    [actual] = run_files(machine, images[target]["semihosting"], [[request()]])
    assert untimed(actual) == untimed(expected)
    assert untimed(expected).count(b"m-ready") == 15
    assert untimed(expected)[-2:] == [b"e-[truncated]", b"m-ready"]
    stack = re.search(rb"m-stack-\[(\d+)\]", actual)
    assert stack is not None and 100 < int(stack[1]) < 2048


def test_another_folder_gives_the_same_bytes(
    images: dict[str, dict[str, Path]], copy_project: Callable[[], Path], tmp_path: Path
) -> None:
    elsewhere = copy_project()
    for target in ("host", "stm32f405"):
        again = platformio.build(target, elsewhere, tmp_path / target)
        for kind, path in again.items():
            assert path.read_bytes() == images[target][kind].read_bytes(), (target, kind)


def test_image_names_no_folder_of_this_machine(
    images: dict[str, dict[str, Path]], project: Path
) -> None:
    for target in ("host", "stm32f405"):
        assert str(project).encode() not in images[target]["elf"].read_bytes()


def test_callers_settings_do_not_change_the_image(
    images: dict[str, dict[str, Path]],
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PLATFORMIO_BUILD_FLAGS", "-O0 -DMOTE_SAMPLES_TIMEOUT_MS=1u")
    again = platformio.build("host", project, tmp_path / "host")
    assert again["elf"].read_bytes() == images["host"]["elf"].read_bytes()


def test_too_much_ram_is_named(copy_project: Callable[[], Path], tmp_path: Path) -> None:
    project = copy_project()
    header = project / MODEL.with_suffix(".h")
    header.write_text(header.read_text().replace("MODEL_ARENA_SIZE 16u", "MODEL_ARENA_SIZE 17000u"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "firmware.elf").write_text("earlier")
    with pytest.raises(
        FirmwareError, match=r"16384 bytes of RAM of BBC.*`RAM' overflowed by \d+ bytes"
    ):
        platformio.build("microbit", project, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["firmware.elf"]

    header.write_text(header.read_text().replace("17000u", "14000u"))
    with pytest.raises(FirmwareError, match=r"less than mote_stack_minimum bytes are left"):
        platformio.build("microbit", project, tmp_path / "out")
    assert (tmp_path / "out" / "firmware.elf").read_text() == "earlier"


def test_compiler_error_is_shown(copy_project: Callable[[], Path], tmp_path: Path) -> None:
    project = copy_project()
    source = project / MODEL.with_suffix(".c")
    source.write_text(source.read_text() + "\nint unused(void) { return 1.5; }\n")
    with pytest.raises(FirmwareError, match=r"model\.c:\d+:\d+: error: .*double"):
        platformio.build("host", project, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_absent_model_is_explained(copy_project: Callable[[], Path], tmp_path: Path) -> None:
    project = copy_project()
    shutil.rmtree(project / "lib" / "model")
    with pytest.raises(FirmwareError, match="lib/model is generated and not there yet"):
        platformio.build("host", project, tmp_path / "out")


def test_unknown_target_lists_all(project: Path, tmp_path: Path) -> None:
    with pytest.raises(FirmwareError, match=r"host, microbit, mps2_an385.*Received: 'arduino'"):
        platformio.build("arduino", project, tmp_path / "out")


def test_absent_compiler_is_named(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolchainError, match=r"arm-none-eabi-gcc must be installed"):
        platformio.build("stm32f405", project, tmp_path / "out")


def upload(environment: str, project: Path, stdin: bytes = b"", modules: Path = Path()) -> str:
    """Runs `pio run -t upload`, sends `stdin` when the firmware is ready, returns the output."""
    process = subprocess.Popen(
        [sys.executable, "-m", "platformio", "run", "-t", "upload", "-e", environment],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(modules), "PLATFORMIO_DISABLE_UPGRADE_CHECK": "true"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    with process:
        assert process.stdin is not None and process.stdout is not None
        output = b""
        for line in process.stdout:
            output += line
            if line.startswith(b"m-init-done"):
                process.stdin.write(stdin)
                process.stdin.close()
    assert process.returncode == 0, output
    return output.decode()


def test_upload_to_the_host_runs_the_firmware(project: Path) -> None:
    assert "m-name-dut-[moteflow]" in upload("host", project, b"name%")


def test_upload_to_an_emulated_target_runs_it_in_qemu(project: Path) -> None:
    quit_qemu = b"\x01x"
    assert "m-init-done" in upload("stm32f405", project, quit_qemu)


def test_upload_to_a_real_board_calls_pyocd(project: Path, tmp_path: Path) -> None:
    (tmp_path / "pyocd").mkdir()
    (tmp_path / "pyocd" / "__init__.py").touch()
    (tmp_path / "pyocd" / "__main__.py").write_text("import sys\nprint('called', sys.argv[1:])\n")
    output = upload("stm32f405_board", project, modules=tmp_path)
    image = Path(".pio") / "build" / "stm32f405_board" / "firmware.elf"
    assert f"called ['flash', '--no-wait', '--target', 'stm32f405rgtx', '{image}']" in output
    emulated = project / ".pio" / "build" / "stm32f405" / "firmware.elf"
    assert (project / image).read_bytes() == emulated.read_bytes()
