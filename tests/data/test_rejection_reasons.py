"""Reasons for the report say what is wrong with a file, not where this machine keeps it."""

from pathlib import Path

import pytest

from moteflow.data.audio import UnusableAudioError, decode


def test_reasons_name_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "corrupt.wav"
    path.write_bytes(b"not audio at all" * 8)
    with pytest.raises(UnusableAudioError, match="not a readable WAV, FLAC or OGG file") as caught:
        decode(path, 16000)
    assert str(tmp_path) not in str(caught.value)
