"""Keras networks: one builder per file, chosen by the name of its configuration."""

from moteflow.models.ds_cnn import DsCnnConfig
from moteflow.models.fully_connected import FullyConnectedConfig
from moteflow.models.predict import predict
from moteflow.models.registry import MODELS, ModelConfig, build
from moteflow.models.storage import load_model, save_model
from moteflow.models.tiny_conv import TinyConvConfig

__all__ = [
    "MODELS",
    "DsCnnConfig",
    "FullyConnectedConfig",
    "ModelConfig",
    "TinyConvConfig",
    "build",
    "load_model",
    "predict",
    "save_model",
]
