"""Which networks there are, and how one is built."""

from typing import Any

from moteflow.errors import ModelError
from moteflow.models.ds_cnn import DsCnnConfig, build_ds_cnn
from moteflow.models.fully_connected import FullyConnectedConfig, build_fully_connected
from moteflow.models.tiny_conv import TinyConvConfig, build_tiny_conv

ModelConfig = DsCnnConfig | TinyConvConfig | FullyConnectedConfig

MODELS: dict[str, type[ModelConfig]] = {
    "ds_cnn": DsCnnConfig,
    "tiny_conv": TinyConvConfig,
    "fully_connected": FullyConnectedConfig,
}


def build(config: ModelConfig, input_shape: tuple[int, int], n_labels: int, seed: int) -> Any:
    """Build the untrained network that `config` describes.

    Takes the features' shape (n_frames, n_features) and returns a `keras.Model` from float32
    [batch, n_frames, n_features, 1] to class probabilities float32 [batch, n_labels]. Seeds
    Keras, NumPy and Python first, so that equal arguments give equal weights. Raises ModelError
    if there are fewer than two labels or the input is smaller than the network's first kernel.
    """
    if n_labels < 2:
        raise ModelError(
            f"A classifier needs at least two labels. Received: {n_labels}. Add labels to the task."
        )
    if min(input_shape) < 1:
        raise ModelError(
            "Features must have at least one frame and one value per frame. "
            f"Received: {input_shape}. Use a longer window or shorter frames."
        )
    from moteflow.models.backend import keras

    keras.utils.set_random_seed(seed)
    match config:
        case DsCnnConfig():
            return build_ds_cnn(config, input_shape, n_labels)
        case TinyConvConfig():
            return build_tiny_conv(config, input_shape, n_labels)
        case FullyConnectedConfig():
            return build_fully_connected(config, input_shape, n_labels)
