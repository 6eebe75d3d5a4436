"""National advice and the cases that rest on it."""

from __future__ import annotations

from sqlalchemy import select

from introduction.domain.errors import Refused
from introduction.domain.messages import say
from introduction.domain.roles import Right, demand
from introduction.services import changes, log, plan, subjects
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store.case import Case
from introduction.store.instance import Instance, lock
from introduction.store.recommendation import Recommendation, last_version


def tell_cases(desk: Desk, recommendation: Subject) -> int:
    """Put a task on every open case that rests on a recommendation which has got a new version.

    The case goes on resting on the version that it was decided on until somebody has looked at the new one.
    Returns the number of cases told.
    """
    version = last_version(desk.session, recommendation.instance.id)
    assert version is not None, "called when a version has been issued"
    query = (
        select(Case.id)
        .join(Instance, Instance.id == Case.id)
        .where(Case.recommendation_id == recommendation.instance.id, Instance.closed_on.is_(None))
        .order_by(Case.id)
    )
    told = 0
    for case_id in desk.session.scalars(query).all():
        subject = changes.load(desk, case_id, None)
        opened = plan.open_on_event(desk, subject, "recommendation_changed")
        log.record(
            desk,
            subject.instance,
            "advice_changed",
            recommendation=recommendation.number,
            version=version.version,
            level=version.level,
        )
        changes.settle(desk, subject)
        told += opened
    return told


def catch_up(desk: Desk, subject: Subject) -> None:
    """Let a case rest on the newest version of its recommendation, when somebody has looked at it."""
    case = subject.row
    if isinstance(case, Case) and case.recommendation_id is not None:
        version = last_version(desk.session, case.recommendation_id)
        assert version is not None, "a case rests only on a recommendation that has been issued"
        case.recommendation_version = version.version
        desk.session.flush()
        subject.situation = subjects.with_advice(desk, case, subject.situation)


def rest_on(desk: Desk, case_id: int, recommendation: Recommendation, *, revision: int | None = None) -> Subject:
    """Let a case rest on the newest version of a recommendation for the same medicine."""
    lock(desk.session, recommendation.id)  # first, as when a version is issued: none comes in between
    subject = changes.load(desk, case_id, revision)
    demand(desk.by, Right.EDIT_FACTS, subject.scope)
    case = subject.row
    version = last_version(desk.session, recommendation.id)
    if version is None:
        raise Refused(say("Rekommendationen har inte lämnats än"))
    if not isinstance(case, Case) or case.medicine_id != recommendation.medicine_id:
        raise Refused(say("Rekommendationen gäller ett annat läkemedel"))
    before = [case.recommendation_id, case.recommendation_version]
    case.recommendation_id, case.recommendation_version = recommendation.id, version.version
    desk.session.flush()
    log.record(
        desk,
        subject.instance,
        "advice_linked",
        recommendation=recommendation.public_number,
        version=version.version,
        changes={"recommendation": [before, [recommendation.id, version.version]]},
    )
    subject = changes.reread(desk, subject)
    changes.settle(desk, subject)
    return subject
