"""Outcomes: what a medicine came to in a case, by unit and month. Counts and sums only, nothing about one patient."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from introduction.domain.money import MAX_ORE
from introduction.store.analysis import FROZEN, Analysis
from introduction.store.base import Base, UtcDateTime
from introduction.store.case import Case
from introduction.store.unit import Unit

_COUNTS = text("replaced_at IS NULL")


class OutcomeMonth(Base):
    """A unit's patients, quantity and cost in a month. A correction replaces the row and keeps it."""

    __tablename__ = "outcome_month"
    __table_args__ = (
        CheckConstraint("patients >= 0 AND quantity_milli >= 0", name="counts_not_negative"),
        CheckConstraint(f"cost_ore BETWEEN -{MAX_ORE} AND {MAX_ORE}", name="cost_bounds"),
        Index(
            "uq_outcome_month_counts",
            "case_id",
            "unit_id",
            "month",
            unique=True,
            postgresql_where=_COUNTS,
            sqlite_where=_COUNTS,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    month: Mapped[date]  #: its first day
    patients: Mapped[int]  #: on the new treatment in the month
    quantity_milli: Mapped[int] = mapped_column(BigInteger)  #: thousandths of the analysis's unit: doses, mg or months
    cost_ore: Mapped[int] = mapped_column(BigInteger)  #: gross cost of the new medicine, list price, without VAT
    source: Mapped[str] = mapped_column(String(200))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("outcome_import.id"))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutcomeImport(Base):
    """A file of outcomes that was taken in, whole. The same file is taken in once."""

    __tablename__ = "outcome_import"
    __table_args__ = (UniqueConstraint("region_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    replaced: Mapped[int]  #: how many of the rows replaced what stood there
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


#: What a row is of: case, unit and the month's first day.
Key = tuple[int, int, date]


@dataclass(frozen=True)
class Place:
    """A unit that outcomes may be of: its name, cost centre, and the days between which it exists."""

    id: int
    name: str
    cost_centre: str | None
    valid_from: date
    valid_to: date | None


def key_of(row: OutcomeMonth) -> Key:
    """What a row is of."""
    return row.case_id, row.unit_id, row.month


def standing(session: Session, case_ids: Iterable[int]) -> list[OutcomeMonth]:
    """The outcomes that count in some cases, by case and month; one statement."""
    row = OutcomeMonth
    query = select(row).where(row.case_id.in_(list(case_ids)), row.replaced_at.is_(None))
    return list(session.scalars(query.order_by(row.case_id, row.month, row.unit_id)))


def standing_at(session: Session, key: Key) -> OutcomeMonth | None:
    """The outcome that counts for a case, unit and month."""
    row = OutcomeMonth
    query = select(row).where(row.case_id == key[0], row.unit_id == key[1], row.month == key[2])
    return session.scalar(query.where(row.replaced_at.is_(None)))


def replace(session: Session, old: Iterable[OutcomeMonth], new: Iterable[OutcomeMonth], now: datetime) -> None:
    """Put rows in the place of others, which are kept. The cases' instances are locked by the caller."""
    ids = [row.id for row in old]
    if ids:
        session.execute(update(OutcomeMonth).where(OutcomeMonth.id.in_(ids)).values(replaced_at=now))
    session.add_all(new)
    session.flush()


def cases_with(session: Session, region_id: int) -> list[int]:
    """The cases of a region that have any outcome."""
    has = select(OutcomeMonth.case_id).where(OutcomeMonth.replaced_at.is_(None))
    query = select(Case.id).where(Case.__table__.c.region_id == region_id, Case.__table__.c.id.in_(has))
    return list(session.scalars(query.order_by(Case.__table__.c.id)))


def any_there(session: Session) -> bool:
    """True when there is any outcome at all."""
    return session.scalar(select(OutcomeMonth.id).limit(1)) is not None


def forecasts(session: Session, case_ids: Iterable[int]) -> list[Analysis]:
    """Every analysis of some cases that was approved once, by case and number; without what was typed."""
    query = select(Analysis).where(Analysis.case_id.in_(list(case_ids)), Analysis.state.in_(FROZEN))
    query = query.order_by(Analysis.case_id, Analysis.number)
    return list(session.scalars(query.options(defer(Analysis.answers), defer(Analysis.model), defer(Analysis.kept))))


def numbered(session: Session, region_id: int, numbers: Iterable[str]) -> dict[str, int]:
    """The cases of a region that have some public numbers, by number."""
    row = Case.__table__.c
    query = select(row.public_number, row.id).where(row.region_id == region_id, row.public_number.in_(list(numbers)))
    return {number: case_id for number, case_id in session.execute(query)}


def places(session: Session, region_id: int) -> list[Place]:
    """Every unit that a region has or has had, in Swedish order."""
    columns = (Unit.id, Unit.name, Unit.cost_centre, Unit.valid_from, Unit.valid_to)
    query = select(*columns).where(Unit.region_id == region_id).order_by(Unit.sort_key, Unit.id)
    return [Place(*row) for row in session.execute(query)]


def places_of_cases(session: Session, case_ids: Iterable[int]) -> list[Place]:
    """Every unit that the regions of some cases have or have had."""
    regions = select(Case.__table__.c.region_id).where(Case.__table__.c.id.in_(list(case_ids)))
    columns = (Unit.id, Unit.name, Unit.cost_centre, Unit.valid_from, Unit.valid_to)
    return [Place(*row) for row in session.execute(select(*columns).where(Unit.region_id.in_(regions)))]


def import_of(session: Session, region_id: int, sha256: str) -> OutcomeImport | None:
    """The import of a file with a checksum, if it was taken in before."""
    row = OutcomeImport
    return session.scalar(select(row).where(row.region_id == region_id, row.sha256 == sha256))


def imports(session: Session, region_ids: Iterable[int], limit: int) -> list[OutcomeImport]:
    """The latest imports of some regions, the newest first."""
    row = OutcomeImport
    return list(
        session.scalars(select(row).where(row.region_id.in_(list(region_ids))).order_by(row.id.desc()).limit(limit))
    )
