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

    Keras notes the time of saving inside the archive; it is taken out, so that equal weights
    give equal bytes.
    """
    with replacing(path) as temporary:
        clocked = temporary.with_name("clocked.keras")
        model.save(clocked)
        _without_clock(clocked, temporary)


def _without_clock(source: Path, target: Path) -> None:
    """Copy a `.keras` archive with the dates of its members and of its metadata fixed."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as copy:
        for name in sorted(archive.namelist()):
            content = archive.read(name)
            if name == "metadata.json":
                metadata = json.loads(content) | {"date_saved": ""}
                content = json.dumps(metadata, sort_keys=True).encode()
            copy.writestr(zipfile.ZipInfo(name, _EPOCH), content)


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
