"""The organisation: a tree of units, with what holds for each of them by date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.swedish import sort_key
from introduction.store.base import Base, one_of

UNIT_KINDS = ("administration", "operation", "unit")
CONTRACT_FORMS = ("own", "choice_of_care", "agreement", "procured", "national_rate", "none")


class Unit(Base):
    """An administration (förvaltning), operation (verksamhet) or unit (enhet)."""

    __tablename__ = "unit"
    __table_args__ = (
        one_of("kind", UNIT_KINDS),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_in_order"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        CheckConstraint("successor_id <> id", name="not_its_own_successor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(160))
    sort_key: Mapped[str] = mapped_column(String(160))
    cost_centre: Mapped[str | None] = mapped_column(String(20))
    valid_from: Mapped[date] = mapped_column(default=date(1900, 1, 1))
    valid_to: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    source: Mapped[str | None] = mapped_column(String(300))


class UnitTerms(Base):
    """How a unit is run, and whether it bears cost, between two dates."""

    __tablename__ = "unit_terms"
    __table_args__ = (
        one_of("contract_form", CONTRACT_FORMS),
        UniqueConstraint("unit_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    contract_form: Mapped[str] = mapped_column(String(16))
    bears_cost: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class WorkplaceCode(Base):
    """A workplace code (arbetsplatskod) of a unit between two dates."""

    __tablename__ = "workplace_code"
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


def new_unit(region_id: int, name: str, kind: str, parent: Unit | None = None, source: str | None = None) -> Unit:
    """A unit that is not yet stored, with its key of order."""
    return Unit(
        region_id=region_id,
        name=name,
        kind=kind,
        sort_key=sort_key(name),
        parent_id=parent.id if parent else None,
        source=source,
    )


def units_of(session: Session, region_id: int, on: date, kind: str | None = None) -> list[Unit]:
    """A region's units that exist on a day, in Swedish order."""
    query = select(Unit).where(Unit.region_id == region_id, Unit.valid_from <= on)
    query = query.where((Unit.valid_to.is_(None)) | (Unit.valid_to >= on))
    if kind is not None:
        query = query.where(Unit.kind == kind)
    return list(session.scalars(query.order_by(Unit.sort_key, Unit.id)))


def below(session: Session, unit_ids: Iterable[int]) -> frozenset[int]:
    """The units and everything under them in the tree."""
    tree = select(Unit.id).where(Unit.id.in_(list(unit_ids))).cte("tree", recursive=True)
    tree = tree.union(select(Unit.id).join(tree, Unit.parent_id == tree.c.id))
    return frozenset(session.scalars(select(tree.c.id)))


def lock(session: Session, unit_ids: Iterable[int]) -> None:
    """Lock some units until the transaction ends, always in the same order. Rows may point at them meanwhile."""
    query = select(Unit.id).where(Unit.id.in_(sorted(set(unit_ids)))).order_by(Unit.id)
    session.execute(query.with_for_update(key_share=True))


def names(session: Session, unit_ids: Iterable[int]) -> dict[int, str]:
    """The names of some units."""
    wanted = list(unit_ids)
    if not wanted:
        return {}
    return {unit_id: name for unit_id, name in session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(wanted)))}


def beside(session: Session, region_id: int, parent_id: int | None, on: date) -> list[Unit]:
    """The units directly under one (None: the topmost) that have not ended before a day."""
    under = Unit.parent_id.is_(None) if parent_id is None else Unit.parent_id == parent_id
    query = select(Unit).where(Unit.region_id == region_id, under)
    query = query.where((Unit.valid_to.is_(None)) | (Unit.valid_to >= on))
    return list(session.scalars(query.order_by(Unit.sort_key, Unit.id)))


def parents(session: Session) -> dict[int, int | None]:
    """The unit directly above each unit; None for the topmost."""
    return {unit_id: parent_id for unit_id, parent_id in session.execute(select(Unit.id, Unit.parent_id))}


def topmost(above: Mapping[int, int | None], unit_id: int) -> int:
    """The unit above a unit, and above that, as far as there is one; ``above`` is what ``parents`` gave."""
    while (parent := above.get(unit_id)) is not None:
        unit_id = parent
    return unit_id


def terms_of(session: Session, unit_id: int) -> list[UnitTerms]:
    """A unit's terms, oldest first."""
    return list(session.scalars(select(UnitTerms).where(UnitTerms.unit_id == unit_id).order_by(UnitTerms.valid_from)))


def codes_of(session: Session, unit_id: int) -> list[WorkplaceCode]:
    """A unit's workplace codes, oldest first."""
    row = WorkplaceCode
    return list(session.scalars(select(row).where(row.unit_id == unit_id).order_by(row.valid_from, row.code)))


def code_holder(session: Session, code: str, since: date) -> Unit | None:
    """The unit that has a workplace code on a day or later."""
    query = select(Unit).join(WorkplaceCode, WorkplaceCode.unit_id == Unit.id).where(WorkplaceCode.code == code)
    return session.scalar(query.where((WorkplaceCode.valid_to.is_(None)) | (WorkplaceCode.valid_to >= since)).limit(1))


def names_in(session: Session, region_id: int | None) -> dict[int, str]:
    """The names of all units that a region has or has had; none without a region."""
    query = select(Unit.id, Unit.name).where(Unit.region_id == region_id)
    return {unit_id: name for unit_id, name in session.execute(query)}
