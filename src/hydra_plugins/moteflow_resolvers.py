"""What conf/ can ask for at composition, by `dvc exp run` or `moteflow params`.

Hydra imports every module of the `hydra_plugins` namespace, which is how DVC's composition finds
this one (`hydra.plugins_path` in .dvc/config).
"""

from pathlib import Path

from omegaconf import OmegaConf

from moteflow.repository import conf_sha256

ROOT = Path(__file__).resolve().parents[2]


def from_root(path: str | None, when_null: str) -> str:
    """`path` made absolute from the repository's root, or `when_null` where there is no path.

    Queued and temporary experiments run in a copy of the repository in another folder, where a
    relative path would lead elsewhere.
    """
    return when_null if path is None else str((ROOT / Path(path).expanduser()).resolve())


OmegaConf.register_new_resolver("from_root", from_root, replace=True)
OmegaConf.register_new_resolver("conf_sha256", lambda: conf_sha256(ROOT / "conf"), replace=True)
