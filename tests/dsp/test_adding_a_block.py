"""docs/adding-a-block.md: its files work in a copy of the repository."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS_OF_ALL_BLOCKS = "tests/dsp/test_blocks.py"
COPIED = (
    "conf",
    "dvc.yaml",
    "firmware/lib/mote_dsp",
    "pyproject.toml",
    "src",
    "tests/conftest.py",
    "tests/dsp/conftest.py",
    TESTS_OF_ALL_BLOCKS,
)
FILE = re.compile(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """What the blocks and their tests need of the repository."""
    for name in COPIED:
        source, place = root / name, tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, place)
    return tmp_path


def test_the_example_passes_its_own_test_and_those_of_all_blocks(root: Path, copy: Path) -> None:
    page = (root / "docs" / "adding-a-block.md").read_text()
    files = dict(FILE.findall(page))
    assert len(files) == page.count("```") // 2 == 5
    for name, text in files.items():
        assert not (copy / name).exists()
        (copy / name).write_text(text)

    tests = [name for name in files if name.startswith("tests/")]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", *tests, TESTS_OF_ALL_BLOCKS],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy / "src")},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "describes_itself_whole[crossing_rate] PASSED" in result.stdout
