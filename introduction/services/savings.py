"""Expected savings of a region beside its cases: entered and ended, never changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.messages import Message, say
from introduction.domain.money import MAX_ORE
from introduction.domain.roles import Right, Scope, demand
from introduction.domain.swedish import clean
from introduction.services import log
from introduction.services.desk import Desk
from introduction.store import saving as store
from introduction.store.saving import SAVING_KINDS, Saving, SavingYear
from introduction.store.unit import Unit

#: A saving is told for so many years.
YEARS = 5
KIND_TITLES: dict[str, Message] = {
    "patent_expiry": say("patent som löper ut"),
    "biosimilar": say("biosimilar"),
    "switch": say("byte till billigare behandling"),
    "phase_out": say("utmönstring"),
    "other": say("annat"),
}
_ATC = re.compile(r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?")


@dataclass(frozen=True)
class Amount:
    """What a saving comes to in a year, with its least and greatest, in öre. Above zero saves."""

    expected: int
    low: int
    high: int


@dataclass(frozen=True)
class NewSaving:
    """A saving as it is entered. ``amounts`` are by budget year; ``unit_id`` an administration, None the region."""

    kind: str
    title: str
    source: str
    amounts: Mapping[int, Amount]
    atc: str = ""
    unit_id: int | None = None
    example: bool = False


@dataclass(frozen=True)
class SavingLine:
    """A saving with its years."""

    row: Saving
    years: Mapping[int, Amount]


def listed(desk: Desk, region_id: int, *, ended: bool = False) -> list[SavingLine]:
    """A region's savings: those that hold, or those that were ended. Two statements. Raises NotAllowed."""
    demand(desk.by, Right.VIEW_PORTFOLIO, Scope(region_id))
    rows = store.savings_of(desk.session, region_id, ended=ended)
    years = store.years_of(desk.session, [row.id for row in rows]) if rows else {}
    return [
        SavingLine(
            row, {one.budget_year: Amount(one.amount_ore, one.low_ore, one.high_ore) for one in years.get(row.id, [])}
        )
        for row in rows
    ]


def record(desk: Desk, region_id: int, new: NewSaving) -> Saving:
    """Enter a saving. Raises NotAllowed, InvalidInput with what to put right in each field (``amount-2028``)."""
    desk.demand_administration(Right.PLAN_FUND, Scope(region_id))
    problems = [*_problems(new), *_unit_problems(desk, region_id, new.unit_id)]
    problems += [problem for year, amount in new.amounts.items() for problem in _amount_problems(year, amount)]
    if problems:
        raise InvalidInput(*problems)
    row = Saving(
        region_id=region_id,
        kind=new.kind,
        title=clean(new.title),
        atc=_atc(new.atc) or None,
        unit_id=new.unit_id,
        source=clean(new.source),
        example=new.example,
        recorded_by=desk.user_id,
        recorded_at=desk.now,
    )
    desk.session.add(row)
    desk.session.flush()
    desk.session.add_all(
        SavingYear(saving_id=row.id, budget_year=year, amount_ore=one.expected, low_ore=one.low, high_ore=one.high)
        for year, one in sorted(new.amounts.items())
    )
    amounts = {str(year): [one.low, one.expected, one.high] for year, one in sorted(new.amounts.items())}
    log.record_in_region(
        desk, region_id, "saving_recorded", saving=row.id, kind_of_saving=row.kind, title=row.title, atc=row.atc,
        unit=row.unit_id, source=row.source, amounts_ore=amounts, example=row.example or None,
    )  # fmt: skip
    desk.session.flush()
    return row


def end(desk: Desk, saving_id: int) -> Saving:
    """End a saving: it is no longer counted, and stays on record. Raises NotFound, NotAllowed, Refused."""
    row = store.lock(desk.session, saving_id)
    desk.demand_administration(Right.PLAN_FUND, Scope(row.region_id))
    if row.ended_at is not None:
        raise Refused(say("Besparingen är redan avslutad"))
    row.ended_at, row.ended_by = desk.now, desk.user_id
    desk.session.flush()
    log.record_in_region(desk, row.region_id, "saving_ended", saving=row.id, title=row.title)
    return row


def _problems(new: NewSaving) -> list[tuple[str, Message]]:
    found: list[tuple[str, Message]] = []
    if new.kind not in SAVING_KINDS:
        found.append(("kind", say("Välj vad besparingen kommer av")))
    if not clean(new.title):
        found.append(("title", say("Skriv vad besparingen gäller")))
    if len(clean(new.title)) > 160:
        found.append(("title", say("Skriv högst {longest} tecken", longest=160)))
    if not clean(new.source):
        found.append(("source", say("Skriv varifrån beloppen kommer")))
    if _atc(new.atc) and not _ATC.fullmatch(_atc(new.atc)):
        found.append(("atc", say("Skriv en ATC-kod eller början på en, till exempel L04 eller L04AB04")))
    if not any(amount.expected or amount.low or amount.high for amount in new.amounts.values()):
        found.append(("amounts", say("Skriv beloppet för minst ett år")))
    return found


def _atc(text: str) -> str:
    return "".join(clean(text).split()).upper()


def _unit_problems(desk: Desk, region_id: int, unit_id: int | None) -> list[tuple[str, Message]]:
    if unit_id is None:
        return []
    unit = desk.session.get(Unit, unit_id)
    if unit is None or unit.region_id != region_id or unit.kind != "administration":
        return [("unit_id", say("Välj en förvaltning i regionen, eller hela regionen"))]
    return []


def _amount_problems(year: int, amount: Amount) -> list[tuple[str, Message]]:
    field = f"amount-{year}"
    if not 2000 <= year <= 2100:
        return [(field, say("Skriv ett år mellan 2000 och 2100"))]
    if not amount.low <= amount.expected <= amount.high:
        return [(field, say("Det minsta får inte vara större än det troliga, och det troliga inte än det största"))]
    if amount.low < -MAX_ORE or amount.high > MAX_ORE:
        return [(field, say("Beloppet är för stort. Skriv högst 10 000 000 000 kr"))]
    return []
