from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from moteflow.models import (
    DsCnnConfig,
    FullyConnectedConfig,
    ModelConfig,
    TinyConvConfig,
    build,
)
from moteflow.quantization import convert

SHAPE = (49, 10)
N_LABELS = 4
CONFIGS: dict[str, ModelConfig] = {
    "ds_cnn": DsCnnConfig(filters=64, blocks=4, dropout=0.2),
    "tiny_conv": TinyConvConfig(filters=16, dropout=0.1),
    "fully_connected": FullyConnectedConfig(units=64, hidden_layers=2, dropout=0.2),
}


def with_lived_in_statistics(model: Any) -> Any:
    """Move the batch normalization's statistics away from 0 and 1, as training does."""
    rng = np.random.default_rng(1)
    for layer in model.layers:
        if layer.name.endswith("_norm"):
            layer.set_weights([w + rng.uniform(0.1, 0.5, w.shape) for w in layer.get_weights()])
    return model


@pytest.fixture(scope="session")
def features() -> npt.NDArray[np.float32]:
    """Like MFCCs: the first value has a wide range, the others a narrow one."""
    spread = np.geomspace(30, 2, SHAPE[1])
    return np.random.default_rng(0).normal(0, spread, (60, *SHAPE)).astype(np.float32)


@pytest.fixture(scope="session")
def network(features: npt.NDArray[np.float32]) -> Callable[[str], tuple[Any, bytes]]:
    """Give a float network and its int8 form by name; each is made once."""
    made: dict[str, tuple[Any, bytes]] = {}

    def make(name: str) -> tuple[Any, bytes]:
        if name not in made:
            model = with_lived_in_statistics(build(CONFIGS[name], SHAPE, N_LABELS, seed=0))
            made[name] = model, convert(model, features)
        return made[name]

    return make
