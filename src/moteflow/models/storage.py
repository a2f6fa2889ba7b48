"""Trained networks as `.keras` files whose bytes depend on the network alone."""

import json
import zipfile
from pathlib import Path
from typing import Any

from moteflow.errors import ModelError
from moteflow.files import replacing

_EPOCH = (1980, 1, 1, 0, 0, 0)


def save_model(model: Any, path: Path) -> None:
    """Save an uncompiled `keras.Model`, whole or not at all.

    Keras notes the time of saving and addresses of objects inside the archive; they are taken
    out, so that equal weights give equal bytes.
    """
    with replacing(path) as temporary:
        saved = temporary.with_name("saved.keras")
        model.save(saved)
        _normalize(saved, temporary)


def _normalize(source: Path, target: Path) -> None:
    """Copy a `.keras` archive with its dates fixed and its shared objects numbered in order."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as copy:
        for name in sorted(archive.namelist()):
            content = archive.read(name)
            if name == "metadata.json":
                metadata = json.loads(content) | {"date_saved": ""}
                content = json.dumps(metadata, sort_keys=True).encode()
            elif name == "config.json":
                content = json.dumps(_renumbered(json.loads(content), {})).encode()
            copy.writestr(zipfile.ZipInfo(name, _EPOCH), content)


def _renumbered(tree: Any, numbers: dict[int, int]) -> Any:
    """Replace each `shared_object_id`, an address in memory, by its order of appearance."""
    if isinstance(tree, list):
        return [_renumbered(item, numbers) for item in tree]
    if not isinstance(tree, dict):
        return tree
    return {
        key: numbers.setdefault(value, len(numbers))
        if key == "shared_object_id"
        else _renumbered(value, numbers)
        for key, value in tree.items()
    }


def load_model(path: Path) -> Any:
    """Load a `keras.Model` saved by `save_model`; raise ModelError if it is not one."""
    from moteflow.models.backend import keras

    try:
        return keras.models.load_model(path, compile=False)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"A trained network must be a whole .keras file. Received: {path.name} ({error}). "
            "Run the train stage again."
        ) from error
