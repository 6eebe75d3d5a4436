"""Claims: opened on a grant by the unit that had the cost, and corrected once they are approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from introduction.domain import facts
from introduction.domain.errors import InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.fields import CLAIM_FIELDS
from introduction.domain.messages import say
from introduction.domain.money import kronor
from introduction.domain.process.definition import Definition
from introduction.domain.roles import Right, Scope, demand
from introduction.services import changes, log, subjects
from introduction.services.desk import Desk
from introduction.services.opening import begin, open_instance, way_in
from introduction.services.subjects import Subject
from introduction.store import claim as store
from introduction.store import grant as grants
from introduction.store.application import FundingApplication
from introduction.store.case import Case
from introduction.store.claim import Claim
from introduction.store.grant import GrantRow
from introduction.store.region import RegionRow
from introduction.store.unit import Unit, below

PROCESS, WAY_IN = "claim", "application"


@dataclass(frozen=True)
class _New:
    """A claim that is about to be opened: whose, of what money, and what it corrects."""

    grant: GrantRow
    unit: Unit
    of: Case | FundingApplication
    corrects: Claim | None = None


def start(desk: Desk, grant_id: int, unit_id: int, *, given: Mapping[str, Any] | None = None) -> Subject:
    """Open a draft claim of a unit on a grant. ``given`` are facts by key; an extra cost left out is worked out.

    Raises NotFound, NotAllowed, InvalidInput, Refused (the grant is settled or not in the books, or another
    administration's).
    """
    grant = grants.get(desk.session, grant_id)
    of = _granted_to(desk, grant)
    unit = desk.session.get(Unit, unit_id)
    if unit is None or unit.region_id != of.region_id:
        raise InvalidInput(("unit_id", say("Välj en enhet i regionen")))
    demand(desk.by, Right.CLAIM, Scope(of.region_id, frozenset({unit.id})))
    _demand_open(desk, grant, unit)
    return _open(desk, _New(grant, unit, of), given or {})


def correct(desk: Desk, claim_id: int, less_ore: int | None, explanation: str) -> Subject:
    """Open a claim that takes back öre of one that is approved or paid, for the same unit and period.

    Raises NotFound, NotAllowed, InvalidInput (the amount, the explanation), Refused (it is not approved, or is
    itself a correction).
    """
    older = changes.load(desk, claim_id, None)
    row = older.row
    if not isinstance(row, Claim):
        raise NotFound(f"claim {claim_id}")
    demand(desk.by, Right.CLAIM, older.scope)
    if row.corrects_id is not None:
        raise Refused(say("En rättelse kan inte rättas. Rätta den ursprungliga rekvisitionen"))
    if row.approved_ore is None or not row.counts:
        raise Refused(say("Bara en godkänd rekvisition kan rättas. Den här kan ändras eller tas tillbaka i stället"))
    left = left_to_correct(desk, row)
    problems = []
    if less_ore is None or less_ore <= 0:
        problems.append(("less_ore", say("Skriv hur mycket som ska räknas av, till exempel 12 500")))
    elif less_ore > left:
        problems.append(("less_ore", say("Högst {amount} kan räknas av", amount=kronor(left))))
    if not explanation.strip():
        problems.append(("explanation", say("Skriv vad som rättas och varför")))
    if problems:
        raise InvalidInput(*problems)
    grant = grants.get(desk.session, row.grant_id)
    unit = desk.session.get_one(Unit, row.unit_id)
    given = {
        "period_from": row.period_from,
        "period_to": row.period_to,
        "basis": row.basis,
        "patients": row.patients,
        "quantity_milli": row.quantity_milli,
        "gross_new_ore": -(less_ore or 0),
        "gross_displaced_ore": 0,
        "explanation": explanation,
    }
    made = _open(desk, _New(grant, unit, _granted_to(desk, grant), row), given)
    log.record(desk, older.instance, "claim_corrected", by_claim=made.number, amount_ore=less_ore)
    return made


def left_to_correct(desk: Desk, row: Claim) -> int:
    """What was approved of a claim, less the corrections of it that count, in öre."""
    others = store.corrections_of(desk.session, [row.id]).get(row.id, [])
    return (row.approved_ore or 0) + sum(other.extra_cost_ore or 0 for other in others)


def process_of(desk: Desk, region_id: int) -> Definition:
    """The process of a region's claims. Raises Refused where the region has none."""
    region = desk.session.get_one(RegionRow, region_id)
    try:
        return desk.catalogue.latest(f"{region.slug}.{PROCESS}")
    except NotFound:
        reason = say("Regionen har ingen process för rekvisitioner. Tala med den som ansvarar för processen")
        raise Refused(reason) from None


# ------------------------------------------------------------------------------------- the parts


def _granted_to(desk: Desk, grant: GrantRow) -> Case | FundingApplication:
    if grant.case_id is not None:
        return desk.session.get_one(Case, grant.case_id)
    return desk.session.get_one(FundingApplication, grant.application_id)


def _demand_open(desk: Desk, grant: GrantRow, unit: Unit) -> None:
    if grant.fund_id is None:
        raise Refused(say("Beloppet beviljades innan pengarna bokfördes här och kan inte rekvireras här"))
    if grant.settled_on is not None:
        wrong = say("Beloppet slutavräknades {day}. Tala med den som granskar rekvisitioner", day=grant.settled_on)
        raise Refused(wrong)
    if grant.unit_id is None or unit.id not in below(desk.session, [grant.unit_id]):
        raise NotAllowed(say("{unit} hör inte till den förvaltning som har fått pengarna", unit=unit.name))


def _open(desk: Desk, new: _New, given: Mapping[str, Any]) -> Subject:
    definition = process_of(desk, new.of.region_id)
    way = way_in(definition, WAY_IN)
    values = facts.accept(given, {key: CLAIM_FIELDS[key] for key in way.asks + way.may}, way.asks, {})
    _demand_period_in_order(values)
    _work_out(values)
    instance, number = open_instance(desk, definition, way.stage, desk.today, new.of.region_id)
    desk.session.add(
        Claim(
            id=instance.id,
            public_number=number,
            region_id=new.of.region_id,
            grant_id=new.grant.id,
            unit_id=new.unit.id,
            medicine_id=new.of.medicine_id,
            indication_id=new.of.indication_id,
            corrects_id=new.corrects.id if new.corrects is not None else None,
            example=new.of.example,
            **values,
        )
    )
    desk.session.flush()
    subject = subjects.read(desk, instance)
    log.record(
        desk,
        instance,
        "claim_started",
        number=number,
        definition=f"{definition.id}@{definition.version}",
        goal=way.stage,
        grant=new.grant.id,
        budget_year=new.grant.budget_year,
        unit_id=new.unit.id,
        corrects=new.corrects.public_number if new.corrects is not None else None,
        example=new.of.example or None,
        changes=log.changes({}, values) or None,
    )
    return begin(desk, subject)


def _demand_period_in_order(values: Mapping[str, Any]) -> None:
    first, last = values.get("period_from"), values.get("period_to")
    if first is not None and last is not None and last < first:
        raise InvalidInput(("period_to", say("Periodens sista dag ligger före den första. Ändra en av dem")))


def _work_out(values: dict[str, Any]) -> None:
    new, displaced = values.get("gross_new_ore"), values.get("gross_displaced_ore")
    if values.get("extra_cost_ore") is None and new is not None and displaced is not None:
        values["extra_cost_ore"] = new - displaced
