"""The follow-up plan of a case: indicators are added and ended, never changed; each time is an event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from introduction.domain.errors import NotFound, Refused
from introduction.domain.followup import plan as rules
from introduction.domain.messages import say
from introduction.domain.roles import Right, can, demand
from introduction.services import changes, log, subjects
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.services.subjects import Subject
from introduction.store import case as cases
from introduction.store import indicator as store
from introduction.store import instance as instances
from introduction.store import person as persons
from introduction.store.indicator import Indicator

#: So many goals are all that anybody follows.
MOST = 20


@dataclass(frozen=True)
class PlanView:
    """A case's plan as its page shows it: what is lacking, what holds, and what once held."""

    subject: Subject
    about: About
    lacking: Sequence[str]  #: dimensions without a goal
    indicators: Sequence[Indicator]
    ended: Sequence[Indicator]
    people: Mapping[int, str]
    may_plan: bool

    def of(self, dimension: str) -> list[Indicator]:
        """The indicators of a dimension that hold."""
        return [row for row in self.indicators if row.dimension == dimension]


def view(desk: Desk, number: str) -> PlanView:
    """The plan of a case. Raises NotFound and NotAllowed."""
    row = cases.by_number(desk.session, number)
    subject = subjects.read(desk, instances.get(desk.session, row.id))
    demand(desk.by, Right.VIEW_CASE, subject.scope)
    held = store.plan_of(desk.session, row.id)
    is_open = subject.instance.closed_on is None
    return PlanView(
        subject=subject,
        about=About.of(desk.session, row),
        lacking=rules.lacking(one.dimension for one in held),
        indicators=held,
        ended=store.plan_of(desk.session, row.id, ended=True),
        people=persons.names(desk.session),
        may_plan=is_open and can(desk.by, Right.PLAN_FOLLOW_UP, subject.scope) is None,
    )


def add(desk: Desk, case_id: int, given: Mapping[str, Any], *, revision: int | None = None) -> Indicator:
    """Add an indicator to a case's plan. Raises NotAllowed, Conflict, InvalidInput, Refused or NotFound."""
    subject = _load(desk, case_id, revision)
    values = rules.accept(given)
    held = store.plan_of(desk.session, case_id)
    if len(held) >= MOST:
        raise Refused(say("Planen har redan {most} mål. Avsluta ett av dem först", most=MOST))
    same = next((row for row in held if row.title.casefold() == values["title"].casefold()), None)
    if same is not None:
        raise Refused(say("Planen har redan målet ”{title}”. Avsluta det först om det ska ändras", title=same.title))
    row = Indicator(case_id=case_id, **values, recorded_by=desk.user_id, recorded_at=desk.now)
    desk.session.add(row)
    desk.session.flush()
    log.record(desk, subject.instance, "indicator_added", indicator=row.id, **values)
    changes.settle(desk, subject, records_added=True)
    return row


def end(desk: Desk, indicator_id: int, *, note: str, revision: int | None = None) -> Indicator:
    """End an indicator, with a reason. What was reported on it stays. Raises as ``add`` does."""
    found = desk.session.get(Indicator, indicator_id)
    if found is None:
        raise NotFound(f"indicator {indicator_id}")
    subject = _load(desk, found.case_id, revision)
    reason = changes.accept_note(note, required=True)
    row = store.lock(desk.session, indicator_id)
    if row.ended_at is not None:
        raise Refused(say("Målet ”{title}” är redan avslutat", title=row.title))
    row.ended_by, row.ended_at = desk.user_id, desk.now
    desk.session.flush()
    log.record(
        desk, subject.instance, "indicator_ended", indicator=row.id, dimension=row.dimension, title=row.title,
        note=reason,
    )  # fmt: skip
    changes.settle(desk, subject, records_added=True)
    return row


def _load(desk: Desk, case_id: int, revision: int | None) -> Subject:
    subject = changes.load(desk, case_id, revision)
    if subject.definition.subject != "case":
        raise NotFound(f"case {case_id}")
    demand(desk.by, Right.PLAN_FOLLOW_UP, subject.scope)
    if subject.instance.closed_on is not None:
        raise Refused(say("Ärendet är avslutat"))
    return subject
