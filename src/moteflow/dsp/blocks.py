"""The feature blocks there are, by the name that `features.block` gives them."""

from moteflow.dsp.block import BlockDescription
from moteflow.dsp.mfcc import MfccConfig, describe_mfcc
from moteflow.dsp.mfe import MfeConfig, describe_mfe
from moteflow.errors import FeatureError

FeatureConfig = MfeConfig | MfccConfig

BLOCKS: dict[str, type[FeatureConfig]] = {"mfe": MfeConfig, "mfcc": MfccConfig}


def describe(config: FeatureConfig) -> BlockDescription:
    """The C struct, function, parameters, tables and sizes of the block that `config` asks for."""
    match config:
        case MfccConfig():
            return describe_mfcc(config)
        case MfeConfig():
            return describe_mfe(config)


def feature_shape(config: FeatureConfig, n_samples: int) -> tuple[int, int]:
    """(n_frames, n_features) of a clip; FeatureError if it is shorter than one frame."""
    if n_samples < config.frame_length:
        raise FeatureError(
            f"A clip must hold at least one frame of {config.frame_length} samples; lengthen"
            f" window_samples or shorten features.frame_length. Received: {n_samples} samples"
        )
    return 1 + (n_samples - config.frame_length) // config.hop_length, config.n_features
