"""Grants: up to how much an administration may draw in a budget year, given and changed by decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.funding import Account
from introduction.domain.messages import Message, say
from introduction.domain.money import MAX_ORE, kronor
from introduction.domain.roles import Right, Scope
from introduction.services import books, log, reservations
from introduction.services.books import Minutes
from introduction.services.desk import Desk
from introduction.store import fund as funds
from introduction.store import grant as store
from introduction.store import instance as instances
from introduction.store.case import Case
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.nouns import is_example
from introduction.store.posting import MoneyDecision
from introduction.store.unit import Unit


@dataclass(frozen=True)
class NewGrant:
    """What is granted: for a case or an application (or both), to an administration, in a budget year."""

    unit_id: int
    budget_year: int
    ceiling_ore: int
    case_id: int | None = None
    application_id: int | None = None
    held_by: str = "region"
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def instance_ids(self) -> tuple[int, ...]:
        """For whom money may have been reserved."""
        return tuple(each for each in (self.application_id, self.case_id) if each is not None)


def give(
    desk: Desk,
    region_id: int,
    new: NewGrant,
    decision: MoneyDecision | None = None,
    *,
    minutes: Minutes | None = None,
) -> GrantRow:
    """Grant money out of the year's fund: first of what was reserved for it, then of what is unreserved.

    By a decision that stands already, or by one that is recorded now from its ``minutes``.

    The instance is locked, and permission asked, by the caller. An application within a case whose administration has
    a grant already raises that one. Raises InvalidInput, Refused.
    """
    if wrong := _unit_problems(desk, region_id, new.unit_id):
        raise InvalidInput(*wrong)
    if not 0 <= new.ceiling_ore <= MAX_ORE:
        raise InvalidInput(("ceiling_ore", say("Beloppet kan inte vara negativt")))
    example = is_example(desk.session, new.instance_ids[0])
    fund = reservations.demand_fund(desk, region_id, new.budget_year, new.held_by, example=example)
    standing = store.holding(desk.session, new.case_id, new.unit_id, new.budget_year) if new.case_id else None
    if standing is not None and (new.application_id is None or standing.fund_id != fund.id):
        unit = desk.session.get_one(Unit, new.unit_id)
        raise InvalidInput(
            ("unit_id", say("{unit} har redan ett belopp för {year}", unit=unit.name, year=new.budget_year))
        )
    held = books.hold(desk, [standing.id] if standing else [], [fund.id])
    grant = held.grants[standing.id] if standing else _opened(desk, fund, new)
    _demand_open(grant)
    if standing is not None:
        grant.valid_from, grant.valid_until = _both(grant, new)
    if minutes is not None:
        decision = books.decide(
            desk, region_id, "grant", minutes, fund_id=fund.id, instance_id=new.instance_ids[0],
            granted_ore=new.ceiling_ore,
        )  # fmt: skip
    _pour(desk, held.funds[fund.id], grant, new.ceiling_ore, new.instance_ids, decision)
    return grant


def change(
    desk: Desk, grant_id: int, ceiling_ore: int | None, minutes: Minutes, *, seen_ore: int | None = None
) -> GrantRow:
    """Raise or lower a ceiling by a decision. Never below what is claimed. ``seen_ore`` was it when the person looked.

    Raises NotAllowed, InvalidInput (also Overtaken), Refused.
    """
    grant = _planned(desk, grant_id)
    readable = ceiling_ore is not None and 0 <= ceiling_ore <= MAX_ORE
    wrong = [] if readable else [("ceiling_ore", say("Skriv det nya beloppet i kronor, till exempel 1 200 000"))]
    books.demand_readable(desk, minutes, *wrong)
    assert ceiling_ore is not None, "it was looked at"
    held = books.hold(desk, [grant.id])
    grant, fund = held.grants[grant.id], held.fund_of(held.grants[grant.id])
    drawn, before = grant.ceiling_ore - grant.unclaimed_ore, grant.ceiling_ore
    books.demand_as_seen("ceiling_ore", before, seen_ore)
    if ceiling_ore < drawn:
        raise InvalidInput(
            ("ceiling_ore", say("{amount} är redan rekvirerat. Beloppet kan inte bli mindre", amount=kronor(drawn)))
        )
    if ceiling_ore == before:
        raise Refused(say("Ingenting är ändrat"))
    _demand_open(grant)
    decision = books.decide(
        desk, fund.region_id, "change_of_grant", minutes, fund_id=fund.id, instance_id=_instance_id(grant),
        granted_ore=ceiling_ore,
    )  # fmt: skip
    if ceiling_ore > before:
        ids = tuple(each for each in (grant.application_id, grant.case_id) if each is not None)
        _pour(desk, fund, grant, ceiling_ore - before, ids, decision)
    else:
        books.move(
            desk, fund, Account.UNCLAIMED, Account.UNRESERVED, before - ceiling_ore, grant=grant,
            instance_id=_instance_id(grant), decision=decision,
        )  # fmt: skip
    _tell(desk, grant, "grant_changed", minutes, changes={"ceiling_ore": [before, ceiling_ore]})
    return grant


def reallocate(desk: Desk, grant_id: int, to_unit_id: int, amount_ore: int | None, minutes: Minutes) -> GrantRow:
    """Move room from one administration to another of the same case and year, by a decision. Returns the receiver.

    Raises NotAllowed, InvalidInput, Refused.
    """
    grant = _planned(desk, grant_id)
    if grant.case_id is None:
        raise Refused(say("Ett belopp utan ärende kan inte omfördelas. Ändra det, och bevilja ett nytt"))
    fund_id = grant.fund_id
    assert fund_id is not None, "it was looked at"
    region_id = _region_id(desk, grant)
    wrong = _unit_problems(desk, region_id, to_unit_id)
    if to_unit_id == grant.unit_id:
        wrong.append(("unit_id", say("Välj en annan förvaltning än den som har pengarna")))
    if amount_ore is None or amount_ore <= 0:
        wrong.append(("amount_ore", say("Skriv beloppet som ska flyttas i kronor, till exempel 400 000")))
    books.demand_readable(desk, minutes, *wrong)
    assert amount_ore is not None, "it was looked at"
    other = store.holding(desk.session, grant.case_id, to_unit_id, grant.budget_year)
    held = books.hold(desk, [grant.id, *([other.id] if other else [])], [fund_id])
    grant, fund = held.grants[grant.id], held.funds[fund_id]
    _demand_open(grant)
    if amount_ore > grant.unclaimed_ore:
        raise InvalidInput(
            ("amount_ore", say("{amount} är inte rekvirerat. Mer kan inte flyttas", amount=kronor(grant.unclaimed_ore)))
        )
    if other is not None:
        other = held.grants[other.id]
        _demand_receiver(other, fund)
    decision = books.decide(
        desk, fund.region_id, "reallocation", minutes, fund_id=fund.id, instance_id=grant.case_id,
        granted_ore=amount_ore,
    )  # fmt: skip
    new = NewGrant(to_unit_id, grant.budget_year, 0, grant.case_id, None, fund.held_by)
    receiver = other or _opened(desk, fund, new, like=grant)
    books.move(
        desk, fund, Account.UNCLAIMED, Account.UNRESERVED, amount_ore, grant=grant, instance_id=grant.case_id,
        decision=decision,
    )  # fmt: skip
    books.move(
        desk, fund, Account.UNRESERVED, Account.UNCLAIMED, amount_ore, grant=receiver, instance_id=grant.case_id,
        decision=decision,
    )  # fmt: skip
    _tell(desk, grant, "grant_reallocated", minutes, to_unit_id=to_unit_id, amount_ore=amount_ore)
    return receiver


def settle(desk: Desk, grant_id: int, minutes: Minutes, *, carry_over_ore: int = 0) -> GrantRow:
    """Settle a grant after its year: what is left goes back to the fund; some of it may be carried over.

    What is carried over leaves the year's fund and is appropriated and granted in the next, by the same decision.
    Raises NotAllowed, InvalidInput (more than is left; the next year is not financed), Refused (the year is not
    over; claims wait).
    """
    grant = _planned(desk, grant_id)
    if desk.today <= date(grant.budget_year, 12, 31):
        raise Refused(say("Beloppet slutavräknas när {year} är slut", year=grant.budget_year))
    region_id, fund_ids = _region_id(desk, grant), [grant.fund_id] if grant.fund_id else []
    later = _later_fund(desk, grant) if carry_over_ore else None
    onward = _next_year(desk, grant) if later else None
    held = books.hold(
        desk, [grant.id, *([onward.id] if onward else [])], [*fund_ids, *([later.id] if later else [])]
    )  # fmt: skip
    grant, fund = held.grants[grant.id], held.fund_of(held.grants[grant.id])
    _demand_open(grant)
    if onward is not None and later is not None:
        _demand_receiver(held.grants[onward.id], held.funds[later.id])
    if grant.claimed_ore or grant.approved_ore:
        raise Refused(say("Rekvisitioner väntar på granskning eller utbetalning. Slutför dem först"))
    left = grant.unclaimed_ore
    if not 0 <= carry_over_ore <= left:
        raise InvalidInput(("carry_over_ore", say("{amount} är kvar. Mer kan inte föras över", amount=kronor(left))))
    kind = "carried_over" if carry_over_ore else "returned"
    decision = books.decide(
        desk, region_id, kind, minutes, fund_id=fund.id, instance_id=_instance_id(grant),
        granted_ore=carry_over_ore or left,
    )  # fmt: skip
    told: dict[str, Any] = {"instance_id": _instance_id(grant), "decision": decision}
    books.move(desk, fund, Account.UNCLAIMED, Account.UNRESERVED, left, grant=grant, **told)
    grant.settled_on = desk.today
    if later is not None:
        books.move(desk, fund, Account.UNRESERVED, Account.OUTSIDE, carry_over_ore, **told)
        next_fund = held.funds[later.id]
        books.move(desk, next_fund, Account.OUTSIDE, Account.UNRESERVED, carry_over_ore, **told)
        assert grant.unit_id is not None, "a grant in the books has an administration"
        new = NewGrant(grant.unit_id, grant.budget_year + 1, 0, grant.case_id)
        receiver = held.grants[onward.id] if onward else _opened(desk, next_fund, new)
        books.move(desk, next_fund, Account.UNRESERVED, Account.UNCLAIMED, carry_over_ore, grant=receiver, **told)
    _tell(desk, grant, "grant_settled", minutes, returned_ore=left - carry_over_ore, carried_over_ore=carry_over_ore)
    return grant


# ------------------------------------------------------------------------------------- the parts


def _pour(
    desk: Desk, fund: Fund, grant: GrantRow, amount_ore: int, instance_ids: tuple[int, ...],
    decision: MoneyDecision | None,
) -> None:  # fmt: skip
    """Money into a grant, for the first of some instances: of what is reserved for any of them first."""
    held = reservations.draw(desk, instance_ids, fund, amount_ore)
    left = amount_ore - sum(held.values())
    if left > fund.unreserved_ore:
        free = kronor(fund.unreserved_ore + sum(held.values()))
        raise InvalidInput(
            ("ceiling_ore", say("Fonden har {amount} kvar för {year}", amount=free, year=fund.budget_year))
        )
    parts = [*((Account.RESERVED, instance_id, part) for instance_id, part in held.items())]
    for source, instance_id, part in (*parts, (Account.UNRESERVED, instance_ids[0], left)):
        books.move(desk, fund, source, Account.UNCLAIMED, part, grant=grant, instance_id=instance_id, decision=decision)


def _opened(desk: Desk, fund: Fund, new: NewGrant, *, like: GrantRow | None = None) -> GrantRow:
    grant = GrantRow(
        fund_id=fund.id,
        case_id=new.case_id,
        application_id=None if new.case_id is not None else new.application_id,
        unit_id=new.unit_id,
        budget_year=new.budget_year,
        ceiling_ore=0,
        unclaimed_ore=0,
        claimed_ore=0,
        approved_ore=0,
        paid_ore=0,
        valid_from=like.valid_from if like else new.valid_from,
        valid_until=like.valid_until if like else new.valid_until,
        recorded_by=desk.user_id,
        recorded_at=desk.now,
    )
    desk.session.add(grant)
    desk.session.flush()
    return grant


def _planned(desk: Desk, grant_id: int) -> GrantRow:
    """A grant in the books, with its instance locked, for somebody who plans the fund."""
    grant = store.get(desk.session, grant_id)
    if grant.fund_id is None:
        raise Refused(say("Beloppet beviljades innan pengarna bokfördes här och kan inte ändras"))
    desk.demand_administration(Right.PLAN_FUND, Scope(_region_id(desk, grant)))
    instances.lock(desk.session, _instance_id(grant))
    return grant


def _instance_id(grant: GrantRow) -> int:
    found = grant.case_id if grant.case_id is not None else grant.application_id
    assert found is not None, "a grant is of something"
    return found


def _region_id(desk: Desk, grant: GrantRow) -> int:
    region_id = instances.get(desk.session, _instance_id(grant)).region_id
    assert region_id is not None, "cases and applications have regions"
    return region_id


def _later_fund(desk: Desk, grant: GrantRow) -> Fund:
    """Next year's fund of the same holder."""
    assert grant.fund_id is not None, "it was looked at"
    fund = funds.get(desk.session, grant.fund_id)
    return reservations.demand_fund(desk, fund.region_id, fund.budget_year + 1, fund.held_by, example=fund.example)


