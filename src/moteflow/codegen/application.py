"""What the firmware around a model must know: labels, windows, features, smoothing."""

from dataclasses import dataclass

from moteflow import dsp
from moteflow.errors import ParamsError


@dataclass(frozen=True)
class ApplicationConfig:
    """One task. Lengths are in samples at `sample_rate` (Hz).

    Every `step_samples` a window of `window_samples` is classified; the scores of the last
    `smoothing_windows` are averaged, and a label counts from `smoothing_threshold` (0..1) on.
    """

    labels: tuple[str, ...]
    sample_rate: int
    window_samples: int
    step_samples: int
    smoothing_windows: int
    smoothing_threshold: float
    features: dsp.FeatureConfig
    params_sha256: str

    def __post_init__(self) -> None:
        hop_length = self.features.hop_length
        if not self.labels:
            raise ParamsError("An application needs a label. Received: none.")
        if self.step_samples < 1 or self.step_samples % hop_length:
            raise ParamsError(
                f"task.step_samples must be a multiple of features.hop_length ({hop_length}). "
                f"Received: {self.step_samples}. Choose a multiple."
            )
        if self.smoothing_windows < 1 or not 0 <= self.smoothing_threshold <= 1:
            raise ParamsError(
                "task.smoothing_windows must be at least 1 and task.smoothing_threshold in 0..1. "
                f"Received: {self.smoothing_windows} and {self.smoothing_threshold}."
            )
        if self.features.sample_rate != self.sample_rate:
            raise ParamsError(
                f"features.sample_rate must be task.sample_rate ({self.sample_rate}). "
                f"Received: {self.features.sample_rate}."
            )

    @property
    def smoothing_threshold_q8(self) -> int:
        """The threshold in the int8 softmax's steps of 1/256."""
        return min(round(self.smoothing_threshold * 256), 255)

    @property
    def feature_shape(self) -> tuple[int, int]:
        """(frames, features) of one window."""
        n_frames, n_features = dsp.feature_shape(self.features, self.window_samples)
        return n_frames, n_features
