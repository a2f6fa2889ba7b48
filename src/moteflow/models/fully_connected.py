"""Dense layers only: the smallest arena, and any input shape."""

from dataclasses import dataclass
from typing import Any

from moteflow.models.checks import check_dropout, check_positive


@dataclass(frozen=True)
class FullyConnectedConfig:
    """Hyper-parameters of `fully_connected`; see conf/model/fully_connected.yaml."""

    units: int
    hidden_layers: int
    dropout: float

    def __post_init__(self) -> None:
        check_positive("units", self.units)
        check_positive("hidden_layers", self.hidden_layers)
        check_dropout(self.dropout)


def build_fully_connected(
    config: FullyConnectedConfig, input_shape: tuple[int, int], n_labels: int
) -> Any:
    """Build `hidden_layers` dense layers with batch normalization and ReLU, then a softmax."""
    from moteflow.models.backend import keras

    layers = keras.layers
    inputs = keras.Input((*input_shape, 1), name="features")
    x = layers.Flatten(name="flatten")(inputs)
    for index in range(1, config.hidden_layers + 1):
        x = layers.Dense(config.units, use_bias=False, name=f"hidden_{index}")(x)
        x = layers.BatchNormalization(momentum=0.9, name=f"hidden_{index}_norm")(x)
        x = layers.ReLU(name=f"hidden_{index}_relu")(x)
        x = layers.Dropout(config.dropout, name=f"hidden_{index}_dropout")(x)
    outputs = layers.Dense(n_labels, activation="softmax", name="label")(x)
    return keras.Model(inputs, outputs, name="fully_connected")
