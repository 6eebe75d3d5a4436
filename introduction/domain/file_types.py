"""What an attached file is, told from what is in it, and the name that it gets or is refused for.

Code of our own: a library of signatures tells hundreds of kinds apart, but leaves open what matters here. Are there
macros in the document? Is the text really text, and no page or drawing that a browser would run? The few kinds that are
taken begin with signatures that have stood for decades.
"""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from introduction.domain.messages import Message, say
from introduction.domain.swedish import clean

LONGEST_NAME = 200
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class FileType:
    """A kind of file that may be attached. The first ending is the one that a name without a fitting one gets."""

    media_type: str
    endings: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
PDF = FileType("application/pdf", (".pdf",))
PNG = FileType("image/png", (".png",))
JPEG = FileType("image/jpeg", (".jpg", ".jpeg"))
XLSX = FileType(f"{_OFFICE}spreadsheetml.sheet", (".xlsx",))
DOCX = FileType(f"{_OFFICE}wordprocessingml.document", (".docx",))
ODS = FileType(f"{_OPEN}spreadsheet", (".ods",))
ODT = FileType(f"{_OPEN}text", (".odt",))
CSV = FileType("text/csv", (".csv",))
TEXT = FileType("text/plain", (".txt",))
#: Every ending that a taken file may have; forms offer files by it.
ENDINGS = tuple(ending for kind in (PDF, PNG, JPEG, XLSX, DOCX, ODS, ODT, CSV, TEXT) for ending in kind.endings)

#: Endings by which a computer takes a file for a program. Nobody means to attach one.
_PROGRAMS = frozenset({
    ".app", ".bat", ".cmd", ".com", ".cpl", ".dll", ".exe", ".hta", ".jar", ".js", ".jse", ".lnk", ".msi", ".pif",
    ".ps1", ".reg", ".scr", ".sh", ".vbe", ".vbs", ".wsf", ".wsh",
})  # fmt: skip
#: Endings of documents. One that the content contradicts tells nothing, and gives way to the right one.
_DOCUMENTS = frozenset({
    *ENDINGS, ".doc", ".docm", ".eml", ".gif", ".heic", ".htm", ".html", ".log", ".md", ".msg", ".odp", ".ppt", ".pptx",
    ".rtf", ".tif", ".tiff", ".tsv", ".webp", ".xls", ".xlsb", ".xlsm", ".xml", ".zip",
})  # fmt: skip

NOT_TAKEN: Message = say(
    "Filtypen tas inte emot. Välj PDF, PNG, JPEG, xlsx, docx, ods, odt, CSV eller vanlig text, utan makron"
)

_SIGNATURES = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_ZIP = b"PK\x03\x04"


def sniff(file: BinaryIO, name: str) -> FileType | None:
    """What a file is by its content; None for what is not taken. The name only tells CSV from other text.

    ``file`` is read in pieces from its beginning, and must let itself be wound back.
    """
    file.seek(0)
    head = file.read(_CHUNK)
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith(_ZIP):
        return _document(file)
    if _is_text(file, head):
        return CSV if name.lower().endswith(CSV.endings) else TEXT
    return None


def program_ending(name: str) -> str | None:
    """The ending by which a computer would take a file for a program; None for other names."""
    ending = _ending(_plain(name))
    return ending if ending.lower() in _PROGRAMS else None


def named(name: str, kind: FileType) -> str:
    """A file's name as it is kept: no folders, no signs that are not seen, at most 200 letters.

    The ending fits the kind. That of another kind of document gives way to it; to a name without one it is added.
    """
    stem = _plain(name)
    if (told := _ending(stem).lower()) in _DOCUMENTS and told not in kind.endings:
        stem = stem[: -len(told)]
    ending = _ending(stem)
    if ending.lower() not in kind.endings:
        ending = kind.endings[0]
    stem = stem.removesuffix(ending)
    return (stem[: LONGEST_NAME - len(ending)].rstrip(". ") or "fil") + ending


def _plain(name: str) -> str:
    """The name without folders, and without signs that hide what it ends with."""
    last = re.split(r"[/\\]", clean(name))[-1]
    # Marks that turn the direction of writing hide what a name ends with.
    seen = "".join(sign if sign.isprintable() else " " for sign in last)
    return " ".join(seen.split()).rstrip(". ")


def _ending(name: str) -> str:
    """What stands from the last dot on; nothing where there is none."""
    return "".join(name.rpartition(".")[1:]) if "." in name else ""


# ------------------------------------------------------------------------------------- documents in a zip

#: A list of contents longer than this is no document but an attempt to fill the memory.
_MOST_CONTENTS = 1024 * 1024
_MACRO_PLACES = ("basic/", "scripts/", "xl/macrosheets/")


def _document(file: BinaryIO) -> FileType | None:
    """A spreadsheet or a text document without macros; None for any other archive."""
    if not _has_short_contents(file):
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            if any(_is_macro(part.lower()) for part in archive.namelist()):
                return None
            return _by_contents(archive)
    except Exception:  # a broken archive breaks in many ways, and each of them means no
        return None


def _has_short_contents(file: BinaryIO) -> bool:
    """True when the archive ends as office programs end one: a short list of contents, and no comment."""
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 42))
    end = file.read()
    last, before = end[-22:], end[:-22]
    plain = last.startswith(b"PK\x05\x06") and last.endswith(b"\x00\x00") and not before.startswith(b"PK\x06\x07")
    return plain and int.from_bytes(last[12:16], "little") <= _MOST_CONTENTS


def _is_macro(part: str) -> bool:
    return part.startswith(_MACRO_PLACES) or part.endswith("vbaproject.bin")


def _by_contents(archive: zipfile.ZipFile) -> FileType | None:
    first = archive.infolist()[0].filename
    if first == "mimetype":
        said = _part(archive, first)
        return next((kind for kind in (ODS, ODT) if said == kind.media_type.encode()), None)
    types = _part(archive, "[Content_Types].xml")
    if b"macroenabled" in types.lower() or b"vbaproject" in types.lower():
        return None
    return next((kind for kind in (XLSX, DOCX) if f'"{kind.media_type}.main+xml"'.encode() in types), None)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part's first megabyte, however large it says that it is."""
    with archive.open(name) as part:
        return part.read(_MOST_CONTENTS)


# ------------------------------------------------------------------------------------- text

_CONTROLS = bytes(sign for sign in (*range(32), 127) if sign not in b"\t\n\r")
#: What makes a browser, a shell or a word processor do something with a text.
_ACTS = re.compile(rb"\A(\xef\xbb\xbf)?\s*(<|#!|%!|\{\\rtf)|<(!doctype|html|svg|script)\b", re.IGNORECASE)


def _is_text(file: BinaryIO, head: bytes) -> bool:
    """True for text in UTF-8 or Windows-1252 without control signs that is no markup and no script."""
    if not head.strip() or _ACTS.search(head):
        return False
    if any(len(chunk.translate(None, _CONTROLS)) < len(chunk) for chunk in _chunks(file)):
        return False
    return _reads_as(file, "utf-8") or _reads_as(file, "cp1252")


def _reads_as(file: BinaryIO, encoding: str) -> bool:
    try:
        for _text in codecs.iterdecode(_chunks(file), encoding):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk
