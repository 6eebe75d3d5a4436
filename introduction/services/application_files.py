"""Reads everything that the page of an application shows, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from introduction.domain.applications import ApplicationGround
from introduction.domain.process.definition import FollowOn
from introduction.domain.roles import Right, can, demand, why_not
from introduction.services import application_compared, applications, claim_ground, files, own_savings, subjects
from introduction.services.application_compared import Compared
from introduction.services.desk import Desk
from introduction.services.files import InstanceFile
from introduction.services.subjects import Subject
from introduction.store import application as store
from introduction.store import attachment as attachments
from introduction.store import grant as grants
from introduction.store import posting as postings
from introduction.store.application import ApplicationLink, FundingApplication, OwnSaving
from introduction.store.attachment import Attachment
from introduction.store.case import Case
from introduction.store.grant import GrantRow
from introduction.store.instance import get
from introduction.store.posting import MoneyDecision


@dataclass(frozen=True)
class Linked:
    """Another application that this one renews or asks to have reconsidered, or the other way round."""

    kind: str
    number: str
    outgoing: bool  #: this one is the later


@dataclass(frozen=True)
class Granted:
    """The grant that the last decision put money in, the days whose costs it pays, and until when it is claimed."""

    grant: GrantRow
    first_day: date
    last_day: date
    until: date


@dataclass(frozen=True)
class ApplicationFile(InstanceFile):
    """The page of an application."""

    application: FundingApplication
    case: Case | None
    ground: ApplicationGround
    savings: Sequence[OwnSaving]
    decisions: Sequence[MoneyDecision]
    granted: Granted | None  #: None while nothing is granted
    attachments: Sequence[Attachment]
    links: Sequence[Linked]
    growths: Sequence[FollowOn]  #: the new applications that the reader may begin out of this one
    unit: str
    examines: bool  #: the reader may say now that the savings are examined
    may_link: bool  #: the reader may tie it to a case
    compared: Compared | None  #: with the case's analysis, for who may see that

    @property
    def last_decision(self) -> MoneyDecision | None:
        """The decision that stands; None while the application waits for one."""
        return next((decision for decision in reversed(self.decisions) if decision.outcome), None)


def application_file(desk: Desk, number: str) -> ApplicationFile:
    """The file of an application. Raises NotFound, and NotAllowed when the reader may not see it."""
    row = store.by_number(desk.session, number)
    subject = subjects.read(desk, get(desk.session, row.id))
    demand(desk.by, Right.VIEW_APPLICATION, subject.scope)
    assert isinstance(subject.situation.ground, ApplicationGround), "an application has its ground"
    case = desk.session.get(Case, row.case_id) if row.case_id is not None else None
    roles = own_savings.examiners(subject)
    shared = files.common(desk, subject)
    decisions = postings.decisions_of(desk.session, row.id)
    writes = applications.editable(subject) and can(desk.by, Right.APPLY, subject.scope) is None
    return ApplicationFile(
        **{**shared, "editable": writes},
        application=row,
        case=case,
        ground=subject.situation.ground,
        savings=store.savings_of(desk.session, row.id),
        decisions=decisions,
        granted=_granted(desk, subject, case, decisions),
        attachments=attachments.of_instance(desk.session, row.id),
        links=[_linked(desk, row, link) for link in store.links_of(desk.session, row.id)],
        growths=[
            growth
            for growth in subject.definition.follow_on
            if growth.grows_from(subject.instance.stage) and why_not(desk.by, growth.by, subject.scope) is None
        ],
        unit=shared["unit_names"].get(row.unit_id, ""),
        examines=bool(roles) and why_not(desk.by, roles, subject.scope) is None,
        may_link=subject.instance.closed_on is None and can(desk.by, Right.LINK, subject.scope) is None,
        compared=application_compared.see(desk, row),
    )


def _granted(desk: Desk, subject: Subject, case: Case | None, decisions: Sequence[MoneyDecision]) -> Granted | None:
    giving = [decision for decision in decisions if decision.outcome and decision.granted_ore]
    grant_id = postings.grant_of(desk.session, giving[-1].id) if giving else None
    if grant_id is None:
        return None
    grant = grants.get(desk.session, grant_id)
    first, last = claim_ground.days_of(grant, case)
    return Granted(grant, first, last, claim_ground.claims_until(grant, subject.region))


def _linked(desk: Desk, row: FundingApplication, link: ApplicationLink) -> Linked:
    outgoing = link.application_id == row.id
    other = desk.session.get_one(FundingApplication, link.other_id if outgoing else link.application_id)
    return Linked(link.kind, other.public_number, outgoing)
