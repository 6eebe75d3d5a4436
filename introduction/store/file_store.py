"""Files in a folder of the installation, by the checksum of what is in them: ``ab/cd/<sha256>``, each content once."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

_CHUNK = 256 * 1024
#: Where files are written before they get their name. What a crash left there is nobody's.
DRAFTS = "incoming"


def put(folder: Path, stream: BinaryIO) -> str:
    """Keep what a stream holds, from its beginning, and return its SHA-256 in hexadecimal.

    The file is on the disk under its name when this returns, so a row may point at it. A file that no row came to point
    at does no harm: the same content finds it there. ``folder`` is made when it is missing.
    """
    drafts = folder / DRAFTS
    drafts.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=drafts)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            sha256 = _copy(stream, file)
        _give_name(draft, path_of(folder, sha256), folder)
    finally:
        draft.unlink(missing_ok=True)
    return sha256


def path_of(folder: Path, sha256: str) -> Path:
    """Where the content with a checksum lies, if it is kept."""
    return folder / sha256[:2] / sha256[2:4] / sha256


def _copy(stream: BinaryIO, file: BinaryIO) -> str:
    digest = hashlib.sha256()
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        file.write(chunk)
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest()


def _give_name(draft: Path, path: Path, folder: Path) -> None:
    """Rename the draft, and see to it that the name outlives a power cut, as the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft.replace(path)
    for changed in (path.parent, path.parent.parent, folder):
        descriptor = os.open(changed, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
