"""Money of a fund that is held for a case or an application before anything is granted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.money import MAX_ORE
from introduction.store.base import Base, UtcDateTime


class Reservation(Base):
    """So much of a fund is held for an instance; ``left_ore`` is what has neither been granted nor let go."""

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint(f"amount_ore BETWEEN 1 AND {MAX_ORE}", name="amount_bounds"),
        CheckConstraint("left_ore BETWEEN 0 AND amount_ore", name="left_bounds"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), index=True)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    left_ore: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


def of_instance(session: Session, instance_id: int, fund_id: int | None = None) -> list[Reservation]:
    """The reservations of an instance that still hold money, oldest first."""
    query = select(Reservation).where(Reservation.instance_id == instance_id, Reservation.left_ore > 0)
    if fund_id is not None:
        query = query.where(Reservation.fund_id == fund_id)
    return list(session.scalars(query.order_by(Reservation.id).execution_options(populate_existing=True)))


def of_fund(session: Session, fund_id: int) -> list[Reservation]:
    """What is reserved in a fund, oldest first."""
    query = select(Reservation).where(Reservation.fund_id == fund_id, Reservation.left_ore > 0)
    return list(session.scalars(query.order_by(Reservation.id)))
