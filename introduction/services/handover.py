"""Changes of payer: from when a unit bears a medicine's cost itself, and from when the fund pays again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from introduction.domain import partial
from introduction.services import handover_view
from introduction.services.desk import Desk
from introduction.services.handover_view import first_unfunded_day
from introduction.services.subjects import Subject
from introduction.store import payer_change as store
from introduction.store import portfolio
from introduction.store.decision import decisions_of
from introduction.store.payer_change import PayerChange


def change_payers(desk: Desk, subject: Subject) -> dict[str, Any]:
    """Record for each treating unit that it pays from the day after the financing; today where that is unknown.

    Where none is named, for each administration that has money. The cost of a unit that bears none stays with the
    central payer. A unit whose payer has changed already is left. The event keeps what the handover rested on.
    """
    seen = handover_view.told(handover_view.see(desk, subject))
    return {**_leave_fund(desk, subject, first_unfunded_day(subject) or desk.today), "seen": seen}


def end_payments(desk: Desk, subject: Subject) -> dict[str, Any]:
    """The same from the day of the decision just recorded, where the fund has paid anything and pays still."""
    if not subject.situation.grants:
        return {"units": []}
    decided = decisions_of(desk.session, subject.instance.id)[-1].decided_on
    day = partial.first_day(decided) if decided else desk.today
    return _leave_fund(desk, subject, min(day, first_unfunded_day(subject) or day))


def resume_payments(desk: Desk, subject: Subject) -> dict[str, Any]:
    """Record that the fund pays again, from the start of a new introduction, for units that had taken over."""
    last = store.last_of_units(desk.session, subject.instance.id)
    start: date = subject.situation["introduction_start"] or desk.today
    new = [
        _change(desk, subject, unit_id, (last[unit_id].to_payer, "fund"), _after(last[unit_id], start))
        for unit_id, _name in subject.treating_units
        if unit_id in last and last[unit_id].to_payer != "fund"
    ]
    return _recorded(desk, new)


# ------------------------------------------------------------------------------------- the parts


def _leave_fund(desk: Desk, subject: Subject, day: date) -> dict[str, Any]:
    bearing_none = portfolio.bearing_none(desk.session, day)
    last = store.last_of_units(desk.session, subject.instance.id)
    treating = [unit_id for unit_id, _name in subject.treating_units]
    with_money = sorted({grant.unit_id for grant in subject.situation.grants if grant.unit_id})
    new = [
        _change(desk, subject, unit_id, ("fund", "central" if unit_id in bearing_none else "unit"),
                _after(last.get(unit_id), day))
        for unit_id in treating or with_money
        if unit_id not in last or last[unit_id].to_payer == "fund"
    ]  # fmt: skip
    return {"from": day.isoformat(), **_recorded(desk, new)}


def _after(last: PayerChange | None, day: date) -> date:
    """The day, or the first one after the last change: payers follow each other."""
    return day if last is None else max(day, last.takes_effect_on + timedelta(days=1))


def _change(desk: Desk, subject: Subject, unit_id: int, payers: tuple[str, str], day: date) -> PayerChange:
    return PayerChange(
        case_id=subject.instance.id,
        unit_id=unit_id,
        from_payer=payers[0],
        to_payer=payers[1],
        takes_effect_on=day,
        recorded_by=desk.user_id,
        recorded_at=desk.now,
    )


def _recorded(desk: Desk, new: Iterable[PayerChange]) -> dict[str, Any]:
    added = list(new)
    desk.session.add_all(added)
    desk.session.flush()
    return {"units": [row.unit_id for row in added]}
