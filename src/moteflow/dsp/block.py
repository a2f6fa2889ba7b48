"""What a feature block is: its parameters, and what it tells about itself to fill its C structs."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt

from moteflow.errors import FeatureError


class SampleType(Enum):
    """The type of the samples that a block takes."""

    INT16 = "int16"
    FLOAT32 = "float32"

    @property
    def ctype(self) -> str:
        return {SampleType.INT16: "int16_t", SampleType.FLOAT32: "float"}[self]


class Arithmetic(Enum):
    """How a block computes: float32 in strict order, or integers for cores without an FPU."""

    FLOAT = "float"
    FIXED = "fixed"


@dataclass(frozen=True, eq=False)
class Table:
    """A constant C array: `static const <ctype> <name>[values.size]`, values 1-D in order."""

    name: str
    """An identifier, unique within its block; generated code adds its own prefix."""
    values: np.ndarray
    """float32, or a signed or unsigned integer of 8, 16 or 32 bits."""

    @property
    def ctype(self) -> str:
        """The C type of an element."""
        return "float" if self.values.dtype == np.float32 else f"{self.values.dtype}_t"


@dataclass(frozen=True)
class Field:
    """One designated initialiser of the block's parameters: `.<name> = <value>`."""

    name: str
    """The member, dotted where it lies in a nested struct: "mfe.fft.n_fft"."""
    value: int | np.float32 | Table
    """An integer, a float32 constant, or the array that a pointer member points to."""


@dataclass(frozen=True)
class BlockDescription:
    """A block with its parameters, ready to become a `mote_features_config_t`.

    In C, with a prefix of the caller's choice:

        #include "mote_features.h"
        #include "<header>"
        static const <ctype> prefix_<table>[] = {...};              // for each of tables
        static const <parameters_type> prefix_parameters = {.<name> = ..., ...};  // parameters
        const mote_features_config_t prefix = {
            .compute = <compute>, .parameters = &prefix_parameters, .sample_type = ...,
            .n_axes = ..., .frame_length = ..., .hop_length = ..., .n_features = ...,
            .state_size = ..., .scratch_size = ...};
    """

    block: str
    header: str
    compute: str
    parameters_type: str
    parameters: tuple[Field, ...]
    sample_type: SampleType
    n_axes: int
    frame_length: int
    hop_length: int
    n_features: int
    state_size: int
    """Bytes that the block keeps from frame to frame."""
    scratch_size: int
    """Bytes of scratch memory."""
    features_type: str = "float"
    """The C type of a feature: "float" or "int32_t"."""
    features_scale: float = 1.0
    """What one step of an int32_t feature is worth; a product with it is exact in float32."""
    lanes: bool = False
    """Whether it is written over mote_lane_t, so that the host computes several clips at once."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """The arrays that the parameters point to, in order."""
        return tuple(f.value for f in self.parameters if isinstance(f.value, Table))

    @property
    def frame_size(self) -> int:
        """Bytes of one frame of samples."""
        return (
            self.frame_length * self.n_axes * (4 if self.sample_type is SampleType.FLOAT32 else 2)
        )


@dataclass(frozen=True)
class FeatureConfig(ABC):
    """A block's parameters; unsound ones are a FeatureError.

    A parameter is a field `name: Annotated[type, "What it is, with its unit."]` without a default:
    its value is in conf/features/<block>.yaml.
    """

    block: ClassVar[str]
    """The name that `features.block` gives it; `@block` sets it."""

    sample_rate: Annotated[float, "Samples per second."]
    sample_type: Annotated[SampleType, "Type of a sample: int16 or float32 (within +-2^24)."]
    frame_length: Annotated[int, "Samples that one row of features is computed from."]
    hop_length: Annotated[int, "Samples from one frame's start to the next."]

    def __post_init__(self) -> None:
        require(0 < self.sample_rate < np.inf, "sample_rate must be above 0", self.sample_rate)
        for name in ("frame_length", "hop_length"):
            require(getattr(self, name) >= 1, f"{name} must be at least 1", getattr(self, name))

    @property
    def n_axes(self) -> int:
        """Values that are sampled at once."""
        return 1

    @property
    @abstractmethod
    def feature_names(self) -> tuple[str, ...]:
        """What each feature of a frame is, for people: "mfcc 0", "x rms"."""

    @property
    def n_features(self) -> int:
        """Features of one frame."""
        return len(self.feature_names)

    @property
    def share_scale(self) -> bool:
        """Whether the features are of one kind, so that a chart may colour all by one scale."""
        return True

    @property
    def steps(self) -> tuple["FeatureConfig", ...]:
        """Blocks that show what these features are computed from, frame by frame, in order."""
        return ()

    def filter_response(
        self, frequencies: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64] | None:
        """What the block's filters multiply amplitudes by, at each of `frequencies` in Hz.

        None for a block that does not filter its samples.
        """
        return None

    @abstractmethod
    def describe(self) -> BlockDescription:
        """The C struct, function, parameters, tables and sizes of the block."""

    def described(
        self,
        c_name: str,
        *,
        parameters: tuple[Field, ...],
        scratch_size: int,
        state_size: int = 0,
        features_type: str = "float",
        features_scale: float = 1.0,
        lanes: bool = False,
    ) -> BlockDescription:
        """The description whose C names are <c_name>.h, <c_name>_compute and <c_name>_t."""
        return BlockDescription(
            block=self.block,
            header=f"{c_name}.h",
            compute=f"{c_name}_compute",
            parameters_type=f"{c_name}_t",
            parameters=parameters,
            sample_type=self.sample_type,
            n_axes=self.n_axes,
            frame_length=self.frame_length,
            hop_length=self.hop_length,
            n_features=self.n_features,
            state_size=state_size,
            scratch_size=scratch_size,
            features_type=features_type,
            features_scale=features_scale,
            lanes=lanes,
        )


@dataclass(frozen=True)
class SensorConfig(FeatureConfig):
    """A block for sensors of one or more axes, sampled at once."""

    axis_scale: Annotated[tuple[float, ...], "Factor of each axis' samples; as many as axes."]

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            1 <= len(self.axis_scale) <= 32
            and all(2**-24 <= abs(s) <= 64 for s in self.axis_scale),
            "axis_scale must hold 1 to 32 factors of magnitude 2^-24 to 64",
            self.axis_scale,
        )

    @property
    def n_axes(self) -> int:
        return len(self.axis_scale)

    @property
    def axis_names(self) -> tuple[str, ...]:
        """The axes, for people: x, y, z where there are up to three, else axis 0, axis 1, ..."""
        if self.n_axes <= 3:
            return ("x", "y", "z")[: self.n_axes]
        return tuple(f"axis {i}" for i in range(self.n_axes))


def feature_shape(config: FeatureConfig, n_samples: int) -> tuple[int, int]:
    """(n_frames, n_features) of a clip; FeatureError if it is shorter than one frame."""
    if n_samples < config.frame_length:
        raise FeatureError(
            f"A clip must hold at least one frame of {config.frame_length} samples; lengthen"
            f" window_samples or shorten features.frame_length. Received: {n_samples} samples"
        )
    return 1 + (n_samples - config.frame_length) // config.hop_length, config.n_features


def require(condition: bool, rule: str, received: object) -> None:
    """FeatureError unless `condition` holds; the rule says what to do."""
    if not condition:
        raise FeatureError(f"{rule}. Received: {received}")
