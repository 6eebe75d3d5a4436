"""Forms that change an instance, whatever its subject: drawn, posted once, drawn again with the reasons if refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from introduction.domain.errors import Conflict, NotFound, Refused
from introduction.domain.messages import Message
from introduction.services import steps
from introduction.services.desk import Desk
from introduction.services.files import InstanceFile, Offer
from introduction.web import asking, conflicts, once
from introduction.web.database import reading
from introduction.web.forms.builder import Asked
from introduction.web.words import tell

Page = str | Response | tuple[str, int]
#: What a form carries of a value that was doubted on the page before.
SURE = "sure"


@dataclass(frozen=True)
class Noun:
    """A subject's pages: how its file is read by public number, and the endpoint of its page."""

    read: Callable[[Desk, str], InstanceFile]
    home: str

    def address(self, number: str, anchor: str | None = None) -> str:
        """The address of an instance's page."""
        return url_for(self.home, number=number, _anchor=anchor)


@dataclass(frozen=True)
class Doubt:
    """What whoever posts a form should look at once more: at which field, why, and the value that is doubted."""

    field: str
    why: Message
    value: str


def take(
    noun: Noun, number: str, action_id: str, doubts: Callable[[InstanceFile, Asked], Doubt | None] | None = None
) -> Page:
    """An action's form; posted, the action is taken. What is in doubt is told first, and taken when it comes again."""
    desk = reading()
    file = noun.read(desk, number)
    offer = _offer(file, action_id)
    if offer is None:
        if request.method == "POST":  # a stale page, unless it is this very form that made the instance leave the stage
            return once.answered() or conflicts.page(desk, file, once.posted_revision() or 0, noun.address(number))
        if not _elsewhere(file, action_id):
            raise NotFound(f"action {action_id} in {number}")
        flash(gettext("Steget är redan taget, eller kan inte tas nu. Så här är läget."), "warning")
        return redirect(noun.address(number), 303)
    asked = asking.for_action(desk, file.subject, offer.action)
    title, origin = offer.action.title, file.subject.instance.stage

    def change(acting: Desk) -> str:
        subject = steps.take(
            acting,
            file.subject.instance.id,
            action_id,
            revision=once.posted_revision(),
            given=asked.values(),
            record=asked.values(asking.RECORD),
            note=asking.posted_note(),
        )
        stage = tell(subject.definition.stage_named(subject.instance.stage).title)
        if subject.instance.stage == origin:
            flash(gettext("Klart: %(what)s.", what=tell(title)))
        else:
            flash(gettext("Klart: %(what)s. Nu gäller steget %(stage)s.", what=tell(title), stage=stage))
        return noun.address(number)

    return ask_and_change(noun, file, asked, title, change, doubts, offer=offer)


def ask_and_change(
    noun: Noun,
    file: InstanceFile,
    asked: Asked,
    title: Any,
    change: Callable[[Desk], str],
    doubts: Callable[[InstanceFile, Asked], Doubt | None] | None = None,
    **more: Any,
) -> Page:
    """Draw a form; posted, run the change once.

    A refusal shows every reason on the same page with what was typed; a conflict shows what somebody else did.
    """
    if request.method == "GET" or not asked.form.validate():
        return _page(file, asked, title, **more)
    doubt = doubts(file, asked) if doubts is not None else None
    if doubt is not None and request.form.get(SURE) != doubt.value:
        asked.form[doubt.field].errors = [tell(doubt.why)]
        return _page(file, asked, title, sure=doubt.value, **more)
    try:
        return once.act_once(change)
    except Conflict as conflict:
        desk = reading()
        return conflicts.page(desk, noun.read(desk, file.subject.number), conflict.drawn_from, request.path)
    except Refused as refusal:
        reasons = asked.form.take_problems(refusal, asking.RECORD)
        fresh = noun.read(reading(), file.subject.number)
        if "offer" in more:
            more["offer"] = _offer(fresh, more["offer"].action.id) or more["offer"]
        return _page(fresh, asked, title, reasons=reasons, **more)


def _offer(file: InstanceFile, action_id: str) -> Offer | None:
    return next((offer for offer in file.offers if offer.action.id == action_id), None)


def _elsewhere(file: InstanceFile, action_id: str) -> bool:
    """True when the process has the action, but not from where the instance stands: the link was from before."""
    definition, stage = file.subject.definition, file.subject.instance.stage
    here = {action.id for action in definition.actions_from(stage)}
    return action_id not in here and any(action.id == action_id for action in definition.action)


def form_page(file: InstanceFile, asked: Asked, title: Any, **more: Any) -> str:
    """A form as it stands, with what is known or was typed."""
    return render_template(
        "cases/act.html",
        file=file,
        form=asked.form,
        asked=asked,
        title=title,
        request_key=request.form.get(once.FIELD) or once.new_key(),
        example_band=file.subject.row.example,
        **{"sure": request.form.get(SURE, ""), **more},
    )


def _page(file: InstanceFile, asked: Asked, title: Any, **more: Any) -> Page:
    page = form_page(file, asked, title, **more)
    return (page, 422) if request.method == "POST" else page
