import hashlib
import io
import re
import tarfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from moteflow.data.archive import fetch, unpack
from moteflow.errors import DatasetError

CONTENT = np.random.default_rng(0).bytes(3_000_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves CONTENT at any path; notes the Range of each request."""

    takes_ranges = True
    breaks_after: int | None = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.ranges: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/archive.tar.gz"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.ranges.append(wanted)
        start = 0
        if self.path.startswith("/absent"):
            self.send_error(404)
            return
        if wanted and self.server.takes_ranges:
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])
            if start >= len(CONTENT):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(CONTENT[start : self.server.breaks_after])

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_archive_is_fetched_once(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "downloads" / "a.tar.gz"
    assert fetch(server.url, SHA256.upper(), path) == path
    assert path.read_bytes() == CONTENT
    fetch(server.url, SHA256, path)
    assert server.ranges == [None]
    assert list(path.parent.iterdir()) == [path]


def test_broken_download_is_continued(server: Server, tmp_path: Path) -> None:
    server.breaks_after = 1_234_567
    with pytest.raises(DatasetError, match="Run again to go on"):
        fetch(server.url, SHA256, tmp_path / "a")
    assert (tmp_path / "a.part").read_bytes() == CONTENT[:1_234_567]
    assert not (tmp_path / "a").exists()
    server.breaks_after = None
    assert fetch(server.url, SHA256, tmp_path / "a").read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=1234567-"]


def test_server_without_ranges_starts_over(server: Server, tmp_path: Path) -> None:
    server.takes_ranges = False
    (tmp_path / "a.part").write_bytes(CONTENT[:1000])
    assert fetch(server.url, SHA256, tmp_path / "a").read_bytes() == CONTENT


def test_complete_part_needs_its_check_only(server: Server, tmp_path: Path) -> None:
    (tmp_path / "a.part").write_bytes(CONTENT)
    assert fetch(server.url, SHA256, tmp_path / "a").read_bytes() == CONTENT


def test_wrong_sha256_is_refused_and_nothing_kept(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=f"{'0' * 64}.*{SHA256}"):
        fetch(server.url, "0" * 64, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "a.part").write_bytes(b"something else")
    with pytest.raises(DatasetError, match="SHA-256"):
        fetch(server.url, SHA256, tmp_path / "a")
    assert fetch(server.url, SHA256, tmp_path / "a").read_bytes() == CONTENT


def test_server_errors_and_odd_addresses_are_refused(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="404"):
        fetch(server.url.replace("archive", "absent"), SHA256, tmp_path / "a")
    server.shutdown()
    server.server_close()
    with pytest.raises(DatasetError, match="refused"):
        fetch(server.url, SHA256, tmp_path / "a")
    with pytest.raises(DatasetError, match="http://"):
        fetch((tmp_path / "a").as_uri(), SHA256, tmp_path / "b")


def _archive(path: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for entry, content in entries:
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return path


def _entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, link
    return entry


def test_archive_is_unpacked(tmp_path: Path) -> None:
    archive = _archive(
        tmp_path / "a.tar.gz",
        (_entry("./"  , tarfile.DIRTYPE), b""),
        (_entry("./yes", tarfile.DIRTYPE), b""),
        (_entry("./yes/a.wav"), b"one"),
        (_entry("no/b.wav"), b"two"),
    )  # fmt: skip
    unpack(archive, tmp_path / "out")
    files = {p.relative_to(tmp_path / "out").as_posix(): p for p in tmp_path.glob("out/*/*")}
    assert {name: p.read_bytes() for name, p in files.items()} == {
        "yes/a.wav": b"one",
        "no/b.wav": b"two",
    }


@pytest.mark.parametrize(
    "entry",
    [
        _entry("../evil"),
        _entry("yes/../../evil"),
        _entry("/evil"),
        _entry("C:\\evil"),
        _entry("..\\evil"),
        _entry("evil", tarfile.SYMTYPE, "/etc/passwd"),
        _entry("evil", tarfile.LNKTYPE, "good"),
        _entry("evil", tarfile.FIFOTYPE),
        _entry("evil", tarfile.CHRTYPE),
    ],
    ids=lambda entry: f"{entry.name}:{entry.type.decode()}",
)
def test_evil_entry_is_refused_by_name(tmp_path: Path, entry: tarfile.TarInfo) -> None:
    content = b"x" if entry.isreg() else b""
    archive = _archive(tmp_path / "a.tar.gz", (_entry("good"), b"good"), (entry, content))
    with pytest.raises(DatasetError) as caught:
        unpack(archive, tmp_path / "in" / "out")
    assert repr(entry.name) in str(caught.value)
    assert list((tmp_path / "in").iterdir()) == []
    assert not list(tmp_path.rglob("evil"))


def test_broken_archive_is_refused(tmp_path: Path) -> None:
    archive = _archive(tmp_path / "a.tar.gz", (_entry("a"), CONTENT))
    whole = archive.read_bytes()
    for content in (b"", b"no archive", whole[: len(whole) // 2]):
        archive.write_bytes(content)
        with pytest.raises(DatasetError, match="whole tar file"):
            unpack(archive, tmp_path / "out")
        assert list(tmp_path.iterdir()) == [archive]
