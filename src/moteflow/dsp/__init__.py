"""Features of sound: the Python face of firmware/lib/mote_dsp."""

from moteflow.dsp.block import BlockDescription, Field, Table
from moteflow.dsp.blocks import BLOCKS, FeatureConfig, describe, feature_shape
from moteflow.dsp.events import Decision, Event, EventsConfig, decide
from moteflow.dsp.extract import extract, quantize
from moteflow.dsp.mfcc import MfccConfig
from moteflow.dsp.mfe import MfeConfig

__all__ = [
    "BLOCKS",
    "BlockDescription",
    "Decision",
    "Event",
    "EventsConfig",
    "FeatureConfig",
    "Field",
    "MfccConfig",
    "MfeConfig",
    "Table",
    "decide",
    "describe",
    "extract",
    "feature_shape",
    "quantize",
]
