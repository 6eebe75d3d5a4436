"""Days and moments in words, in Swedish or English, for whatever is no page: mails, calendars, documents."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from pathlib import Path

from babel.dates import format_date
from babel.support import NullTranslations, Translations

from introduction.domain.messages import Message
from introduction.domain.process.timing import Text

_TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"


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


def tell(value: object, language: str) -> str:
    """A message, a two-language text, a day or a plain value, in a language."""
    if isinstance(value, Message):
        return value.render(gettext(language), lambda part: tell(part, language))
    if isinstance(value, Text):
        return value.in_language(language)
    if isinstance(value, date):
        return long_day(value, language)
    return "" if value is None else str(value)
