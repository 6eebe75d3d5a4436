"""Puts a letter in words: a subject, a text part and an HTML part in the reader's language, and a calendar file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from introduction.documents import addresses, calendar_file, environment, wording
from introduction.domain.messages import Message, say
from introduction.domain.notices import OWN_TEMPLATES, Kind
from introduction.services.letters import Letter, Line
from introduction.services.outbox import Words

LONGEST_SUBJECT = 150
#: Only letters, digits and signs that every mail server takes go over the wire; the rest is encoded.
_POLICY = SMTP.clone(cte_type="7bit")
_LINKS: dict[str, Message] = {
    "task": say("Öppna uppgiften"),
    "case": say("Öppna ärendet"),
    "recommendation": say("Öppna rekommendationen"),
    "funding_application": say("Öppna ansökan"),
    "claim": say("Öppna rekvisitionen"),
    "notice": say("Öppna meddelandet"),
}
_GROUPS: dict[str, Message] = {
    "late": say("Försenat"),
    "today": say("I dag"),
    "coming": say("Kommande"),
    "news": say("Att känna till"),
}


@dataclass(frozen=True)
class Item:
    """A notice in words. Without ``answer_title`` there is nothing to acknowledge."""

    line: Line
    group: str
    headline: str
    paragraphs: Sequence[str]
    link: str
    link_title: str
    answer_link: str
    answer_title: str


@dataclass(frozen=True)
class Group:
    """Notices of a collecting mail that belong together."""

    title: str
    late: bool
    items: Sequence[Item]


@dataclass(frozen=True)
class Composed:
    """A letter in words; None when no line could be. ``broken`` says why, by notice."""

    words: Words | None
    broken: Mapping[int, str] = field(default_factory=dict)


def compose(letter: Letter, base: str, now: datetime) -> Composed:
    """Put a letter in words. ``base`` is the address of the service, without a slash at the end.

    A line whose template is broken is left out and named in ``broken``; the others go.
    """
    items, broken = [], {}
    for line in letter.lines:
        try:
            items.append(_item(letter, line, base))
        except Exception as error:  # whatever is wrong with a template delays its own notice only
            broken[line.notice_id] = f"{type(error).__name__}: {error}"
    if not items:
        return Composed(None, broken)
    return Composed(_words(letter, items, base, now), broken)


def _words(letter: Letter, items: Sequence[Item], base: str, now: datetime) -> Words:
    language, made = letter.language, environment.of_layouts(letter.language)
    groups = list(_grouped(items, language))
    items = [item for group in groups for item in group.items]
    calendar = calendar_file.of_lines([item.line for item in items], language, base, now)
    late = sum(item.group == "late" for item in items)
    subject = made.get_template("subject.txt").render(items=items, late=late)
    subject = wording.shortened(subject, LONGEST_SUBJECT)
    given = {
        "letter": letter,
        "alone": len(items) == 1,
        "items": items,
        "groups": groups,
        "subject": subject,
        "preview": _preview(items),
        "base": base,
        "language": language,
        "has_calendar": calendar is not None,
        "footer": _footer(letter),
    }
    return Words(
        address=letter.address,
        subject=subject,
        text=_spaced(made.get_template("layout.txt").render(given)),
        html=made.get_template("layout.html").render(given),
        calendar=calendar,
        reply_to=_reply_to(letter),
    )


def _item(letter: Letter, line: Line, base: str) -> Item:
    made = environment.of_notices(letter.language)
    told = made.get_template(f"{line.template}.txt").render(line=line, today=letter.today, alone=len(letter.lines) == 1)
    headline, *paragraphs = [wording.one_line(part) for part in re.split(r"\n\s*\n", told.strip())]
    if not headline:
        raise ValueError(f"{line.template}.txt says nothing")
    return Item(
        line=line,
        group=_group(line, letter.today),
        headline=headline,
        paragraphs=paragraphs,
        link=base + addresses.of_line(line),
        link_title=wording.tell(_LINKS[_linked(line)], letter.language),
        answer_link=base + addresses.of_notice(line.notice_id),
        answer_title=wording.tell(_answer(line), letter.language),
    )


def _linked(line: Line) -> str:
    if line.task_id is not None:
        return "task"
    return line.name.subject if line.name is not None else "notice"


def _answer(line: Line) -> Message | None:
    if line.kind not in (Kind.REMINDER, Kind.ESCALATION) or _linked(line) == "notice":
        return None
    return say("Bekräfta eller skjut upp") if line.due_date_id is not None else say("Bekräfta att du har sett det")


def _group(line: Line, today: date) -> str:
    if line.due_on is None or line.template in OWN_TEMPLATES:
        return "news"
    if line.due_on < today:
        return "late" if line.due_date_id is not None else "news"
    return "today" if line.due_on == today else "coming"


def _grouped(items: Iterable[Item], language: str) -> Iterable[Group]:
    """The items in the order in which they press: late first, each part by day."""
    ordered = sorted(items, key=lambda item: (item.line.due_on or date.max, item.line.notice_id))
    for name, title in _GROUPS.items():
        found = [item for item in ordered if item.group == name]
        if found:
            yield Group(wording.tell(title, language), name == "late", found)


def _preview(items: Sequence[Item]) -> str:
    """What lists of mails show beside the subject."""
    told = items[0].paragraphs if len(items) == 1 else [item.headline for item in items[:3]]
    return wording.shortened(" · ".join(told), LONGEST_SUBJECT)


def _footer(letter: Letter) -> dict[str, str]:
    if letter.collected_on is not None:
        why = say(
            "Mejlet samlar det som rör dig, en roll som du har eller någon som du ersätter. Det går på arbetsdagar."
        )
    else:
        why = say("Mejlet kommer till dig för att det rör dig, en roll som du har eller någon som du ersätter.")
    asked = letter.reply_to[0] if letter.reply_to else None
    reply = (
        say("Ett svar på mejlet går till {person}. Skriv aldrig patientuppgifter i ett svar.", person=asked)
        if asked
        else say("Skriv aldrig patientuppgifter i ett svar.")
    )
    told = {"why": why, "how": say("På din profil väljer du hur påminnelser ska komma."), "reply": reply}
    return {key: wording.one_line(wording.tell(message, letter.language)) for key, message in told.items()}


def _spaced(text: str) -> str:
    """The text with at most one empty line between paragraphs, and no spaces at the ends of lines."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"


def _reply_to(letter: Letter) -> str | None:
    """Somebody to ask; nobody, when the address is one that a header cannot hold."""
    if letter.reply_to is None or not letter.reply_to[1].isascii():
        return None
    return formataddr(letter.reply_to)


def message(words: Words, *, message_id: str, sender: str, host: str, now: datetime) -> EmailMessage:
    """The mail as it is sent: text, HTML and, where there is a day, a calendar file."""
    mail = EmailMessage(policy=_POLICY)
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
