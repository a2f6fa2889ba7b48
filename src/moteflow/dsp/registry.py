"""The feature blocks there are, by the name that `features.block` gives them."""

from collections.abc import Callable
from typing import TypeVar

from moteflow.dsp.block import FeatureConfig

BLOCKS: dict[str, type[FeatureConfig]] = {}

Config = TypeVar("Config", bound=FeatureConfig)


def block(name: str) -> Callable[[type[Config]], type[Config]]:
    """Make the decorated configuration known as the block `name`."""

    def add(config: type[Config]) -> type[Config]:
        config.block = name
        BLOCKS[name] = config
        return config

    return add
