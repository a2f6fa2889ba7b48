"""The samples themselves."""

from dataclasses import dataclass

from moteflow.dsp.block import BlockDescription, SensorConfig
from moteflow.dsp.registry import block
from moteflow.dsp.samples import samples_fields


@block("raw")
@dataclass(frozen=True)
class RawConfig(SensorConfig):
    """Scaled samples, for networks that find features themselves.

    In their own order: all axes of the first instant, then of the second.
    """

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(f"{axis} {i}" for i in range(self.frame_length) for axis in self.axis_names)

    def describe(self) -> BlockDescription:
        """The block for `mote_raw_compute`."""
        return self.described(
            "mote_raw",
            parameters=samples_fields(self),
            scratch_size=0,
        )
