"""DS-CNN: depthwise-separable convolutions for keyword spotting."""

from dataclasses import dataclass
from typing import Any

from moteflow.models.checks import check_dropout, check_positive
from moteflow.models.first_kernel import first_kernel


@dataclass(frozen=True)
class DsCnnConfig:
    """Hyper-parameters of `ds_cnn`; see conf/model/ds_cnn.yaml."""

    filters: int
    blocks: int
    dropout: float

    def __post_init__(self) -> None:
        check_positive("filters", self.filters)
        check_positive("blocks", self.blocks)
        check_dropout(self.dropout)


def build_ds_cnn(config: DsCnnConfig, input_shape: tuple[int, int], n_labels: int) -> Any:
    """Build the keyword network of MLPerf Tiny.

    A strided convolution, `blocks` times (3 x 3 depthwise, 1 x 1 pointwise), each with batch
    normalization and ReLU, then an average over the whole map and a dense softmax. With 64
    filters and 4 blocks at 49 x 10 it is the "S" network of Zhang et al., "Hello Edge: Keyword
    Spotting on Microcontrollers" (arXiv 1711.07128), as MLPerf Tiny uses it.
    """
    from moteflow.models.backend import keras

    layers = keras.layers

    def normalized_relu(x: Any, name: str) -> Any:
        x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
        return layers.ReLU(name=f"{name}_relu")(x)

    kernel = first_kernel(input_shape)
    inputs = keras.Input((*input_shape, 1), name="features")
    x = layers.Conv2D(
        config.filters,
        kernel.size,
        kernel.strides,
        padding="same",
        use_bias=False,
        name="first",
    )(inputs)
    x = normalized_relu(x, "first")
    x = layers.Dropout(config.dropout, name="first_dropout")(x)
    for block in range(1, config.blocks + 1):
        name = f"depthwise_{block}"
        x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name=name)(x)
        x = normalized_relu(x, name)
        name = f"pointwise_{block}"
        x = layers.Conv2D(config.filters, 1, use_bias=False, name=name)(x)
        x = normalized_relu(x, name)
    x = layers.AveragePooling2D(x.shape[1:3], name="average")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dropout(config.dropout, name="last_dropout")(x)
    outputs = layers.Dense(n_labels, activation="softmax", name="label")(x)
    return keras.Model(inputs, outputs, name="ds_cnn")
