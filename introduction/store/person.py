"""People: those who sign in, and the roles that they hold between two dates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.roles import Mandate, Person, Role
from introduction.domain.swedish import fold
from introduction.store import unit as units
from introduction.store.base import Base, UtcDateTime, one_of


class PersonRow(Base):
    """Somebody who can sign in. Never a patient; no personal identity number."""

    __tablename__ = "person"
    __table_args__ = (one_of("language", ("sv", "en")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="sv")
    active: Mapped[bool] = mapped_column(default=True)
    example: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RoleAssignment(Base):
    """A role held in a region, for a unit where the role is local, from a day and perhaps to a day."""

    __tablename__ = "role_assignment"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_in_order"),
        CheckConstraint("role NOT IN ('nominator', 'head_of_unit') OR unit_id IS NOT NULL", name="local_has_unit"),
        Index("ix_role_assignment_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


def by_email(session: Session, email: str) -> PersonRow | None:
    """The person with an e-mail address, whatever its case."""
    return session.scalar(select(PersonRow).where(PersonRow.email == fold(email)))


def assignments_on(session: Session, person_id: int, day: date) -> list[RoleAssignment]:
    """The roles that a person holds on a day."""
    held = RoleAssignment
    query = select(held).where(held.person_id == person_id, held.valid_from <= day)
    return list(session.scalars(query.where((held.valid_to.is_(None)) | (held.valid_to >= day)).order_by(held.id)))


def assignments_of(session: Session, person_id: int) -> list[RoleAssignment]:
    """Every role that a person holds, has held or will hold."""
    held = RoleAssignment
    return list(session.scalars(select(held).where(held.person_id == person_id).order_by(held.id)))


def as_person(session: Session, row: PersonRow, day: date) -> Person:
    """The person with the mandates of a day; a mandate for a unit reaches all units below it."""
    mandates = tuple(
        Mandate(
            role=Role(held.role),
            region_id=held.region_id,
            unit_ids=units.below(session, [held.unit_id]) if held.unit_id else frozenset(),
            valid_from=held.valid_from,
            valid_to=held.valid_to,
        )
        for held in assignments_on(session, row.id, day)
    )
    return Person(row.id, row.name, mandates)


def names(session: Session) -> dict[int, str]:
    """Every person's name, for showing events."""
    return {person_id: name for person_id, name in session.execute(select(PersonRow.id, PersonRow.name))}


def holders(session: Session, region_id: int, roles: list[Role], day: date) -> list[PersonRow]:
    """The active people who hold one of the roles in a region on a day, by name."""
    held = RoleAssignment
    query = (
        select(PersonRow)
        .join(held, held.person_id == PersonRow.id)
        .where(PersonRow.active, held.region_id == region_id, held.role.in_(roles), held.valid_from <= day)
        .where((held.valid_to.is_(None)) | (held.valid_to >= day))
    )
    return list(session.scalars(query.distinct().order_by(PersonRow.name)))


@dataclass(frozen=True)
class Holding:
    """That somebody who can sign in holds a role."""

    person_id: int
    region_id: int
    role: Role
    unit_id: int | None


def holding(session: Session, day: date) -> list[Holding]:
    """Every role held on a day by people who can sign in, by the people's names."""
    held = RoleAssignment
    query = (
        select(held.person_id, held.region_id, held.role, held.unit_id)
        .join(PersonRow, PersonRow.id == held.person_id)
        .where(PersonRow.active, held.valid_from <= day, (held.valid_to.is_(None)) | (held.valid_to >= day))
        .order_by(PersonRow.name, PersonRow.id, held.id)
    )
    return [Holding(person, region, Role(role), unit) for person, region, role, unit in session.execute(query)]


def ending(session: Session, region_id: int, since: date) -> list[tuple[RoleAssignment, PersonRow]]:
    """The roles in a region that end on a day or later, with the people who hold them."""
    held = RoleAssignment
    query = select(held, PersonRow).join(PersonRow, PersonRow.id == held.person_id)
    query = query.where(PersonRow.active, held.region_id == region_id, held.valid_to >= since).order_by(held.id)
    return [(role, row) for role, row in session.execute(query)]


def last_held(session: Session, role: Role, unit_id: int, before: date) -> date | None:
    """The last day on which somebody held a role for a unit, before a day."""
    held = RoleAssignment
    query = select(func.max(held.valid_to)).where(held.role == role, held.unit_id == unit_id, held.valid_to < before)
    return session.scalar(query)


def by_ids(session: Session, person_ids: Iterable[int]) -> dict[int, PersonRow]:
    """Some people, by id."""
    return {row.id: row for row in session.scalars(select(PersonRow).where(PersonRow.id.in_(list(person_ids))))}


def everybody(session: Session) -> list[PersonRow]:
    """Every person, by name, those who can no longer sign in too."""
    return list(session.scalars(select(PersonRow).order_by(PersonRow.name, PersonRow.id)))
