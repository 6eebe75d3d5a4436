"""Money held in a fund for a case or an application, until it is granted or let go."""

from __future__ import annotations

from collections.abc import Sequence

from introduction.domain.errors import InvalidInput, NotFound, Refused
from introduction.domain.funding import Account
from introduction.domain.messages import say
from introduction.domain.money import kronor
from introduction.domain.roles import Right, Scope
from introduction.domain.swedish import clean
from introduction.services import books, log
from introduction.services.books import Held
from introduction.services.desk import Desk
from introduction.store import case as cases
from introduction.store import fund as funds
from introduction.store import instance as instances
from introduction.store import reservation as store
from introduction.store.case import Case
from introduction.store.fund import Fund
from introduction.store.nouns import is_example
from introduction.store.reservation import Reservation


def reserve(desk: Desk, instance_id: int, region_id: int, budget_year: int, amount_ore: int, reason: str) -> int:
    """Hold up to so much of the year's fund for an instance, in the place of what was held for it before.

    Returns how much there was, in öre. Raises InvalidInput when there is no fund.
    """
    fund = demand_fund(desk, region_id, budget_year, example=is_example(desk.session, instance_id))
    before = [row.fund_id for row in store.of_instance(desk.session, instance_id)]
    held = books.hold(desk, fund_ids=[fund.id, *before])
    release(desk, instance_id, held)
    fund = held.funds[fund.id]
    return _up_to(desk, instance_id, fund, amount_ore, reason)


def reserve_in_order(desk: Desk, fund_id: int, wanted: Sequence[tuple[int, int, str]]) -> None:
    """Hold a fund's money for instances, öre and reason in their order, in the place of what was held for them before.

    Where the money ends the rest gets what is left, or nothing. The instances are locked.
    """
    held = books.hold(desk, fund_ids=[fund_id])
    for instance_id, _amount, _reason in wanted:
        release(desk, instance_id, held)
    for instance_id, amount, reason in wanted:
        _up_to(desk, instance_id, held.funds[fund_id], amount, reason)


def _up_to(desk: Desk, instance_id: int, fund: Fund, amount_ore: int, reason: str) -> int:
    there = max(min(amount_ore, fund.unreserved_ore), 0)
    if there:
        _reserve(desk, instance_id, fund, there, reason)
    return there


def hold(desk: Desk, fund_id: int, case_number: str, amount_ore: int | None, reason: str) -> None:
    """Hold so much of a fund for a case, in the place of what the fund held for it before.

    Raises NotFound, NotAllowed, InvalidInput (no such case, no amount, more than there is, no reason).
    """
    fund = funds.get(desk.session, fund_id)
    desk.demand_administration(Right.PLAN_FUND, Scope(fund.region_id))
    case = _case(desk, fund, case_number)
    reason = clean(reason)
    if amount_ore is None or amount_ore <= 0:
        raise InvalidInput(("amount", say("Skriv beloppet som ska reserveras i kronor, till exempel 400 000")))
    if not reason:
        raise InvalidInput(("reason", say("Skriv varför pengarna reserveras")))
    instance = instances.lock(desk.session, case.id)
    held = books.hold(desk, fund_ids=[fund.id])
    release(desk, case.id, held)
    fund = held.funds[fund.id]
    if amount_ore > fund.unreserved_ore:
        left = kronor(fund.unreserved_ore)
        raise InvalidInput(("amount", say("Fonden har {amount} kvar för {year}", amount=left, year=fund.budget_year)))
    _reserve(desk, case.id, fund, amount_ore, reason)
    log.record(
        desk, instance, "money_reserved", budget_year=fund.budget_year, amount_ore=amount_ore, note=reason
    )  # fmt: skip
    instance.revision += 1
    desk.session.flush()


