"""Fetch an archive once, check it, unpack it safely."""

import hashlib
import http.client
import shutil
import tarfile
import urllib.error
import urllib.request
import zlib
from pathlib import Path, PurePosixPath, PureWindowsPath

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
    track,
)

from moteflow.errors import DatasetError
from moteflow.files import replacing

_BLOCK = 1 << 20
_TIMEOUT_SECONDS = 60


def fetch(url: str, sha256: str, path: Path) -> Path:
    """Return `path` after downloading `url` to it and checking its SHA-256.

    An interrupted download stays beside it as `.part` and is continued by the next call. A file
    already at `path` is used without a request. Raises DatasetError when the address is not HTTP,
    the server fails, the connection breaks or the checksum is wrong.
    """
    if path.exists():
        return path
    if not url.startswith(("http://", "https://")):
        raise DatasetError(
            f"dataset.url is an http:// or https:// address. Received: {url!r}. Correct it, "
            "or set dataset.path to a local copy."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        _download(url, part)
    except (OSError, http.client.HTTPException) as error:
        raise DatasetError(
            f"dataset.url can be downloaded. Received: {url} ({error}). Run again to go on from "
            "what has arrived, or set dataset.path to a local copy."
        ) from error
    try:
        check_sha256(part, sha256)
    except DatasetError:
        part.unlink()
        raise
    part.replace(path)
    return path


def _download(url: str, part: Path) -> None:
    """Append to `part` what it lacks of `url`; start over where the server cannot continue."""
    present = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={present}-"} if present else {}
    request = urllib.request.Request(url, headers=headers)
    try:
        response = urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return
        raise
    with response:
        continued = response.headers.get("Content-Range", "").startswith(f"bytes {present}-")
        if not (response.status == http.HTTPStatus.PARTIAL_CONTENT and continued):
            present = 0
        length = response.headers.get("Content-Length")
        total = present + int(length) if length else None
        columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
        with (
            part.open("ab" if present else "wb") as file,
            Progress(TextColumn("{task.description}"), *columns) as progress,
        ):
            task = progress.add_task("Downloading", total=total, completed=present)
            while block := response.read(_BLOCK):
                file.write(block)
                progress.advance(task, len(block))
    if total is not None and part.stat().st_size < total:
        raise ConnectionError(f"{part.stat().st_size} of {total} bytes arrived")


def check_sha256(path: Path, sha256: str) -> None:
    """Raise DatasetError unless the file has this SHA-256 (hexadecimal)."""
    with path.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != sha256.lower():
        raise DatasetError(
            f"The archive has the SHA-256 in dataset.sha256, {sha256}. Received: {actual}. "
            "Fetch the archive again, or correct dataset.sha256 if you trust it."
        )


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a tar archive into `folder`, whole or not at all.

    Only folders and regular files are accepted, with relative names that stay inside. Raises
    DatasetError, naming the entry, for any other, and for an archive that is broken.
    """
    try:
        with replacing(folder) as temporary, tarfile.open(archive) as tar:
            temporary.mkdir()
            for member in track(tar, "Unpacking", total=None):
                _check_member(member)
                target = temporary / member.name
                if member.isdir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                content = tar.extractfile(member)
                assert content is not None
                with content, target.open("wb") as file:
                    shutil.copyfileobj(content, file)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise DatasetError(
            f"An archive is a whole tar file. Received: {archive} ({error}). "
            "Fetch the archive again."
        ) from error


def _check_member(member: tarfile.TarInfo) -> None:
    name = member.name
    outside = (
        PurePosixPath(name).is_absolute()
        or PureWindowsPath(name).anchor
        or ".." in PureWindowsPath(name).parts
    )
    if outside or not (member.isreg() or member.isdir()):
        raise DatasetError(
            "An archive holds folders and regular files with relative names that stay inside it. "
            f"Received: the entry {name!r} in it. Do not use this archive."
        )
