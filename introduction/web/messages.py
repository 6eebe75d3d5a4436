"""Meddelanden: what I have been told, and what I answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.messages import say
from introduction.services import notices, sent
from introduction.services.desk import Desk
from introduction.web import once
from introduction.web.database import reading
from introduction.web.forms.builder import Asked, Choices, ask
from introduction.web.forms.fields import DatePartsField
from introduction.web.pagination import PAGE, Pages
from introduction.web.permission import signed_in
from introduction.web.words import short_day

blueprint = Blueprint("messages", __name__)
Page = str | Response | tuple[str, int]


@blueprint.get("/messages")
@signed_in
def listing() -> str:
    """What I was told: what waits for an answer when anything does, else everything."""
    desk = reading()
    waiting, everything = sent.count(desk, sent.mine(desk, awaiting=True)), sent.count(desk, sent.mine(desk))
    asked = request.args.get("show", "")
    show = asked if asked in ("unanswered", "all") else "unanswered" if waiting else "all"
    total = waiting if show == "unanswered" else everything
    pages = Pages.of(total, request.args)
    wanted = sent.mine(desk, awaiting=show == "unanswered")
    return render_template(
        "messages/listing.html",
        rows=sent.told(desk, wanted, limit=PAGE, offset=pages.offset),
        show=show,
        waiting=waiting,
        everything=everything,
        page=pages,
        today=desk.today,
    )


@blueprint.get("/messages/<int(max=999999999):notice_id>")
@signed_in
def show(notice_id: int) -> Page:
    """One message, with what it says, what became of it and what can be answered."""
    return _page(notice_id, _form())


@blueprint.post("/messages/<int(max=999999999):notice_id>/acknowledge")
@signed_in
def acknowledge(notice_id: int) -> Page:
    """Say that one has seen it."""

    def change(acting: Desk) -> str:
        notices.acknowledge(acting, notice_id)
        flash(gettext("Meddelandet är bekräftat."))
        return url_for("messages.show", notice_id=notice_id)

    return once.act_once(change)


@blueprint.post("/messages/<int(max=999999999):notice_id>/snooze")
@signed_in
def snooze(notice_id: int) -> Page:
    """Ask to be reminded again on a day."""
    asked = _form()
    if not asked.form.validate():
        return _page(notice_id, asked)

    def change(acting: Desk) -> str:
        to = asked.form["to"].data
        if to is None:
            raise InvalidInput(("to", say("Skriv vilken dag du vill bli påmind")))
        notice = notices.snooze(acting, notice_id, to)
        assert notice.snoozed_to is not None, "it has just been put off"
        flash(gettext("Du påminns igen %(day)s.", day=short_day(notice.snoozed_to)))
        return url_for("messages.show", notice_id=notice_id)

    def told(refusal: Refused) -> Page:
        return _page(notice_id, asked, reasons=asked.form.take_problems(refusal))

    return once.act_or_tell(change, told)


def _form() -> Asked:
    day = DatePartsField(
        gettext("Påminn mig igen den"), description=gettext("Är det en ledig dag kommer påminnelsen nästa arbetsdag.")
    )
    asked = ask((), Choices(), {"to": day})
    asked.form["to"].flags.required = True
    return asked


def _page(notice_id: int, asked: Asked, **more: Any) -> Page:
    desk = reading()
    found = sent.notice_page(desk, notice_id)
    shown = render_template(
        "messages/show.html",
        told=found.told,
        others=found.others,
        may_snooze=found.may_snooze,
        form=asked.form,
        request_key=request.form.get(once.FIELD) or once.new_key(),
        acknowledge_key=once.new_key(),
        example_band=found.told.line.name is not None and found.told.line.name.example,
        today=desk.today,
        **more,
    )
    return (shown, 422) if request.method == "POST" else shown
