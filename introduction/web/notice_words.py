"""Puts notices in words: what was told, how its mail went, and what the person answered."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, g
from flask_babel import gettext
from markupsafe import Markup

from introduction.domain.calendar import STOCKHOLM
from introduction.domain.fields import outcome_title
from introduction.domain.notices import KINDS, TEMPLATES, Kind
from introduction.services.letters import Line
from introduction.services.sent import Coming, Told
from introduction.store.mail import Mail
from introduction.store.notice_listing import ANSWERED
from introduction.web.words import NBSP, capital, clock_time, role_title, short_day, tell


def at_time(value: datetime) -> str:
    """``måndag 23 november kl. 07.00``."""
    day = short_day(value.astimezone(STOCKHOLM).date())
    return gettext("%(day)s kl. %(time)s", day=day, time=clock_time(value)).replace(". ", f".{NBSP}")


def headline(line: Line) -> str:
    """What a notice says, in one line."""
    title = tell(line.title)
    match line.template:
        case "escalation":
            return gettext("Försenat: %(title)s", title=title)
        case "unanswered":
            return gettext("Ingen har bekräftat: %(title)s", title=title)
        case "assigned":
            return gettext("Ny uppgift: %(title)s", title=title) if title else gettext("Att hålla ihop ärendet")
        case "decided":
            return gettext("Beslut: %(outcome)s", outcome=tell(outcome_title(line.outcome))) if line.outcome else title
        case "refused":
            return gettext("Kunde inte göras av sig självt: %(title)s", title=title)
        case "unreachable":
            return gettext("%(person)s kunde inte nås: %(title)s", person=line.person or "", title=title)
        case "analysis":
            return "; ".join(tell(reason) for reason in line.reasons)
        case "outside":
            return gettext("Utfallet ligger utanför prognosens spann")
        case "undelivered":
            return gettext("Ett mejl till %(person)s kom inte fram", person=line.person or "")
    return title or capital(tell(TEMPLATES.get(line.template, line.template)))


def about(line: Line) -> Markup:
    """What it is about: medicine, indication, number and unit; of what belongs to no case, the person and unit."""
    parts: list[str | None] = []
    if line.name is not None:
        number = Markup('<span class="app-nowrap">{}</span>').format(line.name.number)
        parts = [line.name.medicine, line.name.indication, number]
    elif line.template != "undelivered":
        parts = [line.person, role_title(line.role) if line.role else None]
    return Markup(", ").join(part for part in (*parts, line.unit) if part)


def kind(value: Kind | str) -> str:
    """What kind of notice it is."""
    return capital(tell(KINDS[Kind(value)]))


def delivery(told: Told) -> str:
    """How the mail of a notice went."""
    notice = told.notice
    if notice.state == "dropped":
        return _dropped(notice.problem)
    if told.mail is not None:
        return mail_state(told.mail)
    if notice.problem:
        return gettext("Gick inte att skriva. Nytt försök %(time)s", time=at_time(notice.send_at))
    if notice.collected and notice.send_at < g.now:
        return gettext("Kommer i nästa samlade mejl")
    if notice.collected:
        return gettext("Kommer i det samlade mejlet %(time)s", time=at_time(notice.send_at))
    return gettext("Väntar på att mejlas")


def _dropped(problem: str | None) -> str:
    match problem:
        case "done":
            return gettext("Inte mejlat: det blev klart innan")
        case "moved":
            return gettext("Inte mejlat: dagen flyttades innan")
        case "past":
            return gettext("Inte mejlat: det hör till tiden innan tjänsten mejlade")
    return gettext("Inte mejlat: %(problem)s", problem=problem) if problem else gettext("Inte mejlat")


def delivery_detail(told: Told) -> str:
    """How it went wrong, where a word has said that it did."""
    mail = told.mail
    return server_said(mail.answer) if mail is not None and mail.state == "failed" else delivery(told)


def mail_state(mail: Mail) -> str:
    """How a mail went, in plain words with the server's own where it said no."""
    settled = at_time(mail.settled_at) if mail.settled_at else ""
    match mail.state:
        case "sent":
            return gettext("Mejlat %(time)s", time=settled)
        case "stopped":
            return _stopped(mail)
        case "failed":
            return gettext("Mejlet kom inte fram: %(answer)s", answer=server_said(mail.answer))
        case "retry":
            answer = server_said(mail.answer)
            return gettext("Nytt försök %(time)s. Senast: %(answer)s", time=at_time(mail.due_at), answer=answer)
        case "dropped":
            return gettext("Inte mejlat: inget i det gällde längre")
        case "sending":
            return gettext("Mejlas just nu")
    return gettext("Väntar på att mejlas")


def _stopped(mail: Mail) -> str:
    if mail.answer == "an invented person":
        return gettext("Stoppat: personen är påhittad och har ingen brevlåda")
    return gettext("Stoppat: mejl är avstängt här")


def server_said(answer: str | None) -> str:
    """The mail server's answer as it came; what the program itself says, in words."""
    if answer == "the account has ended":
        return gettext("kontot är avslutat")
    return answer or gettext("inget svar från mejlservern")


def undelivered(told: Told) -> str:
    """In a word, what went wrong with the mail of a notice; nothing when nothing has."""
    if told.mail is None or told.notice.state == "dropped":
        return ""
    return {"failed": gettext("Kom inte fram"), "retry": gettext("Inte framme än")}.get(told.mail.state, "")


def answer(told: Told) -> tuple[str, str]:
    """What came back, as the kind of a state and its word."""
    notice = told.notice
    if notice.snoozed_to is not None:
        return "open", gettext("Uppskjuten")
    if notice.acknowledged_at is not None:
        return "done", gettext("Bekräftad")
    if told.awaits:
        return "soon", gettext("Inte besvarad")
    if notice.kind in ANSWERED:
        return "", gettext("Inget svar kom")
    return "", ""


def unless(line: Coming) -> str:
    """Why nothing is sent as things stand; nothing when it is."""
    match line.unless:
        case None:
            return ""
        case "acknowledged":
            return gettext("Skickas inte: en påminnelse är redan bekräftad")
        case "nobody":
            return gettext("Ingen kan nås")
        case "closed":
            return gettext("Skickas inte: ärendet är avslutat")
        case "done":
            return gettext("Skickas inte: det är redan klart")
    return gettext("Skickas inte: dagen har flyttats")


def problem(line: Coming) -> str:
    """Why the clock could not do something."""
    told = line.timer.problem
    return gettext("Ingen kunde nås") if told == "nobody" else told or gettext("okänt skäl")


def set_up(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters.update(
        at_time=at_time,
        notice_headline=headline,
        notice_about=about,
        notice_kind=kind,
        notice_answer=answer,
        delivery=delivery,
        undelivered=undelivered,
        delivery_detail=delivery_detail,
        mail_state=mail_state,
        server_said=server_said,
        timer_unless=unless,
        timer_problem=problem,
    )
