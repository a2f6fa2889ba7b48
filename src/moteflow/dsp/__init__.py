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
from moteflow.dsp.events import Decision, Event, EventsConfig, decide
from moteflow.dsp.extract import extract
from moteflow.dsp.quantization import FixedStep, device_values, fixed_step, quantize
from moteflow.dsp.registry import BLOCKS

__all__ = [
    "BLOCKS",
    "Arithmetic",
    "BlockDescription",
    "CmvnConfig",
    "CmvnMode",
    "Decision",
    "Event",
    "EventsConfig",
    "FeatureConfig",
    "Field",
    "FixedStep",
    "SampleType",
    "SensorConfig",
    "Statistics",
    "Table",
    "blocks",
    "decide",
    "describe_cmvn",
    "device_values",
    "extract",
    "feature_shape",
    "fixed_step",
    "measure_statistics",
    "normalize",
    "quantize",
]
