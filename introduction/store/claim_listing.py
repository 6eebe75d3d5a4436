"""Lists of claims: narrowed, counted and paged, with all that a row shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from introduction.domain.claims import STATES
from introduction.domain.roles import Visible
from introduction.domain.swedish import fold
from introduction.store.application import FundingApplication
from introduction.store.case import Case, TreatingUnit
from introduction.store.claim import Claim
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.medicine import Indication, Medicine
from introduction.store.posting import MoneyDecision, Posting
from introduction.store.unit import Unit

_claim, _case, _application = Claim.__table__.c, Case.__table__.c, FundingApplication.__table__.c
_administration = aliased(Unit)
_corrected = Claim.__table__.alias()

#: What is waited for first, or what came last.
ORDERS = ("waiting", "newest")


@dataclass(frozen=True)
class ClaimFilter:
    """What a list of claims is narrowed to; what is empty narrows nothing. ``unit_ids`` are a unit and those below."""

    region_id: int | None = None
    state: str = ""
    year: int | None = None
    unit_ids: frozenset[int] | None = None
    number: str = ""  #: of the claim, its case or its application, or a part of the medicine's name
    grant_id: int | None = None


@dataclass(frozen=True)
class ClaimRow:
    """A claim with the names that stand on its row."""

    claim: Claim
    instance: Instance
    unit: str
    administration: str | None
    medicine: str
    indication: str
    budget_year: int
    granted_to: str  #: the number of the case or application
    corrects: str | None


def seen_by(visible: Visible) -> ColumnElement[bool]:
    """The condition that somebody may see a claim: by region, or by its unit."""
    parts: list[ColumnElement[bool]] = []
    if visible.region_ids:
        parts.append(_claim.region_id.in_(sorted(visible.region_ids)))
    if visible.unit_ids:
        parts.append(_claim.unit_id.in_(sorted(visible.unit_ids)))
    return or_(*parts) if parts else false()


def in_state(state: str) -> ColumnElement[bool]:
    """The condition that a claim is in one of STATES, whatever its region calls the stage."""
    counts, decided = _claim.counts, _claim.approved_ore.is_not(None)
    ended = Instance.closed_on.is_not(None)
    return {
        "draft": and_(~counts, ~ended),
        "waiting": and_(counts, ~decided),
        "approved": and_(counts, decided, ~ended),
        "paid": and_(counts, decided, ended),
        "ended": and_(~counts, ended),
    }[state]


def claims(
    session: Session, visible: Visible, wanted: ClaimFilter, *, order: str = "waiting", limit: int, offset: int = 0
) -> list[ClaimRow]:
    """A page of the claims that somebody may see: those that have waited longest first, or the newest."""
    corrected = _corrected
    query = select(
        Claim, Instance, Unit.name, _administration.name, Medicine.name, Indication.text, GrantRow.budget_year,
        func.coalesce(_case.public_number, _application.public_number), corrected.c.public_number,
    )  # fmt: skip
    query = _joined(query).outerjoin(corrected, corrected.c.id == _claim.corrects_id)
    query = query.where(seen_by(visible), *_narrowed(wanted))
    waiting = (Instance.stage_entered_on, Instance.id)
    query = query.order_by(*(waiting if order == "waiting" else (Instance.id.desc(),)))
    return [ClaimRow(*row) for row in session.execute(query.limit(limit).offset(offset))]


def count(session: Session, visible: Visible, wanted: ClaimFilter) -> tuple[int, int]:
    """How many claims there are, and what they come to: what is approved of those that are, else what is claimed."""
    amount = func.coalesce(_claim.approved_ore, _claim.extra_cost_ore, 0)
    query = _joined(select(func.count(), func.sum(amount))).where(seen_by(visible), *_narrowed(wanted))
    number, total = session.execute(query).one()
    return int(number), int(total or 0)


def by_state(session: Session, visible: Visible, wanted: ClaimFilter) -> dict[str, tuple[int, int]]:
    """How many claims are in each state, and what they come to, whichever state is asked for."""
    amount = func.coalesce(_claim.approved_ore, _claim.extra_cost_ore, 0)
    columns: list[Any] = []
    for state in STATES:
        columns += [func.count().filter(in_state(state)), func.sum(amount).filter(in_state(state))]
    query = _joined(select(*columns)).where(seen_by(visible), *_narrowed(wanted, any_state=True))
    found = list(session.execute(query).one())
    return {state: (int(found[2 * at]), int(found[2 * at + 1] or 0)) for at, state in enumerate(STATES)}


def years(session: Session, visible: Visible) -> list[int]:
    """The budget years of the claims that somebody may see, the newest first."""
    query = select(GrantRow.budget_year).join(Claim, _claim.grant_id == GrantRow.id).where(seen_by(visible)).distinct()
    return sorted(session.scalars(query), reverse=True)


def next_waiting(session: Session, visible: Visible, beside: Instance, *, waits: bool) -> Claim | None:
    """The claim that has waited longest beside one, or the next after it where that one waits; None when none waits."""
    query = _joined(select(Claim)).where(seen_by(visible), in_state("waiting"), _claim.id != beside.id)
    later = or_(
        Instance.stage_entered_on > beside.stage_entered_on,
        and_(Instance.stage_entered_on == beside.stage_entered_on, Instance.id > beside.id),
    )
    order = (Instance.stage_entered_on, Instance.id)
    return session.scalar(query.order_by(*((~later, *order) if waits else order)).limit(1))


def _joined(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(Claim)
        .join(Instance, Instance.id == _claim.id)
        .join(GrantRow, GrantRow.id == _claim.grant_id)
        .join(Unit, Unit.id == _claim.unit_id)
        .outerjoin(_administration, _administration.id == GrantRow.unit_id)
        .join(Medicine, Medicine.id == _claim.medicine_id)
        .join(Indication, Indication.id == _claim.indication_id)
        .outerjoin(Case, _case.id == GrantRow.case_id)
        .outerjoin(FundingApplication, _application.id == GrantRow.application_id)
    )


def _narrowed(wanted: ClaimFilter, *, any_state: bool = False) -> Iterable[ColumnElement[bool]]:
    if wanted.region_id is not None:
        yield _claim.region_id == wanted.region_id
    if wanted.state and not any_state:
        yield in_state(wanted.state)
    if wanted.year is not None:
        yield GrantRow.budget_year == wanted.year
    if wanted.unit_ids is not None:
        yield _claim.unit_id.in_(sorted(wanted.unit_ids))
    if wanted.grant_id is not None:
        yield _claim.grant_id == wanted.grant_id
    if wanted.number:
        text = wanted.number
        yield or_(
            _claim.public_number == text.upper(),
            _case.public_number == text.upper(),
            _application.public_number == text.upper(),
            Medicine.folded.contains(fold(text), autoescape=True),
        )


@dataclass(frozen=True)
class OpenGrant:
    """A grant of which money may be claimed, with what it was granted for."""

    grant: GrantRow
    case: Case | None
    application: FundingApplication | None
    medicine: str
    indication: str
    administration: str
    treating: frozenset[int]  #: the units that treat in the case; of an application, the one that applied
    applied: frozenset[int]  #: the units whose applications gave money to it

    @property
    def region_id(self) -> int:
        """The region."""
        of = self.case or self.application
        assert of is not None, "a grant is of something"
        return of.region_id

    @property
    def concerns(self) -> frozenset[int]:
        """The units that the money is for; none while nobody treats and nobody applied."""
        return self.treating | self.applied


def open_grants(session: Session, unit_ids: Iterable[int]) -> list[OpenGrant]:
    """The grants of some administrations that are in the books and not settled, the newest year first."""
    query = (
        select(GrantRow, Case, FundingApplication, Medicine.name, Indication.text, Unit.name)
        .join(Unit, Unit.id == GrantRow.unit_id)
        .outerjoin(Case, _case.id == GrantRow.case_id)
        .outerjoin(FundingApplication, _application.id == GrantRow.application_id)
        .join(Medicine, Medicine.id == func.coalesce(_case.medicine_id, _application.medicine_id))
        .join(Indication, Indication.id == func.coalesce(_case.indication_id, _application.indication_id))
        .where(GrantRow.unit_id.in_(list(unit_ids)), GrantRow.fund_id.is_not(None), GrantRow.settled_on.is_(None))
        .order_by(GrantRow.budget_year.desc(), Medicine.sort_key, GrantRow.id)
    )
    found = list(session.execute(query))
    treating = _treating(session, [case.id for _grant, case, *_rest in found if case is not None])
    applied = _applied(session, [grant.id for grant, *_rest in found])
    return [
        OpenGrant(
            grant, case, application, medicine, indication, unit,
            frozenset(treating.get(case.id, ())) if case is not None else frozenset({application.unit_id}),
            frozenset(applied.get(grant.id, ())),
        )
        for grant, case, application, medicine, indication, unit in found
    ]  # fmt: skip


def _treating(session: Session, case_ids: Iterable[int]) -> dict[int, set[int]]:
    """The units that treat in some cases, by case."""
    found: dict[int, set[int]] = {}
    query = select(TreatingUnit.case_id, TreatingUnit.unit_id).where(TreatingUnit.case_id.in_(list(case_ids)))
    for case_id, unit_id in session.execute(query):
        found.setdefault(case_id, set()).add(unit_id)
    return found


def _applied(session: Session, grant_ids: Iterable[int]) -> dict[int, set[int]]:
    """The units whose applications gave money to some grants, by grant: as the decisions in the books tell it."""
    found: dict[int, set[int]] = {}
    query = (
        select(Posting.grant_id, _application.unit_id)
        .join(MoneyDecision, MoneyDecision.id == Posting.decision_id)
        .join(FundingApplication, _application.id == MoneyDecision.instance_id)
        .where(Posting.grant_id.in_(list(grant_ids)))
        .distinct()
    )
    for grant_id, unit_id in session.execute(query):
        found.setdefault(grant_id, set()).add(unit_id)
    return found
