"""Turns values into words on a page, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from babel.dates import format_date
from flask import Flask, g
from flask_babel import get_locale, gettext, ngettext
from markupsafe import Markup, escape

from introduction.domain import partial
from introduction.domain.calendar import STOCKHOLM, local_date, working_days_between
from introduction.domain.errors import Refused
from introduction.domain.facts import is_empty
from introduction.domain.fields import CASE_FIELDS, LEVELS, RECOMMENDATION_FIELDS, Field, Kind, outcome_title
from introduction.domain.messages import Message, Month, say
from introduction.domain.outcome import text_of_quantity
from introduction.domain.process.definition import Phase, Stage
from introduction.domain.process.situation import ANCHORS
from introduction.domain.process.timing import Text
from introduction.domain.roles import ROLE_TITLES, Role
from introduction.domain.subjects import SUBJECTS
from introduction.services.files import LinkLine
from introduction.services.overview import Holder
from introduction.services.past import PhaseLine
from introduction.store.instance import Instance
from introduction.web.database import catalogue

NBSP = "\u00a0"
Names = Mapping[str, Mapping[int, str]]
PHASES: dict[Phase, Message] = {
    Phase.NATIONAL_RECOMMENDATION: say("Nationell rekommendation"),
    Phase.REGIONAL_DECISION: say("Regionalt beslut"),
    Phase.INTRODUCTION_FINANCING: say("Introduktionsfinansiering"),
    Phase.FOLLOW_UP: say("Uppföljning"),
    Phase.HANDOVER: say("Överlämning"),
}

PHASE_ABOUT: dict[Phase, Message] = {
    Phase.NATIONAL_RECOMMENDATION: say("Förlopp vid sidan av. Hindrar ingen nominering."),
    Phase.REGIONAL_DECISION: say("Nominering, rangordning, beslut."),
    Phase.INTRODUCTION_FINANCING: say("Från beslutet till att införandet börjar."),
    Phase.FOLLOW_UP: say("Den tid då regionen betalar."),
    Phase.HANDOVER: say("Verksamheterna tar över kostnaden."),
}
LINKS: dict[str, tuple[Message, Message]] = {
    "renominated_from": (say("Nominerad på nytt efter"), say("Nominerad på nytt som")),
    "widened_from": (say("Vidgad indikation från"), say("Vidgad indikation i")),
    "related": (say("Hör ihop med"), say("Hör ihop med")),
}


def language() -> str:
    """``sv`` or ``en``."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "sv"


def tell(value: object) -> str:
    """A message, a two-language text or a plain value in the reader's language."""
    if isinstance(value, Message):
        return value.render(gettext, tell)
    if isinstance(value, Text):
        return value.in_language(language())
    if isinstance(value, date):
        return short_day(value)
    if isinstance(value, Month):
        return month_name(value.first)
    return "" if value is None else str(value)


def sentences(messages: Iterable[Message]) -> str:
    """Messages that end without a full stop, as sentences after each other."""
    return " ".join(f"{tell(message)}." for message in messages)


def reasons_of(refusal: Refused) -> list[str]:
    """Why the rules say no, in words."""
    return [tell(reason) for reason in refusal.reasons]


def capital(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def long_day(value: date | datetime) -> str:
    """``måndag 23 november 2026``."""
    pattern = "EEEE d MMMM y"
    return format_date(_day(value), pattern, locale=language())


def short_day(value: date | datetime) -> str:
    """``måndag 23 november``; with the year when it is another than this one."""
    day = _day(value)
    pattern = "EEEE d MMMM" if day.year == local_date(g.now).year else "EEEE d MMMM y"
    return format_date(day, pattern, locale=language())


def plain_day(value: date | datetime) -> str:
    """``23 november 2026``."""
    return format_date(_day(value), "d MMMM y", locale=language())


def month_name(value: date) -> str:
    """``november 2026``."""
    return format_date(value, "MMMM y", locale=language())


def partial_day(value: str | None) -> str:
    """A date as exactly as it is known: ``2019``, ``juli 2019`` or the whole day."""
    if not value:
        return gettext("datum okänt")
    first = partial.first_day(value)
    if partial.precision(value) == "year":
        return str(first.year)
    if partial.precision(value) == "month":
        return month_name(first)
    return short_day(first)


def clock_time(value: datetime) -> str:
    """``09.14`` in Sweden."""
    return value.astimezone(STOCKHOLM).strftime("%H.%M" if language() == "sv" else "%H:%M")


def _day(value: date | datetime) -> date:
    return local_date(value) if isinstance(value, datetime) else value


def time_tag(value: date, *, style: str = "short", first: bool = True) -> Markup:
    """A ``<time>`` element with the day in words."""
    words = {"short": short_day, "long": long_day, "plain": plain_day}[style](value)
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), capital(words) if first else words)


