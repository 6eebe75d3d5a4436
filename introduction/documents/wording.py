"""Days and moments in words, in Swedish or English, for whatever is no page: mails, calendars, documents."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from pathlib import Path

from babel.dates import format_date
from babel.support import NullTranslations, Translations

from introduction.domain.messages import Message, Month
from introduction.domain.process.timing import Text

_TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
_LEFT_OUT = "…"


@functools.lru_cache(maxsize=4)
def translations(language: str) -> NullTranslations:
    """The sentences of a language. Swedish stands in the code and needs none."""
    return Translations.load(_TRANSLATIONS, [language]) if language == "en" else NullTranslations()


def gettext(language: str) -> Callable[[str], str]:
    """Translates a Swedish sentence."""
    found: Callable[[str], str] = translations(language).gettext
    return found


def long_day(value: date, language: str) -> str:
    """``måndag 23 november 2026``."""
    return format_date(value, "EEEE d MMMM y", locale=language)


def short_day(value: date, today: date, language: str) -> str:
    """``23 november``; with the year when it is another than that of today."""
    return format_date(value, "d MMMM" if value.year == today.year else "d MMMM y", locale=language)


def plain_day(value: date, language: str) -> str:
    """``23 november 2026``."""
    return format_date(value, "d MMMM y", locale=language)


def tell(value: object, language: str) -> str:
    """A message, a two-language text, a day, a month or a plain value, in a language."""
    if isinstance(value, Message):
        return value.render(gettext(language), lambda part: tell(part, language))
    if isinstance(value, Text):
        return value.in_language(language)
    if isinstance(value, date):
        return long_day(value, language)
    if isinstance(value, Month):
        return format_date(value.first, "MMMM y", locale=language)
    return "" if value is None else str(value)


def one_line(text: str) -> str:
    """The text without line breaks and doubled spaces."""
    return " ".join(text.split())


def shortened(text: str, longest: int) -> str:
    """The text in one line and at most so long, cut between two words where there are any."""
    text = one_line(text)
    if len(text) <= longest:
        return text
    cut = text[: longest - len(_LEFT_OUT)]
    words = cut.rpartition(" ")[0]
    return (words if len(words) > longest // 2 else cut).rstrip(" ,.:;(") + _LEFT_OUT
