"""docs/features.md: what users may ask of each feature block, from what the blocks declare."""

import dataclasses
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from moteflow.dsp import FeatureConfig

HEAD = """\
# Feature blocks

Written by `moteflow features document > docs/features.md`; do not edit.

Choose a block with `features=<block>` and change a parameter with `features.<parameter>=<value>`,
for `dvc exp run -S`, `moteflow params` and `moteflow features`. A block turns every frame of
samples into one row of features, on this machine and on the device by the same C code, byte for
byte.

```sh
moteflow features extract yes.wav no.wav features=mfcc features.n_mels=40 --output features.npz
moteflow features extract fan.csv features=spectral --columns x,y,z --output features.npz
moteflow features show yes.wav features=mfcc --output features.html
moteflow features bench --target cortex-m4f features=mfcc --json bench.json
```

`extract` writes `names`, `feature_names`, `frame_times` (seconds) and for file i of `names`
`features_<i>` [frames, features]. Sound is made mono and resampled to `sample_rate`; the rows of a
CSV file are taken to be at that rate. `show` draws recordings on one page that loads nothing from
elsewhere: samples, spectrogram, what the block computes on its way (`mfe` for `mfcc`) and its
features over time, the mean spectrum of each axis and the block's filters over frequency, and the
features as numbers. `bench` runs the block on an emulated board, over windows
that are streams of their own, and compares it with this machine: `mismatches` are bytes that
differ, `instructions_per_window` and `cycles_estimate` (see [cycles.md](cycles.md)) the mean of a
window's pushes, `instructions_per_second` that of a second of an endless stream. `flash` is what
the block brings along, `tables` its constants; of `ram`, `state` and `frame` belong to a stream.

How a model's features are normalized is said in [normalization.md](normalization.md); here they are
as the block gives them.

Below: every block's parameters with the values of `conf/features/<block>.yaml`, and what it gives
with them.
"""


def features_document(configs: Mapping[str, FeatureConfig]) -> str:
    """The page: one section per block, by name, with its parameters as in conf/features."""
    return "\n".join([HEAD, *(_section(name, configs[name]) for name in sorted(configs))])


@dataclass(frozen=True)
class Parameter:
    """A block's parameter as people read it: its type in Markdown, its value as in YAML."""

    name: str
    type: str
    value: str
    meaning: str


def parameters(config: FeatureConfig) -> list[Parameter]:
    """What the block declares of its parameters, in their order."""
    hints = get_type_hints(type(config), include_extras=True)
    return [
        Parameter(
            field.name,
            _type(hints[field.name]),
            _value(getattr(config, field.name)),
            _meaning(hints[field.name]),
        )
        for field in dataclasses.fields(config)
    ]


def _section(name: str, config: FeatureConfig) -> str:
    rows = [
        "| parameter | type | default | meaning |",
        "|---|---|---|---|",
        *(
            f"| `{parameter.name}` | {parameter.type} | `{parameter.value}` | {parameter.meaning} |"
            for parameter in parameters(config)
        ),
    ]
    return "\n".join([f"## {name}", "", _summary(config), "", *rows, "", _output(config), ""])


def _summary(config: FeatureConfig) -> str:
    """The first paragraph of the class's docstring, on one line."""
    return " ".join(inspect.cleandoc(type(config).__doc__ or "").split("\n\n")[0].split())


def _output(config: FeatureConfig) -> str:
    block = config.describe()
    axes = f"{config.n_axes} axes" if config.n_axes > 1 else "1 axis"
    kind = "float32" if block.features_type == "float" else f"int32 of {block.features_scale:g}"
    memory = f"{block.scratch_size} bytes of scratch, {block.state_size} of state"
    return (
        f"Takes {config.frame_length} {config.sample_type.value} samples of {axes}, gives "
        f"{config.n_features} features ({kind}): {_names(config.feature_names)}. On the device: "
        f"{memory}."
    )


def _names(names: tuple[str, ...]) -> str:
    """All of a few names, the ends of many."""
    shown = [f"`{name}`" for name in names]
    if len(shown) > 12:
        shown = [*shown[:6], "…", *shown[-3:]]
    return ", ".join(shown)


def _meaning(hint: Any) -> str:
    return str(hint.__metadata__[0])


def _type(hint: Any) -> str:
    if hasattr(hint, "__metadata__"):
        return _type(hint.__origin__)
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(map(_type, get_args(hint)))
    if get_origin(hint) is tuple:
        return f"list of {_type(get_args(hint)[0])}"
    if issubclass(hint, Enum):
        return ", ".join(f"`{member.value}`" for member in hint)
    return "null" if hint is NoneType else str(hint.__name__)


def _value(value: Any) -> str:
    """As YAML writes it."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return "null" if value is None else str(value)