def kronor(ore: int | None) -> str:
    """``3 100 000 kr``, with öre only when there are any; nothing for an unknown amount."""
    if ore is None:
        return ""
    whole, rest = divmod(abs(ore), 100)
    separator = NBSP if language() == "sv" else ","
    digits = f"{whole:,}".replace(",", separator)
    decimals = "" if not rest else f"{',' if language() == 'sv' else '.'}{rest:02d}"
    sign = "\u2212" if ore < 0 else ""
    return f"{sign}{digits}{decimals}{NBSP}kr"


def in_days(day: date, today: date) -> str:
    """``I dag``, ``Om 4 dagar``, ``6 dagar sen``."""
    distance = (day - today).days
    if distance == 0:
        return gettext("I dag")
    if distance > 0:
        return ngettext("Om %(num)d dag", "Om %(num)d dagar", distance)
    return ngettext("%(num)d dag sen", "%(num)d dagar sen", -distance)


def state_of(day: date | None, today: date, *, done: bool = False) -> str:
    """``late``, ``soon`` (within five working days), ``open`` or ``done``."""
    if done:
        return "done"
    if day is None:
        return "open"
    if day < today:
        return "late"
    return "soon" if working_days_between(today, day) <= 5 else "open"


def role_title(role: Role | str | None, region: str | None = None) -> str:
    """What a role is called in a region."""
    if role is None:
        return ""
    known = Role(role)
    local = catalogue().regions.get(region or "")
    if local is not None and known in local.role_titles:
        return tell(local.role_titles[known])
    return tell(ROLE_TITLES[known])


def holder(who: Holder) -> str:
    """Who has something, by name or by role."""
    return who.name or capital(role_title(who.role, who.region))


def fact_value(field: Field, value: Any, names: Names | None = None) -> str | Markup:
    """A fact in words. ``names`` gives names for units and people: ``{"unit": {1: "…"}, "person": {…}}``."""
    if is_empty(value):
        return gettext("inte angivet")
    match field.kind:
        case Kind.YES_NO:
            return gettext("ja") if value else gettext("nej")
        case Kind.CHOICE:
            return tell(field.choice_title(str(value)))
        case Kind.CHOICES:
            return ", ".join(tell(field.choice_title(part)) for part in value)
        case Kind.MONEY:
            return kronor(value)
        case Kind.DATE:
            return partial_day(value) if isinstance(value, str) else short_day(value)
        case Kind.UNITS | Kind.UNIT | Kind.PERSON:
            return _named(field, value, names or {})
        case Kind.LONG_TEXT:
            return lines(str(value))
        case Kind.QUANTITY | Kind.QUANTITIES | Kind.COUNTS | Kind.MONTHS:
            return _numbers(field, value)
    return str(value)


def _numbers(field: Field, value: Any) -> str:
    match field.kind:
        case Kind.QUANTITY:
            return text_of_quantity(value)
        case Kind.QUANTITIES:
            return ", ".join(text_of_quantity(milli) for milli in value.values())
        case Kind.MONTHS:
            whole = kronor(sum(value.values()))
            return ngettext("%(whole)s på en månad", "%(whole)s på %(num)d månader", len(value), whole=whole)
    return ", ".join(f"{tell(field.choice_title(key))} {number}" for key, number in value.items())


