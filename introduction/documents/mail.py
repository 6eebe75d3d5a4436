"""Puts a letter in words: a subject, a text part and an HTML part in the reader's language, and a calendar file."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from introduction.documents import addresses, calendar_file, wording
from introduction.services.letters import Letter, Line
from introduction.services.outbox import Words
from introduction.settings import bundled


@dataclass(frozen=True)
class Item:
    """A notice in words."""

    line: Line
    headline: str
    paragraphs: Sequence[str]
    link: str
    answer_link: str


@dataclass(frozen=True)
class Composed:
    """A letter in words; None when no line could be. ``broken`` says why, by notice."""

    words: Words | None
    broken: Mapping[int, str] = field(default_factory=dict)


@functools.lru_cache(maxsize=4)
def _environment(language: str) -> Environment:
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
    made.filters["tell"] = lambda value: wording.tell(value, language)
    return made


def compose(letter: Letter, base: str, now: datetime) -> Composed:
    """Put a letter in words. ``base`` is the address of the service, without a slash at the end.

    A line whose template is broken is left out and named in ``broken``; the others go.
    """
    environment = _environment(letter.language)
    items, broken = [], {}
    for line in letter.lines:
        try:
            items.append(_item(environment, letter, line, base))
        except Exception as error:  # whatever is wrong with a template delays its own notice only
            broken[line.notice_id] = f"{type(error).__name__}: {error}"
    if not items:
        return Composed(None, broken)
    given = {"letter": letter, "items": items, "base": base, "language": letter.language}
    subject = environment.get_template("subject.txt").render(given)
    words = Words(
        address=letter.address,
        subject=" ".join(subject.split()),
        text=environment.get_template("layout.txt").render(given).strip() + "\n",
        html=environment.get_template("layout.html").render(given),
        calendar=calendar_file.of_lines([item.line for item in items], letter.language, base, now),
        reply_to=formataddr(letter.reply_to) if letter.reply_to else None,
    )
    return Composed(words, broken)


def _item(environment: Environment, letter: Letter, line: Line, base: str) -> Item:
    told = environment.get_template(f"{line.template}.txt").render(line=line, today=letter.today).strip()
    headline, _, rest = told.partition("\n")
    paragraphs = [" ".join(part.split()) for part in rest.split("\n\n") if part.strip()]
    return Item(
        line, headline.strip(), paragraphs, base + addresses.of_line(line), base + addresses.of_notice(line.notice_id)
    )


def message(words: Words, *, message_id: str, sender: str, host: str, now: datetime) -> EmailMessage:
    """The mail as it is sent: text, HTML and, where there is a day, a calendar file."""
    mail = EmailMessage()
    mail["Message-ID"] = f"<{message_id}@{host}>"
    mail["Date"] = format_datetime(now)
    mail["From"], mail["To"], mail["Subject"] = sender, words.address, words.subject
    mail["Auto-Submitted"] = "auto-generated"
    if words.reply_to:
        mail["Reply-To"] = words.reply_to
    mail.set_content(words.text)
    mail.add_alternative(words.html, subtype="html")
    if words.calendar:
        mail.add_attachment(
            words.calendar.encode(),
            maintype="text",
            subtype="calendar",
            filename="datum.ics",
            params={"method": "PUBLISH", "charset": "utf-8"},
        )
    return mail
