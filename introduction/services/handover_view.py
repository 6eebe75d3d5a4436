"""A case's handover, unit by unit: what was paid, what is forecast, what is proposed and what was answered.

It is read as it stands, or as it stood when the cost responsibility was handed over: the event of that step tells it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from introduction.domain.budget.portfolio import Figure
from introduction.domain.errors import NotFound
from introduction.domain.process.situation import handover_begins
from introduction.services import landing, subjects
from introduction.services.desk import Desk
from introduction.services.landing import Shares
from introduction.services.subjects import Subject
from introduction.services.unit_answers import ANSWER
from introduction.store import follow_up, payer_change, portfolio
from introduction.store import handover as store
from introduction.store import unit as units
from introduction.store.decision import decisions_of
from introduction.store.follow_up import HandoverConfirmation, HandoverProposal
from introduction.store.payer_change import PayerChange
from introduction.store.task import TaskRow

PROPOSAL = "handover_proposal"


@dataclass(frozen=True)
class Ask:
    """An open task of a unit, and by when it should be done."""

    task_id: int
    due_on: date | None


@dataclass(frozen=True)
class UnitLine:
    """A treating unit at the handover. Amounts are öre; ``forecast`` is by the years of the handover."""

    unit_id: int
    unit: str
    bears_cost: bool
    paid_ore: int
    forecast: Figure | None
    proposal: HandoverProposal | None
    answer: HandoverConfirmation | None
    asked: Ask | None  #: the head has been asked and has not answered since
    was_asked: bool  #: the head has been asked, now or before
    proposing: Ask | None
    change: PayerChange | None

    @property
    def forecast_ore(self) -> int | None:
        """What the first unfunded year is forecast to cost the unit; nothing for one that bears no cost."""
        if not self.bears_cost:
            return 0
        return self.forecast.expected[0] if self.forecast is not None else None

    @property
    def state(self) -> str:
        """``confirmed``, ``objection``, ``silent`` (asked, has not answered) or ``""`` (not asked yet)."""
        if self.answer is not None:
            return self.answer.answer
        return "silent" if self.was_asked else ""


@dataclass(frozen=True)
class Handover:
    """A case's handover. ``lines`` are the units that take over, ``central`` those whose cost stays with the region."""

    subject: Subject
    first_day: date | None  #: the first day that the fund does not pay for
    begins: date | None  #: when the handover begins at the latest
    years: tuple[int, ...]  #: the first unfunded year and the one after it
    months: int  #: so many months of the first unfunded year are unfunded
    lines: Sequence[UnitLine]
    central: Sequence[UnitLine]
    elsewhere_ore: int  #: paid to units that do not treat, such as the administration
    source: str
    analysis: int | None

    @property
    def every(self) -> Sequence[UnitLine]:
        """All treating units in Swedish order."""
        return sorted([*self.lines, *self.central], key=lambda line: self._place[line.unit_id])

    @property
    def _place(self) -> Mapping[int, int]:
        return {unit_id: at for at, (unit_id, _name) in enumerate(self.subject.treating_units)}

    def of(self, unit_id: int) -> UnitLine:
        """The line of a unit. NotFound when it does not treat."""
        found = next((line for line in self.every if line.unit_id == unit_id), None)
        if found is None:
            raise NotFound(f"unit {unit_id} in {self.subject.number}")
        return found


def first_unfunded_day(subject: Subject) -> date | None:
    """The day after the financing; None where its end is not settled."""
    until: date | None = subject.situation["financed_until"]
    return until + timedelta(days=1) if until is not None else None


def see(desk: Desk, subject: Subject) -> Handover:
    """A case's handover, for somebody who may see the case. A constant number of statements."""
    first = first_unfunded_day(subject)
    region_id = subject.instance.region_id
    assert region_id is not None, "a case has a region"
    years = (first.year, first.year + 1) if first is not None else ()
    case_id = subject.instance.id
    shares = landing.shares(desk, case_id, subject.region, region_id, years) if years else Shares((), {}, "", None)
    paid = store.paid_by_unit(desk.session, case_id)
    lines = _lines(desk, subject, shares, _paid_to(desk, subject, paid))
    return Handover(
        subject=subject,
        first_day=first,
        begins=handover_begins(subject.situation["financed_until"], subject.region) if first is not None else None,
        years=years,
        months=13 - first.month if first is not None else 0,
        lines=[line for line in lines if line.bears_cost],
        central=[line for line in lines if not line.bears_cost],
        elsewhere_ore=sum(paid.values()) - sum(line.paid_ore for line in lines),
        source=shares.source,
        analysis=shares.analysis,
    )


