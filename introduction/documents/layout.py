"""What a printed document consists of: a head, and parts with texts, tables and pictures.

templates/documents/style.typ gives each of them its look. Everything here is text in the document's language already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from introduction.documents import typst
from introduction.documents.charts.drawing import Drawing
from introduction.documents.wording import tell
from introduction.domain.messages import say

_BREAK_HERE = "\u200b"
#: A word longer than this many signs gets places where a line may break; in a title more signs fit.
_LONG_WORD, _LONG_IN_TITLE, _LONG_IN_MARGIN = 24, 34, 17
#: About so many signs fit side by side in a table; one with so many lines (and the space between rows) is kept whole.
_SIGNS, _KEPT = 100, 56


@dataclass(frozen=True)
class Text:
    """A paragraph, or one for each line."""

    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True)
class Points:
    """A list with a dash before each item, and the words over it."""

    kind: ClassVar[str] = "points"
    items: Sequence[str]
    over: str = ""


@dataclass(frozen=True)
class Pairs:
    """Labels with what they stand for."""

    kind: ClassVar[str] = "pairs"
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Column:
    """A column: its heading, its part of the width, whether it holds figures, and whether all of them are estimates."""

    heading: str
    width: float = 1.0
    figures: bool = False
    estimate: bool = False


@dataclass(frozen=True)
class Line:
    """A row. ``look``: "" as others, "total", "span" (belongs to the row above), or "group" (a heading among rows)."""

    cells: Sequence[str]
    look: str = ""
    estimate: bool = False


@dataclass(frozen=True)
class Grid:
    """A table, with a caption unless its part says it. ``small``: for very wide figures."""

    kind: ClassVar[str] = "grid"
    caption: str
    columns: Sequence[Column]
    lines: Sequence[Line]
    small: bool = False

    @property
    def whole(self) -> bool:
        """True when the table is kept on one page: it surely takes less than most of one."""
        wide = sum(column.width for column in self.columns)
        room = [max(1, int(_SIGNS * column.width / wide)) for column in self.columns]
        high = 0
        for line in self.lines:
            high += 1 + max(-(-len(cell) // signs) for cell, signs in zip(line.cells, room, strict=False))
        return high <= _KEPT


@dataclass(frozen=True)
class Picture:
    """A drawing, with its finding as the text for those who cannot see it."""

    kind: ClassVar[str] = "picture"
    name: str
    drawing: Drawing


Block = Text | Points | Pairs | Grid | Picture


@dataclass(frozen=True)
class Part:
    """A part of a document, with its heading in the margin. One that ``follows`` never begins a page alone."""

    title: str
    blocks: Sequence[Block]
    new_page: bool = False
    follows: bool = False


@dataclass(frozen=True)
class Head:
    """What stands over a document, and on each of its pages. ``marks`` are words such as "Utkast"."""

    region: str
    number: str
    over: str
    title: str
    lead: str = ""
    marks: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = field(default_factory=tuple)


def pdf(head: Head, parts: Sequence[Part], language: str, made: datetime) -> bytes:
    """The document as a PDF that carries the time ``made``. The same input gives the same bytes."""
    return typst.compile("printed", data(head, parts, language), images(parts), made)


def data(head: Head, parts: Sequence[Part], language: str) -> dict[str, Any]:
    """The document as plain data for its template."""
    return {
        "language": language,
        "head": {**_breakable(asdict(head), _LONG_IN_TITLE), "full": f"{head.title}, {head.number}"},
        "page": tell(say("Sida {page} av {pages}", page="{page}", pages="{pages}"), language),
        "parts": [
            {
                "title": _breakable(part.title, _LONG_IN_MARGIN),
                "new_page": part.new_page,
                "follows": part.follows,
                "blocks": [_block(block) for block in part.blocks],
            }
            for part in parts
        ],
    }


def images(parts: Sequence[Part]) -> dict[str, str]:
    """The drawings of a document by name, each a whole SVG file."""
    found = (block for part in parts for block in part.blocks)
    return {one.name: one.drawing.middle or one.drawing.wide for one in found if isinstance(one, Picture)}


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Picture):
        return {"kind": block.kind, "name": block.name, "alt": block.drawing.label}
    told = {"kind": block.kind, **_breakable(asdict(block))}
    return {**told, "whole": block.whole} if isinstance(block, Grid) else told


def _breakable(value: Any, longest: int = _LONG_WORD) -> Any:
    """The same, where long words and paths may be broken at the end of a line."""
    if isinstance(value, str):
        return " ".join(_BREAK_HERE.join(_pieces(word, longest)) for word in value.split(" "))
    if isinstance(value, dict):
        return {key: _breakable(part, longest) for key, part in value.items()}
    return [_breakable(part, longest) for part in value] if isinstance(value, (list, tuple)) else value


def _pieces(word: str, longest: int) -> Iterator[str]:
    """A long word behind each full stop, underscore and slash; and what is still too long, in lengths that fit."""
    if len(word) <= longest:
        yield word
        return
    for piece in re.findall(r"[^._/]*[._/]+|[^._/]+", word):
        while len(piece) > longest:
            yield piece[:longest]
            piece = piece[longest:]
        yield piece
