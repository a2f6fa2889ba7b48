"""What the int8 conversion can be told."""

from dataclasses import dataclass

from moteflow.errors import QuantizationError
from moteflow.graph import Rounding


@dataclass(frozen=True)
class QuantizeConfig:
    """Settings of the conversion; see conf/quantize/default.yaml."""

    n_calibration: int
    rounding: Rounding

    def __post_init__(self) -> None:
        if self.n_calibration < 1:
            raise QuantizationError(
                f"n_calibration must be at least 1. Received: {self.n_calibration}."
            )
