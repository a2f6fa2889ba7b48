"""A block's description as C, whatever types its parameters have."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from moteflow.codegen.render import render_features
from moteflow.dsp import BlockDescription, Field, SampleType, Table

HEADER = """\
#include <stdint.h>
#include "mote_features.h"
typedef struct {
    struct { const int32_t *edges; uint32_t count; } bank;
    const uint32_t *masks; const int8_t *steps; const float *window; const float *none;
    int32_t offset; float floor;
} mote_every_t;
void mote_every_compute(const void *, const void *, void *, void *, void *);
"""


@pytest.fixture
def block() -> BlockDescription:
    return BlockDescription(
        block="every",
        header="mote_every.h",
        compute="mote_every_compute",
        parameters_type="mote_every_t",
        parameters=(
            Field("bank.edges", Table("edges", np.array([-(2**31), 2**31 - 1], np.int32))),
            Field("bank.count", 2**32 - 1),
            Field("masks", Table("masks", np.array([2**32 - 1], np.uint32))),
            Field("steps", Table("steps", np.array([-128, 127], np.int8))),
            Field("window", Table("window", np.array([0.5, 2.0**-149], np.float32))),
            Field("none", 0),
            Field("offset", -7),
            Field("floor", np.float32(1e-8)),
        ),
        sample_type=SampleType.FLOAT32,
        n_axes=3,
        frame_length=5,
        hop_length=4,
        n_features=2,
        state_size=8,
        scratch_size=0,
    )


def test_every_value_is_written_exactly(block: BlockDescription) -> None:
    text = render_features(block, "every")
    for line in (
        "static const int32_t every_edges[2] = {\n    (-2147483647 - 1), 2147483647,\n};",
        "static const uint32_t every_masks[1] = {\n    4294967295u,\n};",
        "static const int8_t every_steps[2] = {\n    -128, 127,\n};",
        "static const float every_window[2] = {\n    0x1p-1f, 0x1p-149f,\n};",
        ".bank.count = 4294967295u,",
        ".offset = -7,",
        ".sample_type = MOTE_SAMPLES_F32,",
        ".n_axes = 3u,",
        ".state_size = 8u,",
    ):
        assert line in text
    assert render_features(block, "every") == text


def test_it_compiles_without_a_warning(block: BlockDescription, root: Path, tmp_path: Path) -> None:
    (tmp_path / "mote_every.h").write_text(HEADER)
    source = tmp_path / "every.c"
    source.write_text(render_features(block, "every"))
    flags = ["-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Werror"]
    include = f"-I{root / 'firmware/lib/mote_dsp/src'}"
    subprocess.run(
        ["gcc", *flags, include, "-c", str(source), "-o", str(tmp_path / "every.o")], check=True
    )
