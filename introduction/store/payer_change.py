"""Changes of payer: from which day a unit bears the cost of a medicine itself. Only added, never changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store import unit as units
from introduction.store.base import Base, UtcDateTime, one_of

PAYERS = ("fund", "unit", "central")


class PayerChange(Base):
    """Who pays for a case's medicine at a unit from a day on."""

    __tablename__ = "payer_change"
    __table_args__ = (
        one_of("from_payer", PAYERS),
        one_of("to_payer", PAYERS),
        UniqueConstraint("case_id", "unit_id", "takes_effect_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    from_payer: Mapped[str] = mapped_column(String(12))
    to_payer: Mapped[str] = mapped_column(String(12))
    takes_effect_on: Mapped[date]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


def of_case(session: Session, case_id: int) -> list[PayerChange]:
    """A case's changes of payer, by day and unit."""
    query = select(PayerChange).where(PayerChange.case_id == case_id)
    return list(session.scalars(query.order_by(PayerChange.takes_effect_on, PayerChange.unit_id)))


def last_of_units(session: Session, case_id: int) -> dict[int, PayerChange]:
    """The last change of payer of each of a case's units that has one."""
    return {row.unit_id: row for row in of_case(session, case_id)}


def last_in_cases(session: Session, case_ids: Iterable[int], unit_ids: Iterable[int]) -> dict[tuple[int, int], date]:
    """From which day units bear the cost of cases themselves, by case and unit; without those where the fund pays."""
    query = select(PayerChange).where(PayerChange.case_id.in_(list(case_ids)), PayerChange.unit_id.in_(list(unit_ids)))
    found = session.scalars(query.order_by(PayerChange.takes_effect_on, PayerChange.id))
    last = {(row.case_id, row.unit_id): row for row in found}
    return {key: row.takes_effect_on for key, row in last.items() if row.to_payer != "fund"}


def own_since(session: Session, case_id: int, unit_id: int) -> date | None:
    """From which day a unit bears the cost itself; None where the fund pays."""
    return own_of(session, {(case_id, unit_id)}, units.parents(session)).get((case_id, unit_id))


def own_of(
    session: Session, pairs: Collection[tuple[int, int]], parents: Mapping[int, int | None]
) -> dict[tuple[int, int], date]:
    """From which day units bear the cost of cases themselves, by case and unit; without those where the fund pays.

    It goes by the unit's last change, else by that of the nearest unit above it. Where none of them had one, as for
    an administration, it bears the cost once all those that had one do.
    """
    query = select(PayerChange).where(PayerChange.case_id.in_({case_id for case_id, _unit in pairs}))
    last: dict[int, dict[int, PayerChange]] = {}
    for row in session.scalars(query.order_by(PayerChange.takes_effect_on, PayerChange.id)):
        last.setdefault(row.case_id, {})[row.unit_id] = row
    found = {}
    for case_id, unit_id in pairs:
        of_case, place = last.get(case_id, {}), unit_id
        while place not in of_case and (above := parents.get(place)) is not None:
            place = above
        asked = [of_case[place]] if place in of_case else list(of_case.values())
        if asked and all(row.to_payer != "fund" for row in asked):
            found[case_id, unit_id] = max(row.takes_effect_on for row in asked)
    return found
