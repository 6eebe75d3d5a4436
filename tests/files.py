"""Files to attach in tests: small ones of every kind that is taken, and of some that are not."""

from __future__ import annotations

import io
import zipfile

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
CSV = "Läkemedel;Belopp\nPåhittumab;1 200\n".encode()
_OFFICE = "application/vnd.openxmlformats-officedocument."
XLSX_MAIN = f"{_OFFICE}spreadsheetml.sheet.main+xml"
DOCX_MAIN = f"{_OFFICE}wordprocessingml.document.main+xml"


def archive(parts: dict[str, bytes], comment: bytes = b"") -> bytes:
    """A zip with these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
        file.comment = comment
    return made.getvalue()


def office(main: str, *more: str) -> bytes:
    """A document of Excel or Word whose main part is of a type, with more parts by name."""
    types = f'<Types><Override PartName="/main.xml" ContentType="{main}"/></Types>'
    return archive({"[Content_Types].xml": types.encode(), **dict.fromkeys(more, b"x")})


def open_document(kind: str, *more: str) -> bytes:
    """A document of LibreOffice: ``spreadsheet`` or ``text``."""
    return archive(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
            **dict.fromkeys(("content.xml", *more), b"x"),
        }
    )
