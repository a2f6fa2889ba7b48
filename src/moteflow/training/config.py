"""What a training run can be told."""

from dataclasses import dataclass

from moteflow.data import AugmentationConfig
from moteflow.errors import ModelError


@dataclass(frozen=True)
class SpecAugmentConfig:
    """How many bands of each epoch's features are masked, and how wide one may be."""

    time_masks: int
    max_masked_frames: int
    feature_masks: int
    max_masked_features: int

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value < 0:
                raise ModelError(f"{name} must not be negative. Received: {value}.")


@dataclass(frozen=True)
class TrainConfig:
    """Hyper-parameters of training; see conf/train/default.yaml."""

    epochs: int
    max_steps: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    label_smoothing: float
    mixup: float
    averaging: float
    class_weights: bool
    patience: int
    max_speed_change: float
    augmentation: AugmentationConfig
    spec_augment: SpecAugmentConfig

    def __post_init__(self) -> None:
        for name in ("epochs", "max_steps", "batch_size", "patience"):
            if getattr(self, name) < 1:
                raise ModelError(f"{name} must be at least 1. Received: {getattr(self, name)}.")
        if not self.learning_rate > 0:
            raise ModelError(f"learning_rate must be positive. Received: {self.learning_rate}.")
        for name in ("weight_decay", "mixup"):
            if not getattr(self, name) >= 0:
                raise ModelError(f"{name} must not be negative. Received: {getattr(self, name)}.")
        for name in ("label_smoothing", "averaging", "max_speed_change"):
            if not 0 <= getattr(self, name) < 1:
                raise ModelError(
                    f"{name} must lie in 0 <= {name} < 1. Received: {getattr(self, name)}."
                )
