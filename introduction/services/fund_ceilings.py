"""The ceiling of a region's introduction fund in each budget year: entered by hand from the decision, and replaced."""

from __future__ import annotations

from collections.abc import Sequence

from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.messages import Message, say
from introduction.domain.money import MAX_ORE
from introduction.domain.roles import Right, Scope, demand
from introduction.domain.swedish import clean
from introduction.services import log
from introduction.services.desk import Desk
from introduction.store import fund_ceiling as store
from introduction.store import region as regions
from introduction.store.fund_ceiling import FundCeiling


def held(desk: Desk, region_id: int) -> dict[int, FundCeiling]:
    """The fund's ceilings that hold, by budget year. Raises NotAllowed."""
    demand(desk.by, Right.VIEW_PORTFOLIO, Scope(region_id))
    return store.ceilings_of(desk.session, region_id)


def replaced(desk: Desk, region_id: int) -> Sequence[FundCeiling]:
    """The ceilings that held once. Raises NotAllowed."""
    demand(desk.by, Right.VIEW_PORTFOLIO, Scope(region_id))
    return store.replaced_of(desk.session, region_id)


def put(desk: Desk, region_id: int, budget_year: int | None, amount_ore: int | None, source: str) -> FundCeiling:
    """Say how much the introduction fund has in a budget year, by which decision. An earlier figure is replaced.

    Raises NotAllowed, InvalidInput, Refused (nothing differs).
    """
    desk.demand_administration(Right.PLAN_FUND, Scope(region_id))
    problems = _problems(budget_year, amount_ore, source)
    if problems:
        raise InvalidInput(*problems)
    assert budget_year is not None and amount_ore is not None, "both were looked at"
    regions.lock(desk.session, region_id)
    before = store.holding(desk.session, region_id, budget_year)
    if before is not None and (before.amount_ore, before.source) == (amount_ore, clean(source)):
        raise Refused(say("Ingenting är ändrat"))
    log.record_in_region(
        desk, region_id, "fund_ceiling_set", budget_year=budget_year, source=clean(source),
        changes={"amount_ore": [before.amount_ore if before else None, amount_ore]},
    )  # fmt: skip
    if before is not None:
        before.replaced_at = desk.now
        desk.session.flush()
    row = FundCeiling(
        region_id=region_id,
        budget_year=budget_year,
        amount_ore=amount_ore,
        source=clean(source),
        recorded_by=desk.user_id,
        recorded_at=desk.now,
    )
    desk.session.add(row)
    desk.session.flush()
    return row


def _problems(budget_year: int | None, amount_ore: int | None, source: str) -> list[tuple[str, Message]]:
    found: list[tuple[str, Message]] = []
    if budget_year is None or not 2000 <= budget_year <= 2100:
        found.append(("budget_year", say("Skriv budgetåret med fyra siffror, till exempel 2028")))
    if amount_ore is None:
        found.append(("amount", say("Skriv ramen i kronor, till exempel 90 000 000")))
    elif not 0 <= amount_ore <= MAX_ORE:
        found.append(("amount", say("Ramen kan inte vara mindre än 0 eller större än 10 000 000 000 kr")))
    if not clean(source):
        found.append(("source", say("Skriv beslutet som ramen kommer av, till exempel regionfullmäktige § 112, 2026")))
    return found
