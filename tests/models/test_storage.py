import time
from pathlib import Path

import numpy as np
import pytest

from moteflow.errors import ModelError
from moteflow.models import (
    DsCnnConfig,
    ModelConfig,
    TinyConvConfig,
    build,
    load_model,
    predict,
    save_model,
)

# Keras 3.15 under NumPy 2.4.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

CONFIG = TinyConvConfig(filters=4, dropout=0.1)


def test_a_loaded_network_predicts_as_the_saved_one(tmp_path: Path) -> None:
    model = build(CONFIG, (20, 10), 3, seed=0)
    save_model(model, tmp_path / "model.keras")

    loaded = load_model(tmp_path / "model.keras")

    features = np.random.default_rng(0).normal(size=(5, 20, 10)).astype(np.float32)
    np.testing.assert_array_equal(predict(loaded, features), predict(model, features))
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


@pytest.mark.parametrize("config", [CONFIG, DsCnnConfig(filters=4, blocks=2, dropout=0.1)])
def test_equal_weights_give_equal_bytes_at_any_time(tmp_path: Path, config: ModelConfig) -> None:
    models = [build(config, (20, 10), 3, seed=0) for _ in range(2)]
    first, second = tmp_path / "first.keras", tmp_path / "second.keras"
    save_model(models[0], first)
    time.sleep(2.1)  # the dates inside a zip archive have a resolution of two seconds
    save_model(models[1], second)

    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("content", [b"", b"not a zip archive"])
def test_a_broken_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.keras").write_bytes(content)

    with pytest.raises(ModelError, match=r"Received: broken\.keras"):
        load_model(tmp_path / "broken.keras")


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    save_model(build(CONFIG, (20, 10), 3, seed=0), tmp_path / "model.keras")
    content = (tmp_path / "model.keras").read_bytes()
    (tmp_path / "model.keras").write_bytes(content[: len(content) // 2])

    with pytest.raises(ModelError, match="Run the train stage again"):
        load_model(tmp_path / "model.keras")
