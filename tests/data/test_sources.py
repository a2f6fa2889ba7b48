from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from moteflow.data import DATASETS


@pytest.mark.parametrize("source", sorted(DATASETS))
def test_conf_names_every_field_of_its_source(root: Path, source: str) -> None:
    conf = yaml.safe_load((root / "conf" / "dataset" / f"{source}.yaml").read_text())
    assert conf.pop("source") == source
    assert set(conf) == {field.name for field in fields(DATASETS[source])}
    DATASETS[source](**conf)


@pytest.mark.parametrize("source", sorted(DATASETS))
def test_conf_explains_every_key(root: Path, source: str) -> None:
    lines = (root / "conf" / "dataset" / f"{source}.yaml").read_text().splitlines()
    keys = [i for i, line in enumerate(lines) if line[:1].isalpha()]
    assert keys and all(lines[i - 1].startswith("# ") for i in keys)
