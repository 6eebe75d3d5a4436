"""Cases: one medicine, for one indication, in one region.

The facts are columns made from the catalogue in domain/fields.py; what ties them together is held by
check constraints, so that no path into the database can break it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.errors import NotFound
from introduction.domain.fields import CASE_FIELDS
from introduction.domain.process.definition import Phase
from introduction.store.base import Base, UtcDateTime, fact_checks, fact_columns, one_of
from introduction.store.instance import Instance
from introduction.store.noun import NounRow

ORIGINS = ("horizon_scan", "recommendation", "nomination", "follow_on", "recorded")
LINKS = ("renominated_from", "widened_from", "related")


class Case(NounRow, Base):
    """A case, with all that is known of it as facts."""

    __table__ = Table(
        "cases",
        Base.metadata,
        Column("id", ForeignKey("process_instance.id"), primary_key=True),
        Column("public_number", String(24), unique=True, nullable=False),
        Column("region_id", ForeignKey("region.id"), nullable=False),
        Column("phase", String(24), nullable=False),
        Column("medicine_id", ForeignKey("medicine.id"), nullable=False),
        Column("indication_id", ForeignKey("indication.id"), nullable=False),
        Column("recommendation_id", ForeignKey("recommendation.id"), index=True),
        Column("recommendation_version", Integer),
        Column("owner_id", ForeignKey("person.id"), index=True),
        Column("origin", String(16), nullable=False),
        Column("round_cut_off", Date),
        Column("example", Boolean, nullable=False, server_default=false()),
        Column("recorded_afterwards", Boolean, nullable=False, server_default=false()),
        Column("history_source", Text),
        Column("sort_key", String(160), nullable=False),
        Column("search_text", Text, nullable=False),
        *fact_columns(CASE_FIELDS.values()),
        *fact_checks(CASE_FIELDS.values()),
        one_of("phase", Phase),
        one_of("origin", ORIGINS),
        CheckConstraint(
            "rank IS NULL OR severity IS NULL OR rank >= CASE severity"
            " WHEN 'low' THEN 3 WHEN 'moderate' THEN 2 ELSE 1 END",
            name="rank_not_better_than_severity",
        ),
        CheckConstraint(
            "recorded_afterwards OR phase <> 'handover' OR introduction_start IS NOT NULL",
            name="introduced_has_start",
        ),
        CheckConstraint(
            "financed_until IS NULL OR introduction_start IS NULL OR financed_until > introduction_start",
            name="financed_in_order",
        ),
        CheckConstraint("(recommendation_id IS NULL) = (recommendation_version IS NULL)", name="version_of_advice"),
        Index("ix_cases_region_phase", "region_id", "phase"),
        Index("ix_cases_nominating_unit_id", "nominating_unit_id"),
        Index("ix_cases_sort_key", "sort_key", "id"),
    )
    owner_column = "owner_id"
    unit_column = "nominating_unit_id"
    contact_column = "contact_person_id"

    if TYPE_CHECKING:
        id: Mapped[int]
        public_number: Mapped[str]
        region_id: Mapped[int]
        phase: Mapped[str]
        medicine_id: Mapped[int]
        indication_id: Mapped[int]
        recommendation_id: Mapped[int | None]
        recommendation_version: Mapped[int | None]
        owner_id: Mapped[int | None]
        nominating_unit_id: Mapped[int | None]
        origin: Mapped[str]
        round_cut_off: Mapped[date | None]
        example: Mapped[bool]
        recorded_afterwards: Mapped[bool]
        history_source: Mapped[str | None]
        sort_key: Mapped[str]
        search_text: Mapped[str]

        def __init__(self, **values: Any) -> None: ...


class TreatingUnit(Base):
    """A unit that gives the treatment, by the decision on how to introduce it."""

    __tablename__ = "treating_unit"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)


class CaseLink(Base):
    """How two cases hang together. The newer case points at the older."""

    __tablename__ = "case_link"
    __table_args__ = (
        one_of("kind", LINKS),
        UniqueConstraint("case_id", "other_id", "kind"),
        CheckConstraint("case_id <> other_id", name="not_to_itself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


def by_number(session: Session, number: str) -> Case:
    """The case of a public number. Raises NotFound."""
    case = session.scalar(select(Case).where(Case.__table__.c.public_number == number))
    if case is None:
        raise NotFound(f"case {number}")
    return case


def some(session: Session, case_ids: Iterable[int]) -> dict[int, Case]:
    """Some cases, by id."""
    wanted = list(case_ids)
    if not wanted:
        return {}
    return {row.id: row for row in session.scalars(select(Case).where(Case.__table__.c.id.in_(wanted)))}


def treating_unit_ids(session: Session, case_id: int) -> list[int]:
    """The units that treat."""
    return list(session.scalars(select(TreatingUnit.unit_id).where(TreatingUnit.case_id == case_id)))


def treating_since(session: Session, region_id: int) -> list[tuple[int, date]]:
    """The units that treat in open cases of a region, each with the day when the first of these was opened."""
    query = (
        select(TreatingUnit.unit_id, func.min(Instance.opened_on))
        .join(Instance, Instance.id == TreatingUnit.case_id)
        .where(Instance.region_id == region_id, Instance.closed_on.is_(None))
        .group_by(TreatingUnit.unit_id)
        .order_by(TreatingUnit.unit_id)
    )
    return [(unit_id, since) for unit_id, since in session.execute(query)]


def links_of(session: Session, case_id: int) -> list[CaseLink]:
    """Every link to and from a case, oldest first."""
    query = select(CaseLink).where((CaseLink.case_id == case_id) | (CaseLink.other_id == case_id))
    return list(session.scalars(query.order_by(CaseLink.id)))


def resting_on(session: Session, recommendation_id: int) -> list[str]:
    """The public numbers of the cases that rest on a recommendation."""
    row = Case.__table__.c
    query = select(row.public_number).where(row.recommendation_id == recommendation_id)
    return list(session.scalars(query.order_by(row.public_number)))
