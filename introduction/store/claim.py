"""Claims: money that a unit draws from a grant for costs that have arisen. A claim is one line in the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    bindparam,
    false,
    select,
)
from sqlalchemy.orm import Mapped, Session

from introduction.domain.errors import NotFound
from introduction.domain.fields import CLAIM_FIELDS
from introduction.domain.ledger import LONGEST_VOUCHER
from introduction.store.base import Base, fact_checks, fact_columns
from introduction.store.instance import Instance
from introduction.store.noun import NounRow


class Claim(NounRow, Base):
    """A claim with all that is told of it. ``counts`` is true while it stands for costs: handed in and not let go.

    ``handed_in_on`` is the day on which that happened first; a claim that comes back has it still. The ledger's receipt
    gives it the number of its voucher, and the day when that was booked.
    """

    __table__ = Table(
        "claim",
        Base.metadata,
        Column("id", ForeignKey("process_instance.id"), primary_key=True),
        Column("public_number", String(24), unique=True, nullable=False),
        Column("region_id", ForeignKey("region.id"), nullable=False),
        Column("grant_id", ForeignKey("grant_row.id"), nullable=False),
        Column("unit_id", ForeignKey("unit.id"), nullable=False),
        Column("medicine_id", ForeignKey("medicine.id"), nullable=False),
        Column("indication_id", ForeignKey("indication.id"), nullable=False),
        Column("corrects_id", ForeignKey("claim.id"), index=True),
        Column("counts", Boolean, nullable=False, server_default=false()),
        Column("handed_in_on", Date),
        Column("example", Boolean, nullable=False, server_default=false()),
        Column("recorded_afterwards", Boolean, nullable=False, server_default=false()),
        Column("voucher", String(LONGEST_VOUCHER)),
        Column("booked_on", Date),
        *fact_columns(CLAIM_FIELDS.values()),
        *fact_checks(CLAIM_FIELDS.values()),
        CheckConstraint("period_to IS NULL OR period_from IS NULL OR period_to >= period_from", name="period_in_order"),
        CheckConstraint(
            "NOT counts OR extra_cost_ore = gross_new_ore - gross_displaced_ore", name="extra_cost_adds_up"
        ),
        CheckConstraint("corrects_id IS NOT NULL OR NOT counts OR extra_cost_ore > 0", name="rises_unless_corrected"),
        CheckConstraint("NOT counts OR handed_in_on IS NOT NULL", name="handed_in_when_it_counts"),
        CheckConstraint("(voucher IS NULL) = (booked_on IS NULL)", name="booked_with_voucher"),
        Index("ix_claim_grant_id", "grant_id"),
        Index("ix_claim_unit_id", "unit_id", "period_from"),
    )
    unit_column = "unit_id"

    if TYPE_CHECKING:
        id: Mapped[int]
        public_number: Mapped[str]
        region_id: Mapped[int]
        grant_id: Mapped[int]
        unit_id: Mapped[int]
        medicine_id: Mapped[int]
        indication_id: Mapped[int]
        corrects_id: Mapped[int | None]
        counts: Mapped[bool]
        handed_in_on: Mapped[date | None]
        example: Mapped[bool]
        recorded_afterwards: Mapped[bool]
        voucher: Mapped[str | None]
        booked_on: Mapped[date | None]
        period_from: Mapped[date | None]
        period_to: Mapped[date | None]
        basis: Mapped[str | None]
        patients: Mapped[int | None]
        quantity_milli: Mapped[int | None]
        gross_new_ore: Mapped[int | None]
        gross_displaced_ore: Mapped[int | None]
        extra_cost_ore: Mapped[int | None]
        approved_ore: Mapped[int | None]

        def __init__(self, **values: Any) -> None: ...


_claim = Claim.__table__.c
_other = Claim.__table__.alias()


def by_number(session: Session, number: str) -> Claim:
    """The claim of a public number. Raises NotFound."""
    found = session.scalar(select(Claim).where(_claim.public_number == number))
    if found is None:
        raise NotFound(f"claim {number}")
    return found


def some(session: Session, claim_ids: Iterable[int]) -> dict[int, Claim]:
    """Some claims by id, as they stand now."""
    wanted = list(claim_ids)
    if not wanted:
        return {}
    query = select(Claim).where(_claim.id.in_(wanted)).execution_options(populate_existing=True)
    return {row.id: row for row in session.scalars(query)}


_OVERLAPPING = (
    select(_claim.id, _other.c.public_number)
    .join(_other, _other.c.unit_id == _claim.unit_id)
    .where(_claim.id.in_(bindparam("claim_ids", expanding=True)), _claim.corrects_id.is_(None))
    .where(_other.c.id != _claim.id, _other.c.corrects_id.is_(None), _other.c.counts)
    .where(_other.c.medicine_id == _claim.medicine_id, _other.c.indication_id == _claim.indication_id)
    .where(_other.c.basis == _claim.basis)
    .where(_other.c.period_from <= _claim.period_to, _other.c.period_to >= _claim.period_from)
    .order_by(_other.c.id)
)


def overlapping(session: Session, claim_ids: Iterable[int]) -> dict[int, list[str]]:
    """For each of some claims, the numbers of those of the same unit, medicine, indication and basis for the same days.

    Only those that count; corrections have none and are none. Claims without any are left out.
    """
    found: dict[int, list[str]] = {}
    for claim_id, number in session.execute(_OVERLAPPING, {"claim_ids": list(claim_ids)}):
        found.setdefault(claim_id, []).append(number)
    return found


def corrections_of(session: Session, claim_ids: Iterable[int], *, all_of_them: bool = False) -> dict[int, list[Claim]]:
    """The corrections of some claims that count (or all), by the claim that they correct."""
    wanted = list(claim_ids)
    if not wanted:
        return {}
    query = select(Claim).where(_claim.corrects_id.in_(wanted)).order_by(_claim.id)
    if not all_of_them:
        query = query.where(_claim.counts)
    found: dict[int, list[Claim]] = {}
    for row in session.scalars(query.execution_options(populate_existing=True)):
        assert row.corrects_id is not None, "a correction corrects something"
        found.setdefault(row.corrects_id, []).append(row)
    return found


def of_grants(session: Session, grant_ids: Iterable[int]) -> list[tuple[Claim, Instance]]:
    """The claims of some grants with their instances, the newest first."""
    query = select(Claim, Instance).join(Instance, Instance.id == _claim.id).where(_claim.grant_id.in_(list(grant_ids)))
    return [(claim, instance) for claim, instance in session.execute(query.order_by(_claim.id.desc()))]


def counting_numbers(session: Session, instance_ids: Iterable[int]) -> dict[int, str]:
    """The numbers of those of some instances that are claims that count, by id."""
    wanted = list(instance_ids)
    if not wanted:
        return {}
    query = select(_claim.id, _claim.public_number).where(_claim.id.in_(wanted), _claim.counts)
    return {claim_id: number for claim_id, number in session.execute(query)}