def _named(field: Field, value: Any, names: Names) -> str:
    known = names.get("person" if field.kind is Kind.PERSON else "unit", {})
    return ", ".join(known.get(key, str(key)) for key in (value if field.kind is Kind.UNITS else [value]))


def tkr(ore: int) -> str:
    """An amount in thousands of kronor without unit: ``3 100``."""
    thousands = round(abs(ore) / 100_000)
    sign = "\u2212" if ore < 0 and thousands else ""
    return sign + f"{thousands:,}".replace(",", NBSP if language() == "sv" else ",")


def lines(text: str) -> Markup:
    """Text with its line breaks."""
    return Markup("<br>").join(escape(line) for line in text.split("\n"))


def region_title(region: str) -> str:
    """A region's name, from the folder that its processes lie in."""
    known = catalogue().regions.get(region)
    return tell(known.name) if known else region


def who_list(roles: Sequence[Role], region: str) -> str:
    """The roles that may do something, under their local names."""
    titles = [role_title(role, region) for role in roles]
    if len(titles) < 2:
        return "".join(titles)
    return gettext("%(some)s eller %(last)s", some=", ".join(titles[:-1]), last=titles[-1])


def phase_title(phase: str) -> str:
    """A phase in words."""
    return tell(PHASES[Phase(phase)])


def phase_lines(phases: Sequence[PhaseLine], stage: Stage, instance: Instance) -> list[dict[str, Any]]:
    """The phase line as the macro draws it."""
    drawn = []
    for line in phases:
        when = ""
        if line.state == "now":
            since = plain_day(line.first) if line.first else gettext("okänd dag")
            when = gettext("Pågår sedan %(since)s: %(stage)s", since=since, stage=tell(stage.title))
        elif line.first and line.last and line.state == "done":
            first, last = plain_day(line.first), plain_day(line.last)
            when = first if first == last else f"{first} – {last}"
        elif line.state == "done" and instance.closed_on and line.first:
            when = plain_day(line.first)
        drawn.append({"name": tell(PHASES[line.phase]), "when": when, "state": line.state, "steps": line.steps})
    return drawn


def known_facts(facts: Mapping[str, Any]) -> list[tuple[Field, Any]]:
    """The facts that are known, in the order of the catalogue, for a case or a recommendation."""
    every = {**RECOMMENDATION_FIELDS, **CASE_FIELDS}
    return [(every[key], value) for key, value in facts.items() if not is_empty(value)]


def link_title(link: LinkLine) -> str:
    """How two cases hang together, said from this one."""
    outgoing, incoming = LINKS[link.kind]
    return tell(outgoing if link.outgoing else incoming)


def set_up(app: Flask) -> None:
    """Give the templates their words."""
    app.jinja_env.filters.update(
        tkr=tkr,
        lines=lines,
        region_title=region_title,
        who_list=who_list,
        phase_title=phase_title,
        phase_number=lambda phase: Phase(phase).number,
        phase_about=lambda phase: tell(PHASE_ABOUT[Phase(phase)]),
        phase_lines=phase_lines,
        known_facts=known_facts,
        link_title=link_title,
        anchor_title=lambda anchor: tell(ANCHORS[anchor]),
        subject_title=lambda subject: tell(SUBJECTS[subject].title),
        outcome_title=lambda outcome: tell(outcome_title(outcome)),
        level_title=lambda level: tell(LEVELS[level]),
        groupby_first=lambda pairs: [
            (key, [b for _a, b in group]) for key, group in groupby(pairs, key=lambda p: p[0])
        ],
        tell=tell,
        sentences=sentences,
        capital=capital,
        long_day=long_day,
        short_day=short_day,
        plain_day=plain_day,
        partial_day=partial_day,
        clock_time=clock_time,
        time_tag=time_tag,
        kronor=kronor,
        role_title=role_title,
        holder=holder,
    )
    app.jinja_env.globals.update(in_days=in_days, state_of=state_of, phase_titles=PHASES, fact_value=fact_value)
