"""The same bytes on emulated Cortex-M cores, with and without floating-point hardware."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moteflow.codegen.c_literals import c_int32
from moteflow.dsp import BlockDescription, FeatureConfig, SampleType, Table, extract
from moteflow.dsp.blocks.mfcc import MfccConfig
from moteflow.dsp.native import LIBRARY_FOLDER

TARGET_FOLDER = Path(__file__).with_name("target")
COMPILE = (
    "arm-none-eabi-gcc -std=c11 -O2 -ffp-contract=off -fno-tree-vectorize -Wall -Wextra"
    " -Wconversion -Wdouble-promotion -Werror -mthumb -nostartfiles --specs=nosys.specs"
)
EMULATE = (
    "qemu-system-arm -nographic -monitor none -serial none"
    " -semihosting-config enable=on,target=native -kernel stream.elf"
)
CORES = {
    "microbit": "-mcpu=cortex-m0",
    "mps2-an385": "-mcpu=cortex-m3",
    "mps2-an386": "-mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard",
    "mps2-an500": "-mcpu=cortex-m7 -mfpu=fpv5-d16 -mfloat-abi=hard",
}

for tool in ("arm-none-eabi-gcc", "qemu-system-arm"):
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed", allow_module_level=True)


def literal(value: int | np.number) -> str:
    """A C constant that is exactly `value`."""
    if isinstance(value, np.floating):
        return f"{float(value).hex()}f"
    return f"{int(value)}u" if value >= 0 else c_int32(int(value))


def render(block: BlockDescription) -> str:
    """A header that defines `features`, its tables and its sizes."""
    arrays = [
        f"static const {table.ctype} {table.name}[] = {{{', '.join(map(literal, table.values))}}};"
        for table in block.tables
    ]
    parameters = [
        f".{f.name} = {f.value.name if isinstance(f.value, Table) else literal(f.value)}"
        for f in block.parameters
    ]
    sizes = ("n_axes", "frame_length", "hop_length", "n_features", "state_size", "scratch_size")
    is_float = block.sample_type is SampleType.FLOAT32
    members = [f".{name} = {getattr(block, name)}u" for name in sizes]
    return "\n".join(
        [
            '#include "mote_features.h"',
            f'#include "{block.header}"',
            *arrays,
            f"static const {block.parameters_type} parameters = {{{', '.join(parameters)}}};",
            "static const mote_features_config_t features = {",
            f"    .compute = {block.compute}, .parameters = &parameters, {', '.join(members)},",
            f"    .sample_type = MOTE_SAMPLES_{'F32' if is_float else 'S16'}}};",
            f"typedef {block.sample_type.ctype} sample_t;",
            *(f"#define BLOCK_{name.upper()} {getattr(block, name)}u" for name in sizes),
            "",
        ]
    )


def emulate(machine: str, samples: np.ndarray, config: FeatureConfig, folder: Path) -> bytes:
    """The feature bytes that an emulated board computes from a stream of samples."""
    (folder / "block.h").write_text(render(config.describe()))
    samples.tofile(folder / "samples.bin")
    sources = [*sorted(LIBRARY_FOLDER.glob("*.c")), TARGET_FOLDER / "stream.c"]
    options = [f"-I{LIBRARY_FOLDER}", f"-I{folder}", f"-T{TARGET_FOLDER / 'link.ld'}"]
    command = [*COMPILE.split(), *CORES[machine].split(), *options, *map(str, sources)]
    subprocess.run([*command, "-o", str(folder / "stream.elf")], check=True)
    subprocess.run([*EMULATE.split(), "-M", machine], cwd=folder, check=True, timeout=120)
    return (folder / "features.bin").read_bytes()


@pytest.mark.parametrize("machine", sorted(CORES))
def test_a_core_computes_the_hosts_bytes(
    machine: str,
    recordings: np.ndarray,
    extremes: np.ndarray,
    mfcc: MfccConfig,
    tmp_path: Path,
) -> None:
    samples = np.concatenate([*recordings[:2], *extremes])
    config = replace(mfcc, log_floor=float(np.finfo(np.float32).tiny))
    expected = extract(samples[None], config)
    assert emulate(machine, samples, config, tmp_path) == expected.astype("<f4").tobytes()
