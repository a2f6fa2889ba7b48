"""Compose conf/ into params.yaml as `dvc exp run` does, without running anything."""

from collections.abc import Sequence
from pathlib import Path

import hydra
import yaml
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

import hydra_plugins.moteflow_resolvers  # noqa: F401  (registers what conf/ asks for)
from moteflow.codegen import ApplicationConfig
from moteflow.dsp import FeatureConfig
from moteflow.errors import ParamsError
from moteflow.params import feature_config, task_config


def compose(conf: Path, overrides: Sequence[str]) -> str:
    """The YAML text of conf/config.yaml with `overrides` in Hydra's grammar.

    Args:
        conf: absolute path of the configuration folder.

    Raises:
        ParamsError: an override or a file of conf/ is wrong.
    """
    try:
        with hydra.initialize_config_dir(str(conf), version_base=None):
            config = hydra.compose("config", overrides=list(overrides))
        OmegaConf.resolve(config)
    except (HydraException, OmegaConfBaseException) as error:
        raise ParamsError(f"{conf.name}/ cannot be composed: {error}") from error
    finally:
        GlobalHydra.instance().clear()
    return str(OmegaConf.to_yaml(config))


def compose_application(
    conf: Path, labels: Sequence[str], overrides: Sequence[str] = ()
) -> ApplicationConfig:
    """Task and features of conf/config.yaml with `overrides`, for a model with these labels.

    Raises what `compose`, `task_config`, `feature_config` and ApplicationConfig raise.
    """
    tree = yaml.safe_load(compose(conf, overrides))
    return task_config(tree).application(feature_config(tree), labels)


def compose_features(conf: Path, overrides: Sequence[str] = ()) -> FeatureConfig:
    """The feature block of conf/config.yaml with `overrides`, as `features=mfe features.n_mels=20`.

    Raises what `compose` and `feature_config` raise.
    """
    return feature_config(yaml.safe_load(compose(conf, overrides)))
