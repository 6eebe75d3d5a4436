"""The file store: each content once, whole or not at all, under the checksum of what is in it."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from introduction.store import file_store


def lying(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_file_lies_under_its_checksum_for_the_service_alone(tmp_path: Path) -> None:
    sha256 = file_store.put(tmp_path / "files", io.BytesIO(b"faktura"))
    path = file_store.path_of(tmp_path / "files", sha256)
    assert sha256 == hashlib.sha256(b"faktura").hexdigest()
    assert lying(tmp_path / "files") == [f"{sha256[:2]}/{sha256[2:4]}/{sha256}"]
    assert path.read_bytes() == b"faktura" and path.stat().st_mode & 0o777 == 0o600


def test_the_same_content_is_stored_once(tmp_path: Path) -> None:
    assert file_store.put(tmp_path, io.BytesIO(b"faktura")) == file_store.put(tmp_path, io.BytesIO(b"faktura"))
    file_store.put(tmp_path, io.BytesIO(b"en annan"))
    assert len(lying(tmp_path)) == 2


def test_all_of_the_stream_is_kept_wherever_it_stands(tmp_path: Path) -> None:
    content = bytes(range(256)) * 4000
    stream = io.BytesIO(content)
    stream.seek(700_000)
    assert file_store.path_of(tmp_path, file_store.put(tmp_path, stream)).read_bytes() == content


def test_what_breaks_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError("the disk is full")
            return super().read(size)

    with pytest.raises(OSError, match="full"):
        file_store.put(tmp_path, Broken(b"x" * 1_000_000))
    assert lying(tmp_path) == []


def test_what_a_crash_left_is_in_nobodys_way(tmp_path: Path) -> None:
    sha256 = hashlib.sha256(b"faktura").hexdigest()
    (tmp_path / file_store.DRAFTS).mkdir()
    (tmp_path / file_store.DRAFTS / "tmpabc").write_bytes(b"fakt")
    assert file_store.put(tmp_path, io.BytesIO(b"faktura")) == sha256
    assert file_store.path_of(tmp_path, sha256).read_bytes() == b"faktura"
