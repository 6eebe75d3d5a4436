"""Puts an application into words: where it is, its pages, and what others grew out of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from flask import Flask
from flask_babel import gettext

from introduction.domain.applications import SAVING_STATES
from introduction.domain.calendar import local_date
from introduction.domain.fields import outcome_title
from introduction.domain.messages import Message, Month, say
from introduction.services.application_files import ApplicationFile, Linked
from introduction.services.application_timeline import Step, Timeline
from introduction.store.application_listing import ApplicationRow, Settled
from introduction.web.claim_words import period
from introduction.web.words import capital, kronor, plain_day, short_day, tell

LINKS: dict[str, tuple[Message, Message]] = {
    "renewed_from": (say("Ny ansökan efter"), say("Sökt igen i")),
    "reconsidered_from": (say("Begär omprövning av"), say("Omprövning begärd i")),
}


def lead(file: ApplicationFile, line: Timeline) -> str:
    """The answer under the title: where it is, since when, and when the answer comes."""
    if file.subject.instance.closed_on is not None:
        return _settled(file)
    stage = file.subject.definition.stage_named(file.subject.instance.stage)
    since = gettext("%(stage)s sedan %(day)s.", stage=tell(stage.title), day=short_day(line.since))
    if not stage.fixed:
        if line.to_fix is not None:
            return gettext("%(since)s Rätta det som är påpekat och lämna in igen.", since=since)
        return gettext("%(since)s Ansökan är inte inlämnad.", since=since)
    return " ".join(part for part in (since, _answer(line)) if part)


def _answer(line: Timeline) -> str:
    if line.answer_by is None:
        return gettext("Ingen dag är satt för svaret.")
    day = short_day(line.answer_by)
    if not line.late:
        return gettext("Svar väntas senast %(day)s.", day=day)
    if line.delay_reason:
        return gettext("Svaret skulle ha kommit %(day)s. Varför det dröjer står nedan.", day=day)
    return gettext("Svaret skulle ha kommit %(day)s. Ingen har skrivit varför det dröjer.", day=day)


def _settled(file: ApplicationFile) -> str:
    last, closed = file.last_decision, file.subject.instance.closed_on
    if last is None or closed is None:
        return gettext("Återkallad %(day)s.", day=short_day(closed) if closed else "")
    if last.outcome == "refused":
        return gettext("Avslagen %(day)s. Sökt: %(need)s.", day=short_day(last.decided_on), need=_need(file))
    granted = kronor(last.granted_ore)
    if last.outcome == "granted_in_part":
        return gettext(
            "Beviljad till en del %(day)s: upp till %(granted)s av sökta %(need)s.",
            day=short_day(last.decided_on), granted=granted, need=_need(file),
        )  # fmt: skip
    return gettext("Beviljad %(day)s: upp till %(granted)s.", day=short_day(last.decided_on), granted=granted)


def how_to_claim(file: ApplicationFile) -> str:
    """What the clinic does with what it was granted: claims costs as they arise, of which days, how much, by when."""
    granted, decision = file.granted, file.last_decision
    assert granted is not None and decision is not None, "something is granted"
    if granted.grant.settled_on is not None:
        return gettext("Beloppet slutavräknades %(day)s.", day=plain_day(granted.grant.settled_on))
    return claiming(granted.first_day, granted.last_day, decision.granted_ore or 0, granted.until)


def claiming(first: date, last: date, ore: int, until: date) -> str:
    """How granted money is claimed: of which days, how many öre, and by when."""
    return gettext(
        "Rekvirera merkostnaden i efterhand, när den har uppstått. Pengarna gäller kostnader %(period)s, upp till "
        "%(amount)s, och rekvireras senast %(until)s.",
        period=period(first, last), amount=kronor(ore), until=plain_day(until),
    )  # fmt: skip


def _need(file: ApplicationFile) -> str:
    return kronor(file.application.need_ore)


def step_title(step: Step) -> str:
    """What a step is called; the answer itself where nobody knows it yet."""
    return tell(step.title) if step.title is not None else gettext("Svar till verksamheten")


def step_when(step: Step) -> str:
    """When a step was, or by when it should be done."""
    if step.state == "done" and step.first is not None:
        first, last = short_day(step.first), short_day(step.last or step.first)
        return first if first == last else f"{first} – {last}"
    if step.state == "now" and step.first is not None:
        since = gettext("Sedan %(day)s", day=short_day(step.first))
        return f"{since}, {by(step.due)}" if step.due else since
    return capital(by(step.due)) if step.due else gettext("Ingen dag är satt")


def by(day: date) -> str:
    """``senast tisdag 30 mars``."""
    return gettext("senast %(day)s", day=short_day(day))


def touched(line: Timeline) -> str:
    """Who touched it last, and when."""
    day = short_day(line.touched_at)
    return gettext("%(day)s av %(who)s", day=day, who=line.touched_by) if line.touched_by else day


def link_title(link: Linked) -> str:
    """How two applications hang together, said from this one."""
    outgoing, incoming = LINKS[link.kind]
    return tell(outgoing if link.outgoing else incoming)


def month_title(month: str) -> str:
    """``mars 2027`` for "2027-03"."""
    return tell(Month.of(month))


def months_between(first: date | None, last: date | None) -> list[tuple[str, str]]:
    """The months of a period with their words, at most two years; none while the period is not known."""
    if first is None or last is None or last < first:
        return []
    count = min((last.year - first.year) * 12 + last.month - first.month + 1, 24)
    start = first.year * 12 + first.month - 1
    months = [f"{at // 12}-{at % 12 + 1:02d}" for at in range(start, start + count)]
    return [(month, capital(month_title(month))) for month in months]


def saving_state(state: str) -> str:
    """How far a saving has come."""
    return tell(SAVING_STATES[state])


def outcome_of(row: ApplicationRow, settled: Mapping[int, Settled]) -> str:
    """How an application was settled, in a list."""
    found = settled.get(row.id)
    if found is None:
        return gettext("återkallad %(day)s", day=plain_day(row.closed_on)) if row.closed_on else ""
    title = tell(outcome_title(found.outcome))
    return f"{title} {plain_day(found.decided_on)}"


def day_of(moment: datetime) -> date:
    """The day of a moment in Sweden."""
    return local_date(moment)


def set_up(app: Flask) -> None:
    """Give the templates the words of applications."""
    app.jinja_env.filters.update(month_title=month_title, saving_state=saving_state)
