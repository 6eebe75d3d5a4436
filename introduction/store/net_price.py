"""Secret rebates, and the persons who may read them.

Only services/net_prices.py (the rebates) and services/net_readers.py (the readers) ask these tables.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.errors import NotFound
from introduction.store.base import Base, UtcDateTime
from introduction.store.event import Event

#: What the region's chain calls a reading of secret figures.
READ = "secret_read"


class NetPrice(Base):
    """The share of a treatment's price that comes back, between two months. A row is ended, never changed."""

    __tablename__ = "net_price"
    __table_args__ = (
        CheckConstraint("rebate_ppm BETWEEN 0 AND 1000000", name="rebate_is_a_share"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    treatment: Mapped[str] = mapped_column(String(48))  #: its id in the case's analyses
    rebate_ppm: Mapped[int]  #: parts per million of the list price
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)  #: the agreement, by its registry number
    provision: Mapped[str] = mapped_column(String(80))  #: the ground of secrecy, such as OSL 31 kap. 16 §
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  #: when it was taken back; it counts no more
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class NetReader(Base):
    """A person who is named to read a region's secret figures, between two dates, with the reason.

    The row is ended, never changed: who could read what stays known.
    """

    __tablename__ = "net_reader"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    named_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  #: when it was taken back, before its last day
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    def holds_on(self, day: date) -> bool:
        """True when the person may read on a day."""
        begun = self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)
        return begun and self.ended_at is None


# ------------------------------------------------------------------------------------- rebates


def of_case(session: Session, case_id: int) -> list[NetPrice]:
    """A case's rebates, those that were ended too, by treatment and time."""
    query = select(NetPrice).where(NetPrice.case_id == case_id)
    return list(session.scalars(query.order_by(NetPrice.treatment, NetPrice.valid_from, NetPrice.id)))


def lock(session: Session, case_id: int, price_id: int) -> NetPrice:
    """A case's rebate, locked until the transaction ends. Raises NotFound."""
    query = select(NetPrice).where(NetPrice.id == price_id, NetPrice.case_id == case_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"rebate {price_id} of case {case_id}")
    return found


# ------------------------------------------------------------------------------------- readers


def readers_of(session: Session, region_id: int) -> list[NetReader]:
    """Everybody who is or was named in a region, in the order of naming."""
    return list(session.scalars(select(NetReader).where(NetReader.region_id == region_id).order_by(NetReader.id)))


def namings_of(session: Session, region_id: int, person_id: int) -> list[NetReader]:
    """The namings of a person in a region that were not taken back."""
    query = select(NetReader).where(NetReader.region_id == region_id, NetReader.person_id == person_id)
    return list(session.scalars(query.where(NetReader.ended_at.is_(None)).order_by(NetReader.id)))


def lock_reader(session: Session, reader_id: int) -> NetReader:
    """A naming, locked until the transaction ends. Raises NotFound."""
    query = select(NetReader).where(NetReader.id == reader_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"net reader {reader_id}")
    return found


def readings(session: Session, stream: str, limit: int) -> list[dict[str, Any]]:
    """The latest readings in a region's chain, as the events tell them, the newest first."""
    told = Event.body.contains(f'"kind":"{READ}"', autoescape=True)  # quotes in what people wrote are escaped in JSON
    query = select(Event).where(Event.stream == stream, told).order_by(Event.seq.desc()).limit(limit)
    return [event.content for event in session.scalars(query)]
