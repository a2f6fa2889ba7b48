"""What the firmware around a model must know: labels, windows, features, events."""

from dataclasses import dataclass

from moteflow import dsp
from moteflow.errors import ParamsError


@dataclass(frozen=True)
class ApplicationConfig:
    """One task. Lengths are in samples at `sample_rate` (Hz).

    Every `step_samples` a window of `window_samples` is classified; the scores of the last
    `smoothing_windows` are averaged, and a label counts from `smoothing_threshold` (0..1) on. It
    is an event unless it is one of `background_labels`, which may name labels that the model does
    not have, or an event lies at most `suppression_samples` back.
    """

    labels: tuple[str, ...]
    sample_rate: int
    window_samples: int
    step_samples: int
    smoothing_windows: int
    smoothing_threshold: float
    suppression_samples: int
    background_labels: tuple[str, ...]
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
        if self.suppression_samples < 0:
            raise ParamsError(
                "task.suppression_samples must be 0 or more. "
                f"Received: {self.suppression_samples}. 0 suppresses nothing."
            )
        if self.features.sample_rate != self.sample_rate:
            raise ParamsError(
                f"features.sample_rate must be task.sample_rate ({self.sample_rate}). "
                f"Received: {self.features.sample_rate}."
            )

    @property
    def events(self) -> dsp.EventsConfig:
        """How scores become events; the threshold is in the outputs' steps of 1/256."""
        return dsp.EventsConfig(
            n_windows=self.smoothing_windows,
            threshold=min(round(self.smoothing_threshold * 256), 255),
            suppression_windows=self.suppression_samples // self.step_samples,
            background=tuple(label in self.background_labels for label in self.labels),
        )

    def window_end(self, window: int) -> int:
        """The samples of a stream up to the end of a window, the first being 0."""
        n_frames, _ = self.feature_shape
        first = self.features.frame_length + (n_frames - 1) * self.features.hop_length
        return first + window * self.step_samples

    @property
    def feature_shape(self) -> tuple[int, int]:
        """(frames, features) of one window."""
        n_frames, n_features = dsp.feature_shape(self.features, self.window_samples)
        return n_frames, n_features