def _next_year(desk: Desk, grant: GrantRow) -> GrantRow | None:
    """What the administration has for the next year; None when nothing. Raises InvalidInput: nothing may go there."""
    if grant.case_id is None:
        raise InvalidInput(
            ("carry_over_ore", say("Ett belopp utan ärende kan inte föras över. Verksamheten söker för nästa år"))
        )
    _demand_financed(desk, grant.case_id, grant.budget_year + 1)
    assert grant.unit_id is not None, "a grant in the books has an administration"
    return store.holding(desk.session, grant.case_id, grant.unit_id, grant.budget_year + 1)


def _demand_financed(desk: Desk, case_id: int, year: int) -> None:
    """Money is carried over to a year of which the region pays some of the introduction. The case is locked."""
    closed = instances.get(desk.session, case_id).closed_on
    until = desk.session.get_one(Case, case_id, populate_existing=True).fact("financed_until")
    if closed is not None:
        why = say("Ärendet avslutades {day}. Inget kan föras över till {year}", day=closed, year=year)
    elif until is not None and until.year < year:
        why = say("Införandet finansieras till och med {day}. Inget kan föras över till {year}", day=until, year=year)
    else:
        return
    raise InvalidInput(("carry_over_ore", why))


def _demand_open(grant: GrantRow) -> None:
    if grant.settled_on is not None:
        raise Refused(say("Beloppet slutavräknades {day} och ändras inte", day=grant.settled_on))


