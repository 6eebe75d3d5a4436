"""Vad som skickats: about a case, about a recommendation, to a person; and a mail as it was sent."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from introduction.domain.roles import Right, demand
from introduction.services import preferences, sent, subjects
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.services.subjects import Subject
from introduction.store import case as cases
from introduction.store import instance as instances
from introduction.store import recommendation as recommendations
from introduction.store.notice_listing import Of
from introduction.web import once
from introduction.web.database import reading
from introduction.web.pagination import PAGE, Pages
from introduction.web.permission import needs, signed_in

blueprint = Blueprint("sent", __name__)


@blueprint.get("/cases/<number>/sent")
@needs(Right.READ_INTERNAL)
def of_case(number: str) -> str:
    """What has been sent about a case, and what is to come."""
    desk = reading()
    subject = subjects.read(desk, instances.get(desk.session, cases.by_number(desk.session, number).id))
    demand(desk.by, Right.VIEW_CASE, subject.scope)
    return _of_subject(desk, subject, "cases.show")


@blueprint.get("/recommendations/<number>/sent")
@needs(Right.READ_INTERNAL)
def of_recommendation(number: str) -> str:
    """What has been sent about a recommendation, and what is to come."""
    desk = reading()
    row = recommendations.by_number(desk.session, number)
    subject = subjects.read(desk, instances.get(desk.session, row.id))
    demand(desk.by, Right.VIEW_RECOMMENDATION, subject.scope)
    return _of_subject(desk, subject, "recommendations.show")


def _of_subject(desk: Desk, subject: Subject, home: str) -> str:
    sent.demand_sent(desk, subject)
    of = Of(instance_id=subject.instance.id)
    total = sent.count(desk, of)
    pages = Pages.of(total, request.args)
    return render_template(
        "sent/subject.html",
        subject=subject,
        about=About.of(desk.session, subject.row),
        home=home,
        coming=sent.coming(desk, subject),
        unkept=sent.unkept(desk, subject),
        rows=sent.told(desk, of, limit=PAGE, offset=pages.offset),
        total=total,
        page=pages,
        sees_people=sent.may_view_sent(desk, subject.instance.region_id),
        example_band=subject.row.example,
        today=desk.today,
    )


@blueprint.get("/people/<int(max=999999999):person_id>/sent")
@signed_in
def of_person(person_id: int) -> str:
    """What has been sent to a person."""
    desk = reading()
    row, of = sent.of_person(desk, person_id)
    total = sent.count(desk, of)
    pages = Pages.of(total, request.args)
    return render_template(
        "sent/person.html",
        row=row,
        own=person_id == desk.user_id,
        rows=sent.told(desk, of, limit=PAGE, offset=pages.offset),
        total=total,
        page=pages,
        absences=preferences.absences(desk, person_id),
        new_key=once.new_key,
        may_set_absence=preferences.may_set(desk, person_id),
        example_band=row.example,
        today=desk.today,
    )


@blueprint.get("/mails/<int(max=999999999):mail_id>")
@signed_in
def of_mail(mail_id: int) -> str:
    """A mail as it was sent."""
    desk = reading()
    mail, person, carried = sent.mail(desk, mail_id)
    return render_template(
        "sent/mail.html",
        mail=mail,
        to=person,
        carried=carried,
        example_band=any(told.line.name is not None and told.line.name.example for told in carried),
        today=desk.today,
    )
