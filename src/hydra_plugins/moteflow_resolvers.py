"""What conf/ can ask for at composition, by `dvc exp run` or `moteflow params`.

Hydra imports every module of the `hydra_plugins` namespace, which is how DVC's composition finds
this one (`hydra.plugins_path` in .dvc/config).
"""

from pathlib import Path

from omegaconf import OmegaConf

from moteflow.repository import conf_sha256


def root() -> Path:
    """The repository that is being composed: the nearest folder upwards that has a dvc.yaml.

    Not that of this file, which an environment may share between checkouts.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "dvc.yaml").is_file():
            return folder
    raise FileNotFoundError(f"no dvc.yaml in {here} or above it; run inside the repository")


def from_root(path: str | None, when_null: str) -> str:
    """`path` made absolute from the repository's root, or `when_null` where there is no path.

    Queued and temporary experiments run in a copy of the repository in another folder, where a
    relative path would lead elsewhere.
    """
    return when_null if path is None else str((root() / Path(path).expanduser()).resolve())


OmegaConf.register_new_resolver("from_root", from_root, replace=True)
OmegaConf.register_new_resolver("conf_sha256", lambda: conf_sha256(root() / "conf"), replace=True)