def told(found: Handover) -> dict[str, Any]:
    """A handover as the event of its last step tells it. Proposals and answers, which never change, are told by id."""
    return {
        "first_day": found.first_day,
        "years": found.years,
        "months": found.months,
        "source": found.source,
        "analysis": found.analysis,
        "elsewhere_ore": found.elsewhere_ore,
        "units": [
            {
                "id": line.unit_id,
                "name": line.unit,
                "bears_cost": line.bears_cost,
                "paid_ore": line.paid_ore,
                "forecast": asdict(line.forecast) if line.forecast is not None else None,
                "proposal": line.proposal.id if line.proposal is not None else None,
                "answer": line.answer.id if line.answer is not None else None,
            }
            for line in found.every
        ],
    }


def kept(desk: Desk, subject: Subject, what: Mapping[str, Any]) -> Handover:
    """The handover that an event tells."""
    case_id, day = subject.instance.id, what["first_day"]
    proposals = {row.id: row for row in follow_up.proposals_of(desk.session, case_id)}
    given = {row.id: row for row in follow_up.confirmations_of(desk.session, case_id)}
    changes = payer_change.last_of_units(desk.session, case_id)
    lines = [
        UnitLine(
            unit_id=one["id"],
            unit=one["name"],
            bears_cost=one["bears_cost"],
            paid_ore=one["paid_ore"],
            forecast=Figure(**{key: tuple(values) for key, values in one["forecast"].items()})
            if one["forecast"] is not None
            else None,
            proposal=proposals.get(one["proposal"]),
            answer=given.get(one["answer"]),
            asked=None,
            was_asked=True,
            proposing=None,
            change=changes.get(one["id"]),
        )
        for one in what["units"]
    ]
    return Handover(
        subject=subject,
        first_day=date.fromisoformat(day) if day else None,
        begins=None,
        years=tuple(what["years"]),
        months=what["months"],
        lines=[line for line in lines if line.bears_cost],
        central=[line for line in lines if not line.bears_cost],
        elsewhere_ore=what["elsewhere_ore"],
        source=what["source"],
        analysis=what["analysis"],
    )


# ------------------------------------------------------------------------------------- the parts


def _lines(desk: Desk, subject: Subject, shares: Shares, paid: Mapping[int, int]) -> list[UnitLine]:
    session, case_id = desk.session, subject.instance.id
    since = subjects.handover_since(decisions_of(session, case_id))
    bearing_none = portfolio.bearing_none(session, first_unfunded_day(subject) or desk.today)
    proposals = {
        row.unit_id: row for row in follow_up.proposals_of(session, case_id) if not since or row.recorded_at > since
    }
    given = {
        row.unit_id: row for row in follow_up.confirmations_of(session, case_id) if not since or row.recorded_at > since
    }
    changes = payer_change.last_of_units(session, case_id)
    return [
        UnitLine(
            unit_id=unit_id,
            unit=name,
            bears_cost=unit_id not in bearing_none,
            paid_ore=paid.get(unit_id, 0),
            forecast=shares.by_unit.get(unit_id),
            proposal=proposals.get(unit_id),
            answer=given.get(unit_id),
            asked=_asked(subject, ANSWER, unit_id),
            was_asked=any(_is_of(subject, row, ANSWER) and row.unit_id == unit_id for row in subject.tasks),
            proposing=_asked(subject, PROPOSAL, unit_id),
            change=changes.get(unit_id),
        )
        for unit_id, name in subject.treating_units
    ]


def _paid_to(desk: Desk, subject: Subject, paid: Mapping[int, int]) -> dict[int, int]:
    """What was paid to each treating unit, and to the units under it."""
    above = units.parents(desk.session)
    treating = {unit_id for unit_id, _name in subject.treating_units}
    found: dict[int, int] = {}
    for claimed, amount in paid.items():
        at: int | None = claimed
        while at is not None and at not in treating:
            at = above.get(at)
        if at is not None:
            found[at] = found.get(at, 0) + amount
    return found


def _asked(subject: Subject, record: str, unit_id: int) -> Ask | None:
    due = {row.task_id: row.due_on for row in subject.due_dates if row.task_id is not None}
    found = [row for row in subject.tasks if _is_of(subject, row, record) and row.unit_id == unit_id]
    return next((Ask(row.id, due.get(row.id)) for row in found if row.state == "open"), None)


def _is_of(subject: Subject, row: TaskRow, record: str) -> bool:
    return subject.task_named(row.name).record == record
