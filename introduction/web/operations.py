"""Drift: is the work of the clock being done? And mails that failed, sent again."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, current_app, flash, render_template, url_for
from flask_babel import gettext, ngettext

from introduction.domain.roles import Right
from introduction.services import failures, outbox, workers
from introduction.services.desk import Desk
from introduction.services.workers import Status, Trouble
from introduction.settings import Settings
from introduction.web import once
from introduction.web.database import reading
from introduction.web.permission import needs
from introduction.web.words import NBSP, clock_time, reasons_of, short_day

blueprint = Blueprint("operations", __name__)
_MOST = 100


@blueprint.get("/operations")
@needs(Right.OPERATE)
def show() -> str:
    """How the clock's work stands, and what went wrong in the person's own regions."""
    return _page()


@blueprint.post("/operations/mails/<int(max=999999999):mail_id>/again")
@needs(Right.OPERATE)
def again(mail_id: int) -> once.Page:
    """Try a mail once more."""

    def change(acting: Desk) -> str:
        outbox.send_again(acting, mail_id)
        flash(gettext("Mejlet skickas igen så snart en arbetsprocess hinner."))
        return url_for("operations.show", _anchor="mails")

    return once.act_or_tell(change, lambda refusal: (_page(reasons=reasons_of(refusal)), 422))


def _page(reasons: list[str] | None = None) -> str:
    desk = reading()
    status = workers.status(desk)
    settings: Settings = current_app.extensions["settings"]
    return render_template(
        "operations/show.html",
        status=status,
        verdict=verdict(status, stopped=settings.mail == "stop"),
        failures=failures.failures(desk, _MOST),
        shown_days=failures.SHOWN.days,
        queues=(
            (gettext("Påminnelser och steg som ska tas"), status.reminders),
            (gettext("Meddelanden som ska bli mejl"), status.notices),
            (gettext("Mejl"), status.mails),
        ),
        lateness=(
            (gettext("Påminnelser"), status.reminder_lateness),
            (gettext("Mejl"), status.mail_lateness),
        ),
        late_after=workers.LATE_AFTER,
        mail=settings,
        mail_states=mail_states(),
        span=span,
        new_key=once.new_key,
        reasons=reasons or [],
    )


# ------------------------------------------------------------------------------------- words


def verdict(status: Status, *, stopped: bool) -> str:
    """One sentence: is everything done that should be? The worst trouble says it."""
    match next(iter(status.troubles), None):
        case Trouble.SILENT:
            if status.last_tick is None:
                return gettext("Ingen arbetsprocess har gett livstecken än.")
            return gettext("Ingen arbetsprocess har gett livstecken sedan %(when)s.", when=_when(status.last_tick))
        case Trouble.FAILED:
            failed = status.settled["failed"]
            return ngettext(
                "Ett mejl har inte gått att skicka det senaste dygnet.",
                "%(num)d mejl har inte gått att skicka det senaste dygnet.",
                failed,
            )
    if status.mails.oldest is not None:
        return ngettext(
            "Ett mejl väntar, sedan %(when)s.",
            "%(num)d mejl väntar, det äldsta sedan %(when)s.",
            status.mails.number,
            when=_when(status.mails.oldest),
        )
    oldest = min((q.oldest for q in (status.reminders, status.notices) if q.oldest is not None), default=None)
    if oldest is not None:
        number = status.reminders.number + status.notices.number
        return ngettext(
            "En påminnelse väntar, sedan %(when)s.",
            "%(num)d påminnelser väntar, den äldsta sedan %(when)s.",
            number,
            when=_when(oldest),
        )
    if stopped:
        return gettext("Allt är gjort, men inga mejl skickas härifrån.")
    return gettext("Allt som skulle ha skickats är skickat.")


def _when(moment: datetime) -> str:
    return f"{short_day(moment)}, {clock_time(moment)}"


def mail_states() -> dict[str, str]:
    """What became of mails, in words."""
    return {
        "sent": gettext("Skickade"),
        "stopped": gettext("Stoppade: inga mejl skickas, eller mottagaren är påhittad"),
        "dropped": gettext("Inte längre aktuella"),
        "failed": gettext("Kunde inte skickas"),
    }


def span(length: timedelta | None) -> str:
    """A length of time in words: ``12 sekunder``, ``4 minuter``, ``3 timmar``, ``5 dagar``."""
    if length is None:
        return ""
    seconds = round(length.total_seconds())
    if seconds < 120:
        told = ngettext("%(num)d sekund", "%(num)d sekunder", seconds)
    elif seconds < 7200:
        told = ngettext("%(num)d minut", "%(num)d minuter", round(seconds / 60))
    elif seconds < 172_800:
        told = ngettext("%(num)d timme", "%(num)d timmar", round(seconds / 3600))
    else:
        told = ngettext("%(num)d dag", "%(num)d dagar", round(seconds / 86_400))
    return told.replace(" ", NBSP)
