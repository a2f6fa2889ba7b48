import numpy as np
import pytest

from moteflow.errors import ModelError
from moteflow.models import (
    MODELS,
    DsCnnConfig,
    FullyConnectedConfig,
    ModelConfig,
    TinyConvConfig,
    build,
    predict,
)

CONFIGS = [
    DsCnnConfig(filters=64, blocks=4, dropout=0.2),
    TinyConvConfig(filters=16, dropout=0.1),
    FullyConnectedConfig(units=64, hidden_layers=2, dropout=0.2),
]


def test_every_network_is_registered_by_its_own_name() -> None:
    assert {name: type(config) for name, config in zip(MODELS, CONFIGS, strict=True)} == MODELS
    for name, config in zip(MODELS, CONFIGS, strict=True):
        assert build(config, (49, 10), 4, seed=0).name == name


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("shape", [(49, 10), (49, 40), (98, 13), (5, 2)])
def test_any_features_become_probabilities(config: ModelConfig, shape: tuple[int, int]) -> None:
    model = build(config, shape, 3, seed=0)
    features = np.random.default_rng(0).normal(0, 10, (2, *shape)).astype(np.float32)

    probabilities = predict(model, features)

    assert probabilities.shape == (2, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_ds_cnn_is_the_network_of_mlperf_tiny() -> None:
    model = build(CONFIGS[0], (49, 10), 12, seed=0)

    first = model.get_layer("first")
    assert (first.kernel_size, first.strides) == ((10, 4), (2, 2))
    assert model.get_layer("pointwise_4").output.shape == (None, 25, 5, 64)
    # MLPerf's 24908 count four biases of 64 per block and one of 64 that normalization absorbs.
    biases_absorbed_by_normalization = 9 * 64
    assert model.count_params() + biases_absorbed_by_normalization == 24908


def test_the_first_map_keeps_its_size_for_wider_features() -> None:
    model = build(CONFIGS[0], (49, 40), 12, seed=0)

    assert model.get_layer("first").output.shape == (None, 25, 5, 64)


def test_the_seed_alone_decides_the_weights() -> None:
    first, again, other = (build(CONFIGS[1], (49, 10), 4, seed) for seed in (1, 1, 2))

    for a, b in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(first.get_weights()[0], other.get_weights()[0])


@pytest.mark.parametrize("config", CONFIGS[:2])
@pytest.mark.parametrize("shape", [(4, 10), (49, 1)])
def test_an_input_smaller_than_the_first_kernel_is_refused(
    config: ModelConfig, shape: tuple[int, int]
) -> None:
    with pytest.raises(ModelError, match=f"Received: {shape[0]} frames x {shape[1]} features"):
        build(config, shape, 4, seed=0)


def test_one_label_is_refused() -> None:
    with pytest.raises(ModelError, match=r"at least two labels. Received: 1"):
        build(CONFIGS[2], (49, 10), 1, seed=0)


def test_an_empty_input_is_refused() -> None:
    with pytest.raises(ModelError, match=r"Received: \(0, 10\)"):
        build(CONFIGS[2], (0, 10), 4, seed=0)


def test_unsound_hyper_parameters_are_refused() -> None:
    with pytest.raises(ModelError, match=r"filters must be at least 1. Received: 0"):
        DsCnnConfig(filters=0, blocks=4, dropout=0.2)
    with pytest.raises(ModelError, match=r"dropout < 1. Received: 1"):
        TinyConvConfig(filters=16, dropout=1.0)
    with pytest.raises(ModelError, match=r"hidden_layers must be at least 1. Received: -1"):
        FullyConnectedConfig(units=64, hidden_layers=-1, dropout=0.2)
