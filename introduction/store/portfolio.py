"""The cases of a region with what their money needs to be known by; a constant number of statements for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, cast, literal, or_, select
from sqlalchemy.orm import Session

from introduction.store.case import Case, TreatingUnit
from introduction.store.decision import ON_THE_CASE, Decision
from introduction.store.event import Event
from introduction.store.instance import Instance
from introduction.store.medicine import Indication, Medicine
from introduction.store.unit import UnitTerms

_case = Case.__table__.c


@dataclass(frozen=True)
class MoneyRow:
    """A case as the portfolio knows it. Amounts are whole öre; None is not known."""

    id: int
    number: str
    medicine: str
    indication: str
    atc: str | None
    phase: str
    opened_on: date
    closed_on: date | None
    round_cut_off: date | None
    introduction_start: date | None
    financed_until: date | None
    extra_cost: tuple[int | None, int | None, int | None]
    nominating_unit_id: int | None
    example: bool
    recorded_afterwards: bool


@dataclass(frozen=True)
class EndRow:
    """Where a case stands in its process, and whether it has ended."""

    id: int
    definition_id: str
    definition_version: int
    phase: str
    closed_on: date | None
    example: bool


def cases(
    session: Session,
    region_id: int,
    *,
    open_only: bool = True,
    unit_ids: Collection[int] | None = None,
    ids: Collection[int] | None = None,
) -> list[MoneyRow]:
    """A region's cases in Swedish order by name: all, those that some units nominated or treat in, or some by id."""
    query = (
        select(
            Instance.id, _case.public_number, Medicine.name, Indication.text, Medicine.atc, _case.phase,
            Instance.opened_on, Instance.closed_on, _case.round_cut_off, _case.introduction_start,
            _case.financed_until, _case.extra_cost_year1_ore, _case.extra_cost_year2_ore,
            _case.extra_cost_year3_ore, _case.nominating_unit_id, _case.example, _case.recorded_afterwards,
        )
        .select_from(Case)
        .join(Instance, Instance.id == _case.id)
        .join(Medicine, Medicine.id == _case.medicine_id)
        .join(Indication, Indication.id == _case.indication_id)
        .where(_case.region_id == region_id)
        .order_by(_case.sort_key, _case.id)
    )  # fmt: skip
    if open_only:
        query = query.where(Instance.closed_on.is_(None))
    if ids is not None:
        query = query.where(_case.id.in_(list(ids)))
    if unit_ids is not None:
        treats = select(TreatingUnit.case_id).where(TreatingUnit.unit_id.in_(sorted(unit_ids)))
        query = query.where(or_(_case.nominating_unit_id.in_(sorted(unit_ids)), _case.id.in_(treats)))
    found: list[list[Any]] = [[*row[:11], tuple(row[11:14]), *row[14:]] for row in session.execute(query)]
    return [MoneyRow(*row) for row in found]


def any_open(session: Session, region_id: int) -> bool:
    """True when a region has a case that has not ended."""
    query = select(_case.id).join(Instance, Instance.id == _case.id)
    return session.scalar(query.where(_case.region_id == region_id, Instance.closed_on.is_(None)).limit(1)) is not None


def ends(session: Session, region_id: int) -> list[EndRow]:
    """Where all cases of a region stand."""
    query = select(
        Instance.id, Instance.definition_id, Instance.definition_version, _case.phase, Instance.closed_on, _case.example
    )
    query = query.select_from(Case).join(Instance, Instance.id == _case.id).where(_case.region_id == region_id)
    return [EndRow(*row) for row in session.execute(query.order_by(Instance.id))]


def last_outcomes(session: Session, region_id: int) -> dict[int, str]:
    """The outcome of the latest decision on each case of a region that has one."""
    query = select(Decision.case_id, Decision.outcome).join(Case, _case.id == Decision.case_id)
    query = query.where(_case.region_id == region_id, ON_THE_CASE).order_by(Decision.id)
    return {case_id: outcome for case_id, outcome in session.execute(query)}


def stages_entered(session: Session, region_id: int) -> list[tuple[str, str]]:
    """The events by which cases of a region came into a stage, as (chain, body)."""
    streams = select(literal("instance:") + cast(Instance.id, String))
    streams = streams.where(Instance.region_id == region_id, Instance.subject == "case")
    query = select(Event.stream, Event.body).where(Event.stream.in_(streams), Event.body.contains('"goal":"'))
    return [(stream, body) for stream, body in session.execute(query)]


def treating(session: Session, case_ids: Iterable[int]) -> dict[int, list[int]]:
    """The units that treat in some cases, by case."""
    query = select(TreatingUnit.case_id, TreatingUnit.unit_id).where(TreatingUnit.case_id.in_(list(case_ids)))
    found: dict[int, list[int]] = {}
    for case_id, unit_id in session.execute(query.order_by(TreatingUnit.case_id, TreatingUnit.unit_id)):
        found.setdefault(case_id, []).append(unit_id)
    return found


def bearing_none(session: Session, on: date) -> frozenset[int]:
    """The units that do not bear their prescribers' cost on a day: it stays with the region."""
    query = select(UnitTerms.unit_id).where(UnitTerms.bears_cost.is_(False), UnitTerms.valid_from <= on)
    return frozenset(session.scalars(query.where((UnitTerms.valid_to.is_(None)) | (UnitTerms.valid_to >= on))))
