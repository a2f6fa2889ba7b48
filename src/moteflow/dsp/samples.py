"""How sensor blocks are told what their samples look like."""

import numpy as np

from moteflow.dsp.block import Field, SampleType, SensorConfig, Table

MAX_SERIES = 2**16
"""Values of one axis in a frame that mote_moments.h allows."""


def samples_fields(config: SensorConfig) -> tuple[Field, ...]:
    """The members of `mote_samples_t samples`."""
    return (
        Field("samples.sample_type", list(SampleType).index(config.sample_type)),
        Field("samples.n_axes", config.n_axes),
        Field("samples.length", config.frame_length),
        Field("samples.axis_scale", Table("axis_scale", np.array(config.axis_scale, np.float32))),
    )