def _demand_receiver(grant: GrantRow, fund: Fund) -> None:
    """Money moves on only to what is open, in the fund that it comes out of."""
    _demand_open(grant)
    if grant.fund_id != fund.id:
        raise Refused(say("Förvaltningens belopp för {year} hör till en annan fond", year=grant.budget_year))


def _both(grant: GrantRow, new: NewGrant) -> tuple[date | None, date | None]:
    """The days of a grant and of what is granted to it beside; without days it is the whole year."""
    first = min(grant.valid_from, new.valid_from) if grant.valid_from and new.valid_from else None
    last = max(grant.valid_until, new.valid_until) if grant.valid_until and new.valid_until else None
    return first, last


def _unit_problems(desk: Desk, region_id: int, unit_id: int) -> list[tuple[str, Message]]:
    unit = desk.session.get(Unit, unit_id)
    if unit is None or unit.region_id != region_id or unit.kind != "administration":
        return [("unit_id", say("Välj en förvaltning i regionen"))]
    return []


def _tell(desk: Desk, grant: GrantRow, kind: str, minutes: Minutes, **what: Any) -> None:
    instance = instances.get(desk.session, _instance_id(grant))
    log.record(
        desk, instance, kind, unit_id=grant.unit_id, budget_year=grant.budget_year, note=minutes.reasons,
        section=minutes.section, **what,
    )  # fmt: skip
    instance.revision += 1
    desk.session.flush()
