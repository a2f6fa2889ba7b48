"""Compose conf/ into params.yaml as `dvc exp run` does, without running anything."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import hydra
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

import hydra_plugins.moteflow_resolvers  # noqa: F401  (registers what conf/ asks for)
from moteflow.codegen import ApplicationConfig
from moteflow.dsp import FeatureConfig
from moteflow.errors import ParamsError
from moteflow.firmware.toolchain import PACKAGED_FIRMWARE
from moteflow.params import feature_config, task_config


def compose(conf: Path, overrides: Sequence[str]) -> str:
    """The YAML text of conf/config.yaml with `overrides` in Hydra's grammar.

    Args:
        conf: absolute path of the configuration folder.

    Raises:
        ParamsError: an override or a file of conf/ is wrong.
    """
    with _composed(conf, overrides) as config:
        OmegaConf.resolve(config)
        return str(OmegaConf.to_yaml(config))


def compose_application(
    conf: Path, labels: Sequence[str], overrides: Sequence[str] = ()
) -> ApplicationConfig:
    """Task and features of conf/config.yaml with `overrides`, for a model with these labels.

    Works from any folder. Raises what `compose`, `task_config`, `feature_config` and
    ApplicationConfig raise.
    """
    with _composed(conf, overrides) as config:
        tree = {
            name: OmegaConf.to_container(config[name], resolve=True)
            for name in ("task", "features")
        }
    return task_config(tree).application(feature_config(tree), labels)


def compose_features(conf: Path, overrides: Sequence[str] = ()) -> FeatureConfig:
    """The feature block of conf/config.yaml with `overrides`, as `features=mfe features.n_mels=20`.

    Works from any folder: what else conf/ says of the repository stays unresolved. Raises what
    `compose` and `feature_config` raise.
    """
    with _composed(conf, overrides) as config:
        features = OmegaConf.to_container(config.features, resolve=True)
    return feature_config({"features": features})


def find_conf(here: Path) -> Path:
    """The conf/ of the repository that `here` lies in, else of the one that this code lies in."""
    for folder in (here, *here.parents):
        if (folder / "conf/features").is_dir():
            return folder / "conf"
    return PACKAGED_FIRMWARE.parent / "conf"


@contextmanager
def _composed(conf: Path, overrides: Sequence[str]) -> Iterator[DictConfig]:
    """The composition, not yet resolved; what is wrong with it is a ParamsError."""
    try:
        with hydra.initialize_config_dir(str(conf), version_base=None):
            config = hydra.compose("config", overrides=list(overrides))
        yield config
    except (HydraException, OmegaConfBaseException) as error:
        raise ParamsError(f"{conf.name}/ cannot be composed: {error}") from error
    finally:
        GlobalHydra.instance().clear()