def let_go(desk: Desk, reservation_id: int) -> Reservation:
    """Let go of what is held for a case. Raises NotFound, NotAllowed, Refused (an application's; nothing is held)."""
    row = desk.session.get(Reservation, reservation_id)
    if row is None:
        raise NotFound(f"reservation {reservation_id}")
    fund = funds.get(desk.session, row.fund_id)
    desk.demand_administration(Right.PLAN_FUND, Scope(fund.region_id))
    instance = instances.lock(desk.session, row.instance_id)
    if instance.subject != "case":
        raise Refused(say("Reservationen hör till en ansökan och följer den"))
    held = books.hold(desk, fund_ids=[row.fund_id])
    desk.session.refresh(row)
    if not row.left_ore:
        raise Refused(say("Ingenting är längre reserverat"))
    left, row.left_ore = row.left_ore, 0
    fund = held.funds[row.fund_id]
    books.move(desk, fund, Account.RESERVED, Account.UNRESERVED, left, instance_id=instance.id)
    log.record(desk, instance, "reservation_released", budget_year=fund.budget_year, amount_ore=left)
    instance.revision += 1
    desk.session.flush()
    return row


def _case(desk: Desk, fund: Fund, number: str) -> Case:
    """The case of a number, for which a fund may hold money. Raises InvalidInput."""
    try:
        case = cases.by_number(desk.session, clean(number).upper())
    except NotFound:
        case = None
    if case is None or case.region_id != fund.region_id:
        raise InvalidInput(("case", say("Inget ärende i regionen har det numret. Skriv det som VGR-2027-0012")))
    if instances.get(desk.session, case.id).closed_on is not None:
        raise InvalidInput(("case", say("Ärendet är avslutat")))
    if case.example and not fund.example:
        raise InvalidInput(("case", say("Ärendet är ett påhittat exempel och får inte riktiga pengar")))
    return case


def _reserve(desk: Desk, instance_id: int, fund: Fund, amount_ore: int, reason: str) -> None:
    desk.session.add(
        Reservation(
            fund_id=fund.id, instance_id=instance_id, amount_ore=amount_ore, left_ore=amount_ore, reason=reason,
            made_by=desk.user_id, made_at=desk.now,
        )
    )  # fmt: skip
    books.move(desk, fund, Account.UNRESERVED, Account.RESERVED, amount_ore, instance_id=instance_id)


def release(desk: Desk, instance_id: int, held: Held | None = None) -> None:
    """Let go of everything that is held for an instance (in the funds that are locked already, where some are)."""
    rows = store.of_instance(desk.session, instance_id)
    held = held or books.hold(desk, fund_ids=[row.fund_id for row in rows])
    for row in rows:
        if row.fund_id in held.funds:
            fund, left = held.funds[row.fund_id], row.left_ore
            row.left_ore = 0
            books.move(desk, fund, Account.RESERVED, Account.UNRESERVED, left, instance_id=instance_id)


def draw(desk: Desk, instance_ids: tuple[int, ...], fund: Fund, amount_ore: int) -> dict[int, int]:
    """Take up to so much out of what a locked fund holds for some instances. Returns what was held for each.

    The caller moves it out of the fund's reserved amount.
    """
    taken: dict[int, int] = {}
    for instance_id in instance_ids:
        for row in store.of_instance(desk.session, instance_id, fund.id):
            part = min(row.left_ore, amount_ore - sum(taken.values()))
            row.left_ore -= part
            taken[instance_id] = taken.get(instance_id, 0) + part
    return taken


def demand_fund(
    desk: Desk, region_id: int, budget_year: int, held_by: str = "region", *, example: bool = False
) -> Fund:
    """The fund of a year that an instance draws on. Raises InvalidInput when there is none."""
    fund = funds.of_year(desk.session, region_id, budget_year, held_by, example=example)
    if fund is None:
        raise InvalidInput(
            ("budget_year", say("Det finns ingen fond för {year}. Lägg upp den först, under Fonden", year=budget_year))
        )
    return fund
