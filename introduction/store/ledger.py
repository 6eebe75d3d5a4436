"""Files of approved claims for the ledger. A claim stands in one file, once; a receipt closes the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Select,
    String,
    UniqueConstraint,
    exists,
    false,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.errors import NotFound
from introduction.store.application import FundingApplication
from introduction.store.base import Base, UtcDateTime
from introduction.store.case import Case
from introduction.store.claim import Claim
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.unit import Unit


class LedgerFile(Base):
    """A file of claims to be paid, numbered in its region: all of them real, or all invented. Lines never change."""

    __tablename__ = "ledger_file"
    __table_args__ = (
        UniqueConstraint("region_id", "number"),
        UniqueConstraint("region_id", "receipt_sha256"),
        CheckConstraint("lines >= 1", name="has_lines"),
        CheckConstraint("(received_at IS NULL) = (receipt_sha256 IS NULL)", name="received_by_file"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    number: Mapped[int]
    lines: Mapped[int]
    sum_ore: Mapped[int] = mapped_column(BigInteger)  #: the control sum
    example: Mapped[bool] = mapped_column(default=False, server_default=false())  #: its claims are invented
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    receipt_sha256: Mapped[str | None] = mapped_column(String(64))
    booked_on: Mapped[date | None]
    received_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LedgerLine(Base):
    """A claim in a file, with all that the line says, frozen."""

    __tablename__ = "ledger_line"
    __table_args__ = (
        UniqueConstraint("file_id", "number"),
        UniqueConstraint("claim_id"),
        CheckConstraint("amount_ore <> 0", name="amount_not_nought"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("ledger_file.id"))
    number: Mapped[int]
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"))
    claim_number: Mapped[str] = mapped_column(String(24))
    case_number: Mapped[str] = mapped_column(String(24))
    unit: Mapped[str] = mapped_column(String(160))
    cost_centre: Mapped[str | None] = mapped_column(String(20))
    budget_year: Mapped[int]
    budget_line: Mapped[str | None] = mapped_column(String(80))
    held_by: Mapped[str] = mapped_column(String(12))
    basis: Mapped[str] = mapped_column(String(40))
    period_from: Mapped[date]
    period_to: Mapped[date]
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    approved_on: Mapped[date]


def get(session: Session, region_id: int, number: int) -> LedgerFile:
    """A region's file of a number. Raises NotFound."""
    query = select(LedgerFile).where(LedgerFile.region_id == region_id, LedgerFile.number == number)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"ledger file {number}")
    return found


def of_region(session: Session, region_id: int) -> list[LedgerFile]:
    """A region's files, the newest first."""
    query = select(LedgerFile).where(LedgerFile.region_id == region_id)
    return list(session.scalars(query.order_by(LedgerFile.number.desc())))


def lines_of(session: Session, file_id: int) -> Iterator[LedgerLine]:
    """The lines of a file in order, read a thousand at a time: a file of any length fits in memory."""
    query = select(LedgerLine).where(LedgerLine.file_id == file_id).order_by(LedgerLine.number)
    for chunk in session.execute(query.execution_options(yield_per=1000)).scalars().partitions():
        yield from chunk
        for line in chunk:
            session.expunge(line)


def some_lines(session: Session, file_id: int, *, limit: int, offset: int = 0) -> list[LedgerLine]:
    """A page of a file's lines."""
    query = select(LedgerLine).where(LedgerLine.file_id == file_id).order_by(LedgerLine.number)
    return list(session.scalars(query.limit(limit).offset(offset)))


def line_of_claim(session: Session, claim_id: int) -> LedgerLine | None:
    """The line of a claim; None while it is in no file."""
    return session.scalar(select(LedgerLine).where(LedgerLine.claim_id == claim_id))


