"""Where the repository is, and the fingerprint of its conf/."""

import hashlib
from pathlib import Path


def repository_root(folder: Path) -> Path:
    """The repository that `folder` belongs to, seen through DVC's temporary copies of it.

    Args:
        folder: absolute; the root of a checkout or of a copy under .dvc/tmp/exps.
    """
    for parent in folder.parents:
        if parent.parts[-3:] == (".dvc", "tmp", "exps"):
            return parent.parents[2]
    return folder


def conf_sha256(conf: Path) -> str:
    """SHA-256 over the names and contents of all YAML files under `conf`."""
    digest = hashlib.sha256()
    for path in sorted(conf.rglob("*.yaml")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(conf).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
