"""Statistics of each axis."""

from dataclasses import dataclass
from typing import Annotated

from moteflow.dsp.block import BlockDescription, SensorConfig, require
from moteflow.dsp.registry import block
from moteflow.dsp.samples import MAX_SERIES, samples_fields
from moteflow.dsp.statistics import (
    Statistic,
    require_statistics,
    statistic_names,
    statistics_fields,
)


@block("flatten")
@dataclass(frozen=True)
class FlattenConfig(SensorConfig):
    """How the samples of each axis are distributed, whatever their order in time."""

    statistics: Annotated[
        tuple[Statistic, ...],
        "Statistics of each axis, in this order (defined in mote_statistics.h).",
    ]

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            self.frame_length <= MAX_SERIES,
            f"frame_length must be at most {MAX_SERIES}",
            self.frame_length,
        )
        require_statistics(self.statistics)

    @property
    def feature_names(self) -> tuple[str, ...]:
        return statistic_names(self.axis_names, self.statistics)

    @property
    def share_scale(self) -> bool:
        return False

    def describe(self) -> BlockDescription:
        """The block for `mote_flatten_compute`."""
        return self.described(
            "mote_flatten",
            parameters=(*samples_fields(self), *statistics_fields(self.statistics)),
            scratch_size=4 * self.frame_length,
        )
