"""What every test room shares."""

from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, and none refused for taking long on a busy machine.
settings.register_profile("moteflow", derandomize=True, database=None, deadline=None)
settings.load_profile("moteflow")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real recordings and reference models, beside the repository."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("real recordings are absent: there is no ../shared/data beside the repository")
    return folder
