"""The Jinja environments of mails: templates/mail/, in one language each."""

from __future__ import annotations

import functools
import textwrap
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from introduction.documents import wording
from introduction.domain.fields import outcome_title
from introduction.domain.roles import ROLE_TITLES
from introduction.domain.subjects import SUBJECTS
from introduction.settings import bundled

_WIDTH = 78


@functools.lru_cache(maxsize=4)
def of_layouts(language: str) -> Environment:
    """For the parts of a mail. What stands in HTML is escaped."""
    made = Environment(
        loader=FileSystemLoader(bundled("templates") / "mail"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(wording.translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.filters["long_day"] = lambda day: wording.long_day(day, language)
    made.filters["short_day"] = lambda day, today: wording.short_day(day, today, language)
    made.filters["tell"] = lambda value: wording.tell(value, language)
    made.filters["outcome"] = lambda outcome: wording.tell(outcome_title(outcome), language)
    made.filters["subject"] = lambda subject, definite=False: wording.tell(
        SUBJECTS[subject].definite if definite else SUBJECTS[subject].title, language
    )
    made.filters["role"] = lambda role: wording.tell(ROLE_TITLES[role], language)
    made.filters["shortened"] = wording.shortened
    made.filters["wrapped"] = _wrapped
    return made


@functools.lru_cache(maxsize=4)
def of_notices(language: str) -> Environment:
    """For notices. A value stands in one line whatever it holds: line breaks part the headline and the paragraphs."""
    # Not escaped: the words are plain text, which the layouts escape.
    return of_layouts(language).overlay(finalize=_in_one_line, autoescape=False)


def _in_one_line(value: Any) -> Any:
    return wording.one_line(value) if isinstance(value, str) else value


def _wrapped(text: str, indent: str = "") -> str:
    """Plain text in lines of a length that every mail reader shows; addresses are never broken."""
    lines = textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent=indent)
    return "\n".join(lines)
