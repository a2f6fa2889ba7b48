"""The only door to Keras and TensorFlow: quiet and deterministic.

Import it inside functions. Loading TensorFlow takes seconds, which the stages that only read a
configuration should not pay.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf

tf.config.experimental.enable_op_determinism()

__all__ = ["keras", "tf"]
