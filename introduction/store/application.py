"""Applications for extra money, with the applicant's own savings."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
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
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.applications import SAVING_STATES
from introduction.domain.errors import NotFound
from introduction.domain.fields import APPLICATION_FIELDS
from introduction.domain.money import MAX_ORE
from introduction.store.base import Base, UtcDateTime, fact_checks, fact_columns, one_of
from introduction.store.noun import NounRow

LINKS = ("renewed_from", "reconsidered_from")


class FundingApplication(NounRow, Base):
    """An application for extra money, with all that is told of it."""

    __table__ = Table(
        "funding_application",
        Base.metadata,
        Column("id", ForeignKey("process_instance.id"), primary_key=True),
        Column("public_number", String(24), unique=True, nullable=False),
        Column("region_id", ForeignKey("region.id"), nullable=False),
        Column("unit_id", ForeignKey("unit.id"), nullable=False),
        Column("case_id", ForeignKey("cases.id"), index=True),
        Column("medicine_id", ForeignKey("medicine.id"), nullable=False),
        Column("indication_id", ForeignKey("indication.id"), nullable=False),
        Column("owner_id", ForeignKey("person.id"), index=True),
        Column("submitted_on", Date),
        Column("place", Integer),
        Column("example", Boolean, nullable=False, server_default=false()),
        Column("recorded_afterwards", Boolean, nullable=False, server_default=false()),
        *fact_columns(APPLICATION_FIELDS.values()),
        *fact_checks(APPLICATION_FIELDS.values()),
        CheckConstraint("period_to IS NULL OR period_from IS NULL OR period_to >= period_from", name="period_in_order"),
        Index("ix_funding_application_region_id", "region_id", "budget_year"),
        Index("ix_funding_application_unit_id", "unit_id"),
    )
    owner_column = "owner_id"
    unit_column = "unit_id"

    if TYPE_CHECKING:
        id: Mapped[int]
        public_number: Mapped[str]
        region_id: Mapped[int]
        unit_id: Mapped[int]
        case_id: Mapped[int | None]
        medicine_id: Mapped[int]
        indication_id: Mapped[int]
        owner_id: Mapped[int | None]
        submitted_on: Mapped[date | None]
        place: Mapped[int | None]  #: in the order that the council has put the applications in; 1 is first
        example: Mapped[bool]
        recorded_afterwards: Mapped[bool]
        budget_year: Mapped[int | None]
        period_from: Mapped[date | None]
        period_to: Mapped[date | None]
        patients: Mapped[int | None]
        need_by_month: Mapped[dict[str, int] | None]
        no_case_reason: Mapped[str | None]
        budget_reason: Mapped[str | None]
        without_it: Mapped[str | None]
        no_savings_reason: Mapped[str | None]
        review: Mapped[str | None]
        proposed_ore: Mapped[int | None]
        answer_by: Mapped[date | None]
        delay_reason: Mapped[str | None]

        def __init__(self, **values: Any) -> None: ...

    @property
    def need_ore(self) -> int:
        """The need of all months, in öre."""
        return sum((self.need_by_month or {}).values())


class OwnSaving(Base):
    """A saving that the applicant makes itself, and whether it has been examined."""

    __tablename__ = "own_saving"
    __table_args__ = (
        one_of("state", SAVING_STATES),
        CheckConstraint(f"amount_ore BETWEEN 0 AND {MAX_ORE}", name="amount_bounds"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("funding_application.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))  #: the drug committee's recommendation, or what is done
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    owner: Mapped[str] = mapped_column(String(160))  #: who sees to it, by name or role
    goal: Mapped[str] = mapped_column(String(300))
    by_day: Mapped[date]
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApplicationLink(Base):
    """A later application that renews an earlier one, or asks for it to be reconsidered."""

    __tablename__ = "application_link"
    __table_args__ = (one_of("kind", LINKS), UniqueConstraint("application_id", "other_id", "kind"))

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("funding_application.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("funding_application.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


def by_number(session: Session, number: str) -> FundingApplication:
    """The application of a public number. Raises NotFound."""
    row = FundingApplication
    found = session.scalar(select(row).where(row.__table__.c.public_number == number))
    if found is None:
        raise NotFound(f"application {number}")
    return found


def savings_of(session: Session, application_id: int) -> list[OwnSaving]:
    """An application's own savings in the order in which they were entered."""
    query = select(OwnSaving).where(OwnSaving.application_id == application_id)
    return list(session.scalars(query.order_by(OwnSaving.id)))


def links_of(session: Session, application_id: int) -> list[ApplicationLink]:
    """The links of an application to others, both ways."""
    link = ApplicationLink
    query = select(link).where((link.application_id == application_id) | (link.other_id == application_id))
    return list(session.scalars(query.order_by(link.id)))
