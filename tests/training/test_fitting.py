import hashlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from moteflow import dsp
from moteflow.data import Subset
from moteflow.errors import ModelError
from moteflow.models import TinyConvConfig, predict
from moteflow.training import History, TrainConfig, fit, fitting

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

Tones = Callable[[int, int], Subset]
NETWORK = TinyConvConfig(filters=4, dropout=0.1)


@pytest.fixture(scope="session")
def train(
    tones: Tones,
    noise: npt.NDArray[np.int16],
    labels: tuple[str, ...],
    feature_config: dsp.FeatureConfig,
    train_config: TrainConfig,
) -> Callable[..., tuple[Any, History]]:
    def run(**changes: Any) -> tuple[Any, History]:
        validation = tones(12, 1)
        arguments = {
            "model_config": NETWORK,
            "frontend": dsp.Frontend(feature_config),
            "labels": labels,
            "train": tones(48, 0),
            "noise": noise,
            "validation_features": dsp.extract(validation.samples, feature_config),
            "validation_targets": validation.targets,
            "config": train_config,
            "seed": 3,
        }
        return fit(**(arguments | changes))

    return run


@pytest.fixture(scope="session")
def trained(train: Callable[..., tuple[Any, History]]) -> tuple[Any, History]:
    return train()


def test_tones_are_told_apart(
    trained: tuple[Any, History], tones: Tones, feature_config: dsp.FeatureConfig
) -> None:
    model, history = trained

    unseen = tones(30, 2)
    probabilities = predict(model, dsp.extract(unseen.samples, feature_config))
    assert np.mean(probabilities.argmax(axis=1) == unseen.targets) >= 0.9
    assert [record.epoch for record in history.records] == list(range(1, 9))
    assert history.records[-1].learning_rate < history.records[0].learning_rate


def test_the_weights_of_the_best_epoch_are_kept(
    trained: tuple[Any, History], tones: Tones, feature_config: dsp.FeatureConfig
) -> None:
    model, history = trained

    validation = tones(12, 1)
    probabilities = predict(model, dsp.extract(validation.samples, feature_config))
    chosen = probabilities[np.arange(12), validation.targets]
    best = history.records[history.best_epoch - 1]
    assert -np.log(chosen).mean() == pytest.approx(best.val_loss, rel=1e-5)
    assert np.mean(probabilities.argmax(axis=1) == validation.targets) == best.val_accuracy


def test_training_stops_when_patience_runs_out(
    train: Callable[..., tuple[Any, History]],
    train_config: TrainConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verdicts = iter([False, True, False, True, True])
    monkeypatch.setattr(fitting, "clearly_worse", lambda *_: next(verdicts))

    _, history = train(config=replace(train_config, patience=2))

    assert (len(history.records), history.best_epoch) == (5, 3)


def test_steps_limit_the_epochs(
    train: Callable[..., tuple[Any, History]], train_config: TrainConfig
) -> None:
    _, history = train(config=replace(train_config, max_steps=1))
    assert [record.epoch for record in history.records] == [1]
    assert history.records[0].learning_rate == pytest.approx(0.0, abs=1e-6)


def test_another_process_trains_the_same_weights(
    train: Callable[..., tuple[Any, History]],
    tones: Tones,
    noise: npt.NDArray[np.int16],
    train_config: TrainConfig,
    feature_config: dsp.FeatureConfig,
    feature_overrides: list[str],
    root: Path,
    tmp_path: Path,
) -> None:
    short = replace(train_config, epochs=2)
    model, _ = train(config=short)
    digest = hashlib.sha256(b"".join(w.tobytes() for w in model.get_weights())).hexdigest()
    validation = tones(12, 1)
    np.savez(
        tmp_path / "data.npz",
        samples=tones(48, 0).samples,
        targets=tones(48, 0).targets,
        noise=noise,
        validation_features=dsp.extract(validation.samples, feature_config),
        validation_targets=validation.targets,
    )
    augmentation, spec_augment = asdict(short.augmentation), asdict(short.spec_augment)
    rest = {
        key: value
        for key, value in asdict(short).items()
        if key not in ("augmentation", "spec_augment")
    }
    script = f"""
import hashlib, sys
from pathlib import Path
import numpy as np
from moteflow.composition import compose_features
from moteflow.data import AugmentationConfig, Subset
from moteflow.dsp import Frontend
from moteflow.models import TinyConvConfig
from moteflow.training import SpecAugmentConfig, TrainConfig, fit
data = np.load(sys.argv[1])
config = TrainConfig(
    **{rest!r},
    augmentation=AugmentationConfig(**{augmentation!r}),
    spec_augment=SpecAugmentConfig(**{spec_augment!r}),
)
model, _ = fit(
    {NETWORK!r}, Frontend(compose_features(Path({str(root / "conf")!r}), {feature_overrides!r})),
    ("low", "high", "_silence_"),
    Subset(data["samples"], data["targets"], ()), data["noise"],
    data["validation_features"], data["validation_targets"], config, 3,
)
weights = b"".join(w.tobytes() for w in model.get_weights())
print(hashlib.sha256(weights).hexdigest())
"""
    process = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "data.npz")],
        check=True,
        capture_output=True,
        text=True,
    )

    assert process.stdout.strip() == digest


def test_a_label_without_training_clips_is_refused(
    train: Callable[..., tuple[Any, History]], tones: Tones
) -> None:
    subset = tones(48, 0)
    kept = subset.targets != 1

    with pytest.raises(ModelError, match="Received none for: high"):
        train(train=Subset(subset.samples[kept], subset.targets[kept], clips=()))


def test_validation_clips_are_needed(train: Callable[..., tuple[Any, History]]) -> None:
    with pytest.raises(ModelError, match=r"validation clips\. Received: 0"):
        train(
            validation_features=np.zeros((0, 24, 8), np.float32),
            validation_targets=np.zeros(0, np.int64),
        )


def test_a_loss_that_is_not_a_number_stops_training(
    train: Callable[..., tuple[Any, History]], train_config: TrainConfig
) -> None:
    with pytest.raises(ModelError, match=r"Losses must stay finite.*Lower train\.learning_rate"):
        train(config=replace(train_config, learning_rate=1e38))


@pytest.mark.parametrize(
    "changes",
    [
        {"epochs": 0},
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"weight_decay": -1.0},
        {"label_smoothing": 1.0},
        {"mixup": -0.1},
        {"patience": 0},
        {"averaging": 1.0},
        {"max_speed_change": 1.0},
    ],
)
def test_unsound_settings_are_refused(train_config: TrainConfig, changes: dict[str, Any]) -> None:
    (name, value), *_ = changes.items()

    with pytest.raises(ModelError, match=rf"{name} .*Received: {value}"):
        replace(train_config, **changes)
