"""The only reader of params.yaml: one frozen dataclass per group of conf/."""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import dacite
import yaml

from moteflow.codegen import ApplicationConfig
from moteflow.data import DATASETS, AudioConfig, DatasetConfig
from moteflow.dsp import BLOCKS, FeatureConfig
from moteflow.errors import ParamsError
from moteflow.models import MODELS, ModelConfig
from moteflow.quantization import QuantizeConfig
from moteflow.repository import conf_sha256
from moteflow.training import TrainConfig

PARAMS, CONF = Path("params.yaml"), Path("conf")
RECOMPOSE = "Run `dvc exp run` (compose and run) or `moteflow params` (compose only)."

T = TypeVar("T")


@dataclass(frozen=True)
class TaskConfig:
    """What the device listens for, and when it speaks up: see `ApplicationConfig`."""

    sample_rate: int
    window_samples: int
    step_samples: int
    smoothing_windows: int
    smoothing_threshold: float
    suppression_samples: int
    background_labels: tuple[str, ...]

    @property
    def audio(self) -> AudioConfig:
        return AudioConfig(self.sample_rate, self.window_samples)

    def application(self, features: FeatureConfig, labels: Sequence[str]) -> ApplicationConfig:
        """What the firmware around a model must know."""
        block = {"block": features.block}
        described = {"task": asdict(self), "features": block | asdict(features)}
        canonical = json.dumps(described, sort_keys=True, default=lambda option: option.value)
        return ApplicationConfig(
            labels=tuple(labels),
            features=features,
            params_sha256=hashlib.sha256(canonical.encode()).hexdigest(),
            **vars(self),
        )


@dataclass(frozen=True)
class VerifyConfig:
    """Which board answers, and how many clips it is asked (None: all)."""

    target: str
    limit: int | None
    n_serial: int
    n_counted: int


@dataclass(frozen=True)
class BudgetConfig:
    """Limits that gate a run; None means no limit. Accuracies from 0 to 1."""

    min_int8_accuracy: float | None
    max_accuracy_loss: float | None
    max_flash_bytes: int | None
    max_ram_bytes: int | None
    max_instructions_per_inference: int | None
    max_instructions_per_window: int | None


@dataclass(frozen=True)
class Params:
    """All of params.yaml."""

    seed: int
    task: TaskConfig
    dataset: DatasetConfig
    features: FeatureConfig
    model_name: str
    model: ModelConfig
    train: TrainConfig
    quantize: QuantizeConfig
    verify: VerifyConfig
    budget: BudgetConfig


def load_params(path: Path = PARAMS, conf: Path = CONF) -> Params:
    """Read params.yaml, checked against conf/.

    Raises:
        ParamsError: the file is missing or malformed, was composed from another conf/, or has a
            key that is missing, unknown or of the wrong type.
    """
    tree = read_yaml(path)
    if tree.get("conf_sha256") != conf_sha256(conf):
        raise ParamsError(f"{path} was not composed from {conf}/ as it is now. {RECOMPOSE}")
    return Params(
        seed=_integer(tree, "seed"),
        task=task_config(tree),
        dataset=_with_paths(_choose(DATASETS, tree, "dataset", "source"), tree),
        features=feature_config(tree),
        model_name=str(_group(tree, "model").get("name")),
        model=_choose(MODELS, tree, "model", "name"),
        train=_fill(TrainConfig, tree, "train"),
        quantize=_fill(QuantizeConfig, tree, "quantize"),
        verify=_fill(VerifyConfig, tree, "verify"),
        budget=_fill(BudgetConfig, tree, "budget"),
    )


def feature_config(tree: dict[str, Any]) -> FeatureConfig:
    """The block that the group `features` of a composition asks for.

    Raises ParamsError for a key that is missing, unknown or of the wrong type, FeatureError for
    parameters that the block cannot take.
    """
    return _choose(BLOCKS, tree, "features", "block")


def task_config(tree: dict[str, Any]) -> TaskConfig:
    """The group `task` of a composition; ParamsError as `feature_config`."""
    return _fill(TaskConfig, tree, "task")


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file whose top level is a mapping (ParamsError otherwise)."""
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ParamsError(f"{path} cannot be read: {error}. {RECOMPOSE}") from error
    if not isinstance(tree, dict):
        raise ParamsError(f"{path} must hold a mapping. Received: {type(tree).__name__}.")
    return tree


def _group(tree: dict[str, Any], name: str) -> dict[str, Any]:
    group = tree.get(name)
    if not isinstance(group, dict):
        raise ParamsError(f"params.yaml needs a group `{name}`. Received: {group!r}. {RECOMPOSE}")
    return group


def _integer(tree: dict[str, Any], name: str) -> int:
    value = tree.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ParamsError(f"`{name}` must be an integer. Received: {value!r}.")
    return value


def _fill(kind: type[T], tree: dict[str, Any], name: str) -> T:
    return _build(kind, _group(tree, name), name)


def _choose(kinds: dict[str, type[T]], tree: dict[str, Any], name: str, key: str) -> T:
    group = dict(_group(tree, name))
    choice = group.pop(key, None)
    if choice not in kinds:
        raise ParamsError(f"`{name}.{key}` must be one of {sorted(kinds)}. Received: {choice!r}.")
    return _build(kinds[choice], group, name)


def _build(kind: type[T], group: dict[str, Any], name: str) -> T:
    config = dacite.Config(
        cast=[tuple, Enum], type_hooks={float: _as_float, str: _as_text}, strict=True
    )
    try:
        return dacite.from_dict(kind, group, config)
    except dacite.UnexpectedDataError as error:
        raise ParamsError(
            f"`{name}` has unknown keys: {sorted(error.keys)}. Known: "
            f"{sorted(field.name for field in dataclasses.fields(kind))}."  # type: ignore[arg-type]
        ) from error
    except (dacite.DaciteError, ValueError) as error:
        raise ParamsError(f"`{name}`: {error}. See conf/{name}/ for what it takes.") from error


def _as_float(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _as_text(value: Any) -> Any:
    """Labels such as 0 and 1 arrive as integers from the command line."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _with_paths(dataset: DatasetConfig, tree: dict[str, Any]) -> DatasetConfig:
    source = _group(tree, "source")
    return dataclasses.replace(
        dataset,
        path=None if dataset.path is None else source.get("recordings"),
        background=None if dataset.background is None else source.get("background"),
    )
