from dataclasses import fields, replace
from pathlib import Path
from typing import Any, ClassVar, get_args, get_origin, get_type_hints

import pytest
import yaml

from moteflow.composition import compose_features
from moteflow.dsp import BLOCKS, feature_shape
from moteflow.dsp.blocks.mfcc import MfccConfig
from moteflow.dsp.blocks.mfe import MfeConfig
from moteflow.dsp.cepstrum import DctNorm
from moteflow.dsp.spectrum import Log, Spectrum
from moteflow.errors import FeatureError


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_fft": 1000}, r"n_fft must be a power of two from 16 to 4096\. Received: 1000"),
        ({"n_fft": 8192}, r"n_fft must be a power of two"),
        ({"frame_length": 1025}, r"frame_length must be at most n_fft \(1024\).*Received: 1025"),
        ({"frame_length": 0}, r"frame_length must be at least 1\. Received: 0"),
        ({"hop_length": 0}, r"hop_length must be at least 1"),
        ({"n_mels": 0}, r"n_mels must be at least 1"),
        ({"sample_rate": -1}, r"sample_rate must be above 0"),
        ({"fmax": 8001}, r"fmax <= sample_rate / 2 \(8000 Hz\)\. Received: \(20.0, 8001\)"),
        ({"fmin": -1}, r"0 <= fmin"),
        ({"fmin": 7600}, r"fmin < fmax"),
        ({"fmax": float("nan")}, r"fmin and fmax"),
        ({"log_floor": 0}, r"log_floor must be from 1.18e-38 to 1e\+30\. Received: 0"),
        ({"log_floor": 1e-40}, r"log_floor must be from"),
        ({"log_floor": float("inf")}, r"log_floor must be from"),
        ({"log_offset": -1e-6}, r"log_offset must be from 0 to 1e\+30\. Received: -1e-06"),
        ({"preemphasis": 1.01}, r"preemphasis must be from 0 \(off\) to 1\. Received: 1.01"),
        (
            {"preemphasis": 0.97, "hop_length": 641},
            r"hop_length must be at most frame_length \(640\) with preemphasis.*Received: 641",
        ),
        ({"spectrum_scale": 0}, r"spectrum_scale must be from 1e-09 to 1e\+06\. Received: 0"),
        ({"n_mels": 400}, r"lower n_mels.*Received: n_mels=400, n_fft=1024, empty filters \[\d"),
        ({"n_mfcc": 0}, r"n_mfcc must be from 1 to n_mels \(40\)"),
        ({"n_mfcc": 41}, r"n_mfcc must be from 1 to n_mels \(40\).*Received: 41"),
        ({"log": Log.NONE}, r"log must be natural, log10 or db.*Received: none"),
        ({"dct_type": 1}, r"dct_type must be 2 or 3\. Received: 1"),
        ({"dct_type": 3, "dct_norm": DctNorm.HTK}, r"dct_norm must be ortho or none.*: htk"),
        ({"lifter": 0.5}, r"lifter must be 0 \(off\) or from 1 to 1000\. Received: 0.5"),
        (
            {"energy_c0": True, "spectrum": Spectrum.MAGNITUDE},
            r"spectrum must be power with energy_c0.*Received: magnitude",
        ),
    ],
)
def test_unsound_parameters_are_refused(
    mfcc: MfccConfig, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(FeatureError, match=message):
        replace(mfcc, **change)


def test_shape_counts_whole_frames(mfcc: MfccConfig, mfe: MfeConfig) -> None:
    assert feature_shape(mfcc, 16000) == (49, 10)
    assert feature_shape(mfe, 16000) == (49, 40)
    assert feature_shape(mfe, 640) == (1, 40)
    assert feature_shape(mfe, 959) == (1, 40)
    assert feature_shape(mfe, 960) == (2, 40)
    with pytest.raises(FeatureError, match=r"640 samples.*Received: 639 samples"):
        feature_shape(mfe, 639)


@pytest.mark.parametrize("block", sorted(BLOCKS))
def test_a_block_describes_itself_whole(block: str, root: Path) -> None:
    config = compose_features(root / "conf", [f"features={block}"])
    description = config.describe()
    assert description.block == config.block == block
    assert description.n_features == len(config.feature_names)
    assert description.features_type in ("float", "int32_t")
    tables = description.tables
    assert len({table.name for table in tables}) == len(tables)
    assert all(table.values.ndim == 1 and table.values.flags.c_contiguous for table in tables)
    assert {table.values.dtype.str[1:] for table in tables} <= {
        "f4",
        "i1",
        "i2",
        "i4",
        "u1",
        "u2",
        "u4",
    }


@pytest.mark.parametrize("block", sorted(BLOCKS))
def test_conf_has_a_value_for_each_parameter_of_a_block(block: str, root: Path) -> None:
    group = yaml.safe_load((root / "conf" / "features" / f"{block}.yaml").read_text())
    assert group.pop("block") == block
    assert list(group) == [field.name for field in fields(BLOCKS[block])]


def test_every_parameter_is_documented() -> None:
    for config in BLOCKS.values():
        for name, kind in get_type_hints(config, include_extras=True).items():
            if get_origin(kind) is not ClassVar:
                assert get_args(kind)[1].endswith("."), f"{config.block}.{name}"


def test_the_keyword_tasks_tables_and_scratch_fit_a_small_board(mfcc: MfccConfig) -> None:
    description = mfcc.describe()
    assert sum(table.values.nbytes for table in description.tables) <= 12 * 1024
    assert description.scratch_size <= 6 * 1024
