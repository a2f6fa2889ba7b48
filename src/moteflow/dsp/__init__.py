"""Features of sound and motion: the Python face of firmware/lib/mote_dsp."""

from moteflow.dsp import blocks
from moteflow.dsp.block import (
    Arithmetic,
    BlockDescription,
    FeatureConfig,
    Field,
    SampleType,
    SensorConfig,
    Table,
    feature_shape,
)
from moteflow.dsp.cmvn import (
    CmvnConfig,
    CmvnMode,
    Statistics,
    describe_cmvn,
    measure_statistics,
    normalize,
)
from moteflow.dsp.extract import extract
from moteflow.dsp.quantization import FixedStep, fixed_step, quantize
from moteflow.dsp.registry import BLOCKS

__all__ = [
    "BLOCKS",
    "Arithmetic",
    "BlockDescription",
    "CmvnConfig",
    "CmvnMode",
    "FeatureConfig",
    "Field",
    "FixedStep",
    "SampleType",
    "SensorConfig",
    "Statistics",
    "Table",
    "blocks",
    "describe_cmvn",
    "extract",
    "feature_shape",
    "fixed_step",
    "measure_statistics",
    "normalize",
    "quantize",
]
