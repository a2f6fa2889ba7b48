"""A small convolutional network for boards with 16 KB of RAM."""

from dataclasses import dataclass
from typing import Any

from moteflow.models.checks import check_dropout, check_positive
from moteflow.models.first_kernel import first_kernel


@dataclass(frozen=True)
class TinyConvConfig:
    """Hyper-parameters of `tiny_conv`; see conf/model/tiny_conv.yaml."""

    filters: int
    dropout: float

    def __post_init__(self) -> None:
        check_positive("filters", self.filters)
        check_dropout(self.dropout)


def build_tiny_conv(config: TinyConvConfig, input_shape: tuple[int, int], n_labels: int) -> Any:
    """Build two strided convolutions, an average over the whole map and a dense softmax.

    The second convolution has twice the filters on a quarter of the map. At 49 x 10 with 16
    filters its largest two maps together are 25*5*16 + 13*3*32 = 3248 bytes in int8.
    """
    from moteflow.models.backend import keras

    layers = keras.layers

    def convolution(x: Any, filters: int, size: Any, strides: Any, name: str) -> Any:
        x = layers.Conv2D(filters, size, strides, padding="same", use_bias=False, name=name)(x)
        x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
        return layers.ReLU(name=f"{name}_relu")(x)

    kernel = first_kernel(input_shape)
    inputs = keras.Input((*input_shape, 1), name="features")
    x = convolution(inputs, config.filters, kernel.size, kernel.strides, "first")
    x = convolution(x, 2 * config.filters, 3, 2, "second")
    x = layers.AveragePooling2D(x.shape[1:3], name="average")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dropout(config.dropout, name="dropout")(x)
    outputs = layers.Dense(n_labels, activation="softmax", name="label")(x)
    return keras.Model(inputs, outputs, name="tiny_conv")
