"""The English of the interface is whole: nothing is missing, left over, or says other things between its braces."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "introduction" / "translations" / "en" / "LC_MESSAGES"
_PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def _used() -> Iterator[str | tuple[str, ...]]:
    methods = [("introduction/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/mail/**.txt", "jinja2")]
    keywords = {"say": None, "gettext": None, "_": None, "ngettext": (1, 2)}
    for _file, _line, message, _comments, _context in extract_from_dir(ROOT, methods, keywords=keywords):
        yield message


@pytest.fixture(scope="module")
def english() -> Catalog:
    """The English catalogue."""
    with (FOLDER / "messages.po").open("rb") as file:
        return read_po(file, locale="en")


def test_every_word_of_the_interface_has_an_english_one(english: Catalog) -> None:
    missing = {message for message in _used() if message not in english or not _whole(english[message])}
    assert not missing, "run make words, and translate what is new"


def test_no_word_stands_inside_an_f_string_where_nobody_gathers_it() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / "introduction").rglob("*.py"))
        for string in ast.walk(ast.parse(path.read_text()))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("say", "gettext", "ngettext", "_")
    ]
    assert not hidden


def test_no_translation_is_left_over(english: Catalog) -> None:
    used = {message if isinstance(message, str) else message[0] for message in _used()}
    left = {message.id for message in english if message.id and _first(message.id) not in used}
    assert not left


def test_translations_keep_the_places_for_values(english: Catalog) -> None:
    broken = [
        message.id
        for message in english
        if message.id
        for text in _texts(message)
        if set(_PLACES.findall(text)) - set(_PLACES.findall(_all(message.id)))
        or (isinstance(message.id, str) and set(_PLACES.findall(message.id)) - set(_PLACES.findall(text)))
    ]
    assert not broken


def test_the_compiled_catalogue_is_the_written_one(english: Catalog) -> None:
    with (FOLDER / "messages.mo").open("rb") as file:
        compiled = read_mo(file)
    written = {_first(message.id): _texts(message) for message in english if message.id}
    assert {_first(message.id): _texts(message) for message in compiled if message.id} == written, "run make words"


def _first(message_id: str | tuple[str, ...] | list[str]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def _all(message_id: str | tuple[str, ...] | list[str]) -> str:
    return message_id if isinstance(message_id, str) else " ".join(message_id)


def _texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def _whole(message: Message | None) -> bool:
    return message is not None and all(_texts(message))
