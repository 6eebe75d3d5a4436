"""Postings: every move of a fund's money from one account to another. They are only added, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.funding import Account
from introduction.domain.money import MAX_ORE
from introduction.store.base import Base, UtcDateTime, one_of

DECISIONS = (
    "appropriation",
    "grant",
    "change_of_grant",
    "reallocation",
    "reservation",
    "carried_over",
    "returned",
    "application",
)


def _part(name: str, *columns: str, where: str) -> Index:
    """An index of some postings only: what is asked of a fund stays quick however many claims there are."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class MoneyDecision(Base):
    """A decision about money, as its minutes or its record tell it. Never changed."""

    __tablename__ = "money_decision"
    __table_args__ = (one_of("kind", DECISIONS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"), index=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str | None] = mapped_column(String(20))  #: of an application: one of FUNDING_OUTCOMES
    body: Mapped[str | None] = mapped_column(String(160))
    decided_on: Mapped[date]
    section: Mapped[str | None] = mapped_column(String(40))
    registry_number: Mapped[str | None] = mapped_column(String(60))
    reasons: Mapped[str] = mapped_column(Text)
    conditions: Mapped[str | None] = mapped_column(Text)
    granted_ore: Mapped[int | None] = mapped_column(BigInteger)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Posting(Base):
    """So much of a fund's money went from one account to another, and why."""

    __tablename__ = "posting"
    __table_args__ = (
        one_of("source", Account),
        one_of("target", Account),
        CheckConstraint("source <> target", name="moves"),
        CheckConstraint(f"amount_ore BETWEEN 1 AND {MAX_ORE}", name="amount_bounds"),
        Index("ix_posting_fund_id", "fund_id", "id"),
        _part("ix_posting_appropriated", "fund_id", "decision_id", where="source = 'outside'"),
        _part("ix_posting_approved", "fund_id", "on_day", "amount_ore", where="target = 'approved'"),
        _part("ix_posting_taken_back", "fund_id", "on_day", "amount_ore", where="source = 'paid'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grant_row.id"), index=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"), index=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("money_decision.id"), index=True)
    source: Mapped[str] = mapped_column(String(12))
    target: Mapped[str] = mapped_column(String(12))
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    on_day: Mapped[date]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


def of_grant(session: Session, grant_id: int) -> list[Posting]:
    """What has moved in a grant, oldest first."""
    return list(session.scalars(select(Posting).where(Posting.grant_id == grant_id).order_by(Posting.id)))


def of_fund(session: Session, fund_id: int, limit: int) -> list[Posting]:
    """What has moved in a fund last, the newest first."""
    query = select(Posting).where(Posting.fund_id == fund_id).order_by(Posting.id.desc()).limit(limit)
    return list(session.scalars(query))


#: Written into the statement, so that the database sees that a partial index holds all that is asked for.
_OUTSIDE: ColumnElement[str] = literal_column("'outside'")
_APPROVED: ColumnElement[str] = literal_column("'approved'")
_PAID: ColumnElement[str] = literal_column("'paid'")


def approved_by_month(session: Session, fund_id: int) -> dict[str, int]:
    """What was approved of a fund less what was taken back, by month ("2027-03"), in öre."""
    found: dict[str, int] = {}
    for condition, sign in ((Posting.target == _APPROVED, 1), (Posting.source == _PAID, -1)):
        query = select(Posting.on_day, func.sum(Posting.amount_ore)).where(Posting.fund_id == fund_id, condition)
        for day, amount in session.execute(query.group_by(Posting.on_day)):
            month = day.isoformat()[:7]
            found[month] = found.get(month, 0) + sign * int(amount)
    return found


def net_of(session: Session, instance_ids: Iterable[int]) -> list[tuple[int, int | None, str, str, int]]:
    """What has moved for some instances in all: fund, grant, from which account, to which, and how many öre."""
    keys = (Posting.fund_id, Posting.grant_id, Posting.source, Posting.target)
    query = select(*keys, func.sum(Posting.amount_ore)).where(Posting.instance_id.in_(list(instance_ids)))
    rows = session.execute(query.group_by(*keys).order_by(*keys))
    return [(fund, grant, source, target, int(amount)) for fund, grant, source, target, amount in rows]


def decisions_of(session: Session, instance_id: int) -> list[MoneyDecision]:
    """The decisions about money of an instance, in the order in which they were recorded."""
    query = select(MoneyDecision).where(MoneyDecision.instance_id == instance_id).order_by(MoneyDecision.id)
    return list(session.scalars(query))


def grant_of(session: Session, decision_id: int) -> int | None:
    """The grant that a decision put money in; None when it gave nothing."""
    query = select(Posting.grant_id).where(Posting.decision_id == decision_id, Posting.grant_id.is_not(None))
    return session.scalar(query.order_by(Posting.id).limit(1))


def decisions(session: Session, ids: Iterable[int]) -> dict[int, MoneyDecision]:
    """Some decisions, by id."""
    return {row.id: row for row in session.scalars(select(MoneyDecision).where(MoneyDecision.id.in_(list(ids))))}


def of_the_fund(session: Session, fund_id: int, limit: int, offset: int = 0) -> list[MoneyDecision]:
    """The decisions about a fund's money, the newest first: also those that carried money over to it."""
    query = select(MoneyDecision).where(_about(fund_id)).order_by(MoneyDecision.id.desc())
    return list(session.scalars(query.limit(limit).offset(offset)))


def count_of_the_fund(session: Session, fund_id: int) -> int:
    """How many decisions there are about a fund's money."""
    return session.scalar(select(func.count()).select_from(MoneyDecision).where(_about(fund_id))) or 0


def _about(fund_id: int) -> ColumnElement[bool]:
    came = select(Posting.decision_id).where(
        Posting.fund_id == fund_id, Posting.source == _OUTSIDE, Posting.decision_id.is_not(None)
    )
    return or_(MoneyDecision.fund_id == fund_id, MoneyDecision.id.in_(came))
