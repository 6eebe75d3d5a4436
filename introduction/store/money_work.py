"""What waits for people among applications and claims: open ones in some stages, with the days they are due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from introduction.domain.roles import Visible
from introduction.store.application import FundingApplication
from introduction.store.claim import Claim
from introduction.store.instance import Instance
from introduction.store.medicine import Indication, Medicine
from introduction.store.region import RegionRow
from introduction.store.task import DueDate
from introduction.store.unit import Unit
from introduction.store.work import in_stages

Asking = type[FundingApplication] | type[Claim]


@dataclass(frozen=True)
class OpenMatter:
    """An application or a claim that has not ended."""

    id: int
    subject: str
    number: str
    region_id: int
    unit_id: int
    unit: str
    medicine: str
    indication: str
    example: bool
    definition_id: str
    definition_version: int
    stage: str
    since: date
    due_on: date | None


@dataclass(frozen=True)
class ToDecide:
    """A region's applications for a budget year that stand where they are decided, together. Amounts are öre."""

    region: str
    slug: str
    year: int
    number: int
    proposed_ore: int
    answer_by: date | None  #: the first day on which an answer is expected
    examples: int  #: how many are invented


def seen_by(noun: Asking, visible: Visible) -> ColumnElement[bool]:
    """The condition that an application or a claim may be listed: of whole regions, and of single units."""
    row = noun.__table__.c
    parts: list[ColumnElement[bool]] = []
    if visible.region_ids:
        parts.append(row.region_id.in_(sorted(visible.region_ids)))
    if visible.unit_ids:
        parts.append(row.unit_id.in_(sorted(visible.unit_ids)))
    return or_(*parts) if parts else false()


def open_matters(
    session: Session, noun: Asking, visible: Visible, stages: Sequence[tuple[str, int, str]], due_by: date
) -> list[OpenMatter]:
    """The open ones in some stages (definition, version, stage), and all that are due by a day; nearest first."""
    row = noun.__table__.c
    query = (
        select(
            Instance.id, Instance.subject, row.public_number, row.region_id, row.unit_id, Unit.name, Medicine.name,
            Indication.text, row.example, Instance.definition_id, Instance.definition_version, Instance.stage,
            Instance.stage_entered_on, DueDate.due_on,
        )
        .select_from(Instance)
        .join(noun, row.id == Instance.id)
        .join(Unit, Unit.id == row.unit_id)
        .join(Medicine, Medicine.id == row.medicine_id)
        .join(Indication, Indication.id == row.indication_id)
        .outerjoin(
            DueDate,
            and_(DueDate.instance_id == Instance.id, DueDate.kind == "stage", DueDate.state == "pending"),
        )
        .where(Instance.closed_on.is_(None), seen_by(noun, visible))
        .where(or_(in_stages(stages), DueDate.due_on <= due_by))
        .order_by(DueDate.due_on.is_(None), DueDate.due_on, Instance.id)
    )  # fmt: skip
    return [OpenMatter(*found) for found in session.execute(query)]


def to_decide(session: Session, region_ids: Iterable[int], stages: Sequence[tuple[str, int, str]]) -> list[ToDecide]:
    """The open applications of some regions in some stages, added up by region and budget year."""
    row = FundingApplication.__table__.c
    query = (
        select(
            RegionRow.name, RegionRow.slug, row.budget_year, func.count(), func.coalesce(func.sum(row.proposed_ore), 0),
            func.min(row.answer_by), func.count().filter(row.example),
        )
        .select_from(FundingApplication)
        .join(Instance, Instance.id == row.id)
        .join(RegionRow, RegionRow.id == row.region_id)
        .where(Instance.closed_on.is_(None), row.region_id.in_(sorted(region_ids)), in_stages(stages))
        .group_by(RegionRow.name, RegionRow.slug, row.budget_year)
        .order_by(RegionRow.slug, row.budget_year)
    )  # fmt: skip
    return [
        ToDecide(name, slug, year, number, int(ore), answer_by, examples)
        for name, slug, year, number, ore, answer_by, examples in session.execute(query)
    ]
