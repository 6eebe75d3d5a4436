"""Typesets a document: a template and plain data become an accessible PDF that can be kept for long.

Nothing is fetched and nothing of the machine is read: the fonts lie beside this file, and templates/documents/ is all
that a template may open. What people wrote goes in as data, never as markup.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from introduction.settings import bundled

if TYPE_CHECKING:
    from typst import Fonts

MIME = "application/pdf"
_FONTS = Path(__file__).resolve().parent / "fonts"
#: Readable by people who cannot see it (PDF/UA-1), and by whoever opens it in thirty years (PDF/A-3a).
_STANDARDS = ["ua-1", "a-3a"]
#: How Typst says that none of its fonts has a letter, or that PDF/A does not allow it.
_NO_LETTER = re.compile(r'(?:the text|codepoint) `"(.*?)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_NOT_A_LETTER = "\ufffd"
#: Signs that turn the direction of what follows, so that it reads as something else than it is.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_TRIES = 4


def compile(template: str, data: Mapping[str, Any], images: Mapping[str, str], made: datetime) -> bytes:
    """The PDF of a template in templates/documents/, such as ``printed``. The same input gives the same bytes.

    ``images`` are SVG files by name. ``made`` is the time that the document carries. Letters that no font has become
    the replacement character. Raises typst.TypstError for a fault in the template.
    """
    import typst  # 80 MB: only for those who print

    inputs = {"data": json.dumps(data, ensure_ascii=False), **{f"image.{name}": svg for name, svg in images.items()}}
    inputs = {name: text.translate(_TURNING) for name, text in inputs.items()}
    folder = bundled("templates") / "documents"
    for left in reversed(range(_TRIES)):
        try:
            return typst.compile(
                folder / f"{template}.typ",
                root=folder,
                font_paths=_fonts(),
                sys_inputs=inputs,
                pdf_standards=_STANDARDS,  # type: ignore[arg-type]
                timestamp=int(made.astimezone(UTC).timestamp()),
                package_path=folder / "packages",  # there are none, and so none are fetched
                package_cache_path=folder / "packages",
            )
        except typst.TypstError as error:
            missing = _letters(error.diagnostic)
            if not missing or not left:
                raise
            inputs = {name: _without(text, missing) for name, text in inputs.items()}
    raise AssertionError("the last try returns or raises")


@functools.lru_cache(maxsize=1)
def _fonts() -> Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[_FONTS])


def _letters(diagnostic: str) -> set[str]:
    """The letters that stood in the way; never those of ASCII, which the fonts have."""
    told = (_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) for text in _NO_LETTER.findall(diagnostic))
    return {letter for text in told for letter in text if not " " <= letter <= "~"}


def _without(text: str, missing: set[str]) -> str:
    # JSON writes control characters as escapes, which are ASCII.
    for letter in missing:
        escape = json.dumps(letter)[1:-1]
        text = text.replace(letter, _NOT_A_LETTER).replace(escape, _NOT_A_LETTER)
    return text