def files_of(session: Session, claim_ids: Iterable[int]) -> dict[int, tuple[int, bool]]:
    """The file of each of some claims, and whether its receipt has come; claims in no file are left out."""
    query = (
        select(LedgerLine.claim_id, LedgerFile.number, LedgerFile.received_at)
        .join(LedgerFile, LedgerFile.id == LedgerLine.file_id)
        .where(LedgerLine.claim_id.in_(list(claim_ids)))
    )
    return {claim_id: (number, received is not None) for claim_id, number, received in session.execute(query)}


# ------------------------------------------------------------------------------------- making a file

_claim, _case, _application = Claim.__table__.c, Case.__table__.c, FundingApplication.__table__.c


def _to_export(query: Any, region_id: int, *, example: bool) -> Any:
    """A query of approved claims narrowed to those of a region that are in no file: the real or the invented ones."""
    return (
        query.select_from(Claim)
        .join(Instance, Instance.id == _claim.id)
        .where(_claim.region_id == region_id, _claim.example == example)
        .where(_claim.counts, _claim.approved_ore.is_not(None))
        .where(Instance.closed_on.is_(None))
        .where(~exists().where(LedgerLine.claim_id == _claim.id))
    )


def to_export(session: Session, region_id: int, *, example: bool) -> tuple[int, int]:
    """How many approved claims of a region are in no file, and what they come to: of the real or the invented ones."""
    query = _to_export(select(func.count(), func.sum(_claim.approved_ore)), region_id, example=example)
    count, total = session.execute(query).one()
    return int(count), int(total or 0)


def add_lines(session: Session, file: LedgerFile) -> tuple[int, int]:
    """Put all of the file's kind into it in one statement. Returns how many they were, and their sum."""
    told = {
        "file_id": literal(file.id),
        "number": func.row_number().over(order_by=_claim.id),
        "claim_id": _claim.id,
        "claim_number": _claim.public_number,
        "case_number": func.coalesce(_case.public_number, _application.public_number),
        "unit": Unit.name,
        "cost_centre": Unit.cost_centre,
        "budget_year": GrantRow.budget_year,
        "budget_line": Fund.budget_line,
        "held_by": Fund.held_by,
        "basis": _claim.basis,
        "period_from": _claim.period_from,
        "period_to": _claim.period_to,
        "amount_ore": _claim.approved_ore,
        "approved_on": Instance.stage_entered_on,
    }
    query = (
        _to_export(select(*told.values()), file.region_id, example=file.example)
        .join(GrantRow, GrantRow.id == _claim.grant_id)
        .join(Fund, Fund.id == GrantRow.fund_id)
        .join(Unit, Unit.id == _claim.unit_id)
        .outerjoin(Case, _case.id == GrantRow.case_id)
        .outerjoin(FundingApplication, _application.id == GrantRow.application_id)
    )
    session.execute(insert(LedgerLine).from_select(list(told), query))
    added = select(func.count(), func.sum(LedgerLine.amount_ore)).where(LedgerLine.file_id == file.id)
    count, total = session.execute(added).one()
    return int(count), int(total or 0)


def last_number(session: Session, region_id: int) -> int:
    """The number of a region's last file; 0 when there is none."""
    return session.scalar(select(func.max(LedgerFile.number)).where(LedgerFile.region_id == region_id)) or 0


# ------------------------------------------------------------------------------------- its receipt


def by_receipt(session: Session, region_id: int, sha256: str) -> LedgerFile | None:
    """The file that a receipt has closed; None when it has not come before."""
    query = select(LedgerFile).where(LedgerFile.region_id == region_id, LedgerFile.receipt_sha256 == sha256)
    return session.scalar(query)


def first_unanswered(session: Session, region_id: int, *, example: bool) -> int | None:
    """The lowest number of a region's real, or invented, files whose receipt has not come."""
    query = select(func.min(LedgerFile.number)).where(LedgerFile.region_id == region_id, LedgerFile.example == example)
    return session.scalar(query.where(LedgerFile.received_at.is_(None)))


def claim_ids(file_id: int) -> Select[Any]:
    """The query of a file's claims."""
    return select(LedgerLine.claim_id).where(LedgerLine.file_id == file_id)
