"""Regions, their bodies and their units: what administrators keep in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from introduction.domain.errors import InvalidInput, NotFound, Refused
from introduction.domain.messages import Message, say
from introduction.domain.process.region import Body, Region
from introduction.domain.roles import Right, Scope
from introduction.domain.swedish import clean, fold, sort_key
from introduction.services import log
from introduction.services.desk import Desk
from introduction.store import unit as units
from introduction.store.region import BodyRow, RegionRow, bodies_of
from introduction.store.unit import CONTRACT_FORMS, UNIT_KINDS, Unit, UnitTerms, WorkplaceCode

#: What a unit of each kind may stand under.
PARENTS: dict[str, tuple[str, ...]] = {
    "administration": (),
    "operation": ("administration",),
    "unit": ("administration", "operation"),
}
LONGEST_NAME = 160
_CODE = re.compile(r"[0-9A-Z]{4,20}")
_Changes = dict[str, list[Any]]


# ------------------------------------------------------------------------------------- from the files


def load(desk: Desk) -> list[str]:
    """Bring the regions and their bodies in step with the region files. Returns the names of those that changed.

    Calling it again changes nothing. The national level is no region and gets no row. A body that has gone
    from the file ends today; it is not removed, for old decisions and roles name it.
    """
    changed = []
    for region in sorted(desk.catalogue.regions.values(), key=lambda region: region.id):
        if region.county_code is not None and _load_region(desk, region):
            changed.append(region.name.sv)
    return changed


def _load_region(desk: Desk, region: Region) -> bool:
    row = desk.session.scalar(select(RegionRow).where(RegionRow.slug == region.id))
    if row is None:
        row = RegionRow(slug=region.id, name="", prefix="")
    wanted = {"name": region.name.sv, "prefix": region.prefix, "county_code": region.county_code}
    changes = _put(row, wanted)
    desk.session.add(row)
    desk.session.flush()
    changes |= _load_bodies(desk, row, region)
    if changes:
        log.record_in_region(desk, row.id, "region_loaded", changes=changes)
    return bool(changes)


def _load_bodies(desk: Desk, row: RegionRow, region: Region) -> _Changes:
    known = {body.key: body for body in bodies_of(desk.session, row.id)}
    changes: _Changes = {}
    for body in region.body:
        found = known.pop(body.id, None) or BodyRow(region_id=row.id, key=body.id)
        changes |= {f"{body.id}.{key}": change for key, change in _put(found, _body_values(body)).items()}
        desk.session.add(found)
    for gone in known.values():
        if gone.valid_to is None:
            changes |= {f"{gone.key}.valid_to": change for change in _put(gone, {"valid_to": desk.today}).values()}
    desk.session.flush()
    return changes


def _body_values(body: Body) -> dict[str, Any]:
    return {
        "name": body.title.sv,
        "does": body.does,
        "how": body.how,
        "valid_from": body.valid_from,
        "valid_to": body.valid_to,
    }


def _put(row: Any, values: Mapping[str, Any]) -> _Changes:
    """Set the values on a row and return what differed."""
    changes = log.changes({key: getattr(row, key) for key in values}, values)
    for key in changes:
        setattr(row, key, values[key])
    return changes


# ------------------------------------------------------------------------------------- units


def add_unit(
    desk: Desk,
    region_id: int,
    name: str,
    kind: str,
    *,
    parent_id: int | None = None,
    cost_centre: str | None = None,
    valid_from: date | None = None,
    source: str | None = None,
) -> Unit:
    """Add an administration, operation or unit to a region's tree; without a date it has always been there.

    Raises NotAllowed, NotFound (the region), InvalidInput.
    """
    if desk.session.get(RegionRow, region_id) is None:
        raise NotFound(f"region {region_id}")
    desk.demand_administration(Right.MANAGE_USERS, Scope(region_id))
    if kind not in UNIT_KINDS:
        raise InvalidInput(("kind", say("Välj förvaltning, verksamhet eller enhet")))
    parent = _accept_parent(desk, region_id, kind, parent_id)
    unit = units.new_unit(region_id, _accept_name(desk, name, region_id, parent_id), kind, parent, source)
    unit.cost_centre = _accept_cost_centre(cost_centre)
    unit.valid_from = valid_from or (parent.valid_from if parent else date(1900, 1, 1))
    if parent is not None and not _within(unit.valid_from, parent):
        raise InvalidInput(("valid_from", say("{unit} finns inte den dagen", unit=parent.name)))
    desk.session.add(unit)
    desk.session.flush()
    log.record_in_region(
        desk, region_id, "unit_added", unit=unit.id, name=unit.name, unit_kind=kind, parent=parent_id, source=source
    )
    return unit


def rename_unit(desk: Desk, unit_id: int, name: str) -> Unit:
    """Give a unit another name. A unit that becomes another one is closed with a successor instead."""
    unit = _load(desk, unit_id)
    accepted = _accept_name(desk, name, unit.region_id, unit.parent_id, but=unit)
    if accepted == unit.name:
        raise Refused(say("Ingenting är ändrat"))
    before, unit.name, unit.sort_key = unit.name, accepted, sort_key(accepted)
    _changed(desk, unit, {"name": [before, accepted]})
    return unit


def close_unit(desk: Desk, unit_id: int, last_day: date, *, successor_id: int | None = None) -> Unit:
    """Say which day was a unit's last, and which unit takes over. Its codes and terms end with it.

    Raises InvalidInput for a day before the unit's first, or while units under it go on; and for a successor that is
    in another region, is not there the day after, or would lead back to the unit itself.
    """
    unit = _load(desk, unit_id)
    problems = [*_last_day_problems(desk, unit, last_day)]
    if successor_id is not None:
        problems += _successor_problems(desk, unit, successor_id, last_day)
    if problems:
        raise InvalidInput(*problems)
    changes = _put(unit, {"valid_to": last_day, "successor_id": successor_id})
    if not changes:
        raise Refused(say("Ingenting är ändrat"))
    dated: list[UnitTerms | WorkplaceCode] = [*units.terms_of(desk.session, unit.id)]
    for row in [*dated, *units.codes_of(desk.session, unit.id)]:
        if row.valid_from <= last_day and (row.valid_to is None or row.valid_to > last_day):
            row.valid_to = last_day
    _changed(desk, unit, changes)
    return unit


def set_terms(desk: Desk, unit_id: int, contract_form: str, *, bears_cost: bool, valid_from: date) -> UnitTerms:
    """Say how a unit is run, and whether it bears cost, from a day until the next terms begin.

    Terms that hold then end the day before; what held on earlier days stays. Raises InvalidInput.
    """
    unit = _load(desk, unit_id)
    if contract_form not in CONTRACT_FORMS:
        raise InvalidInput(("contract_form", say("Välj ett av alternativen")))
    _demand_within("valid_from", valid_from, unit)
    others = units.terms_of(desk.session, unit.id)
    if any(other.valid_from == valid_from for other in others):
        raise InvalidInput(("valid_from", say("Det finns redan villkor från den dagen. Välj en annan dag")))
    earlier = [other for other in others if other.valid_from < valid_from]
    later = [other.valid_from for other in others if other.valid_from > valid_from]
    if earlier:
        earlier[-1].valid_to = valid_from - timedelta(days=1)
    terms = UnitTerms(
        unit_id=unit.id,
        contract_form=contract_form,
        bears_cost=bears_cost,
        valid_from=valid_from,
        valid_to=later[0] - timedelta(days=1) if later else unit.valid_to,
    )
    desk.session.add(terms)
    _changed(
        desk, unit, {"terms": [None, {"contract_form": contract_form, "bears_cost": bears_cost, "from": valid_from}]}
    )
    return terms


def add_workplace_code(desk: Desk, unit_id: int, code: str, *, valid_from: date) -> WorkplaceCode:
    """Give a unit a workplace code (arbetsplatskod) from a day on.

    Raises InvalidInput for a code of the wrong form, one that another unit has on or after that day, or a bad day.
    """
    unit = _load(desk, unit_id)
    code = re.sub(r"\s", "", clean(code)).upper()
    if not _CODE.fullmatch(code):
        raise InvalidInput(("code", say("Skriv arbetsplatskoden med 4 till 20 siffror eller bokstäver")))
    _demand_within("valid_from", valid_from, unit)
    holder = units.code_holder(desk.session, code, valid_from)
    if holder is not None:
        raise InvalidInput(("code", say("Koden används redan av {unit}", unit=holder.name)))
    row = WorkplaceCode(unit_id=unit.id, code=code, valid_from=valid_from, valid_to=unit.valid_to)
    desk.session.add(row)
    _changed(desk, unit, {"workplace_code": [None, {"code": code, "from": valid_from}]})
    return row


def end_workplace_code(desk: Desk, unit_id: int, code: str, last_day: date) -> WorkplaceCode:
    """Say which day was the last of a unit's workplace code. Raises NotFound, InvalidInput."""
    unit = _load(desk, unit_id)
    held = [row for row in units.codes_of(desk.session, unit.id) if row.code == code and row.valid_to is None]
    if not held:
        raise NotFound(f"workplace code {code} of unit {unit_id}")
    row = held[0]
    if last_day < row.valid_from:
        raise InvalidInput(("last_day", say("Koden gäller först från {day}", day=row.valid_from)))
    row.valid_to = last_day
    _changed(desk, unit, {"workplace_code": [{"code": code, "from": row.valid_from}, {"to": last_day}]})
    return row


# ------------------------------------------------------------------------------------- the parts


def _load(desk: Desk, unit_id: int) -> Unit:
    unit = desk.session.get(Unit, unit_id)
    if unit is None:
        raise NotFound(f"unit {unit_id}")
    desk.demand_administration(Right.MANAGE_USERS, Scope(unit.region_id))
    return unit


def _changed(desk: Desk, unit: Unit, changes: Mapping[str, list[Any]]) -> None:
    desk.session.flush()
    log.record_in_region(desk, unit.region_id, "unit_changed", unit=unit.id, changes=changes)


def _accept_parent(desk: Desk, region_id: int, kind: str, parent_id: int | None) -> Unit | None:
    wanted = PARENTS[kind]
    if parent_id is None:
        if wanted:
            raise InvalidInput(("parent_id", say("Välj vad den hör till")))
        return None
    parent = desk.session.get(Unit, parent_id)
    if parent is None or parent.region_id != region_id or parent.kind not in wanted:
        raise InvalidInput(("parent_id", say("Den kan inte ligga där i organisationen. Välj en nivå högre upp")))
    return parent


def _accept_name(desk: Desk, name: str, region_id: int, parent_id: int | None, *, but: Unit | None = None) -> str:
    name = " ".join(clean(name).split())
    if not name:
        raise InvalidInput(("name", say("Skriv enhetens namn")))
    if len(name) > LONGEST_NAME:
        raise InvalidInput(("name", say("Skriv högst {longest} tecken", longest=LONGEST_NAME)))
    beside = units.beside(desk.session, region_id, parent_id, desk.today)
    if any(fold(other.name) == fold(name) for other in beside if other is not but):
        raise InvalidInput(("name", say("Det finns redan en enhet med det namnet där")))
    return name


def _accept_cost_centre(cost_centre: str | None) -> str | None:
    cost_centre = clean(cost_centre or "")
    if len(cost_centre) > 20:
        raise InvalidInput(("cost_centre", say("Skriv högst {longest} tecken", longest=20)))
    return cost_centre or None


def _within(day: date, unit: Unit) -> bool:
    return unit.valid_from <= day and (unit.valid_to is None or day <= unit.valid_to)


def _demand_within(field: str, day: date, unit: Unit) -> None:
    if not _within(day, unit):
        raise InvalidInput((field, say("{unit} finns inte den dagen", unit=unit.name)))


def _last_day_problems(desk: Desk, unit: Unit, last_day: date) -> Iterator[tuple[str, Message]]:
    if last_day < unit.valid_from:
        yield "last_day", say("Enheten finns först från {day}", day=unit.valid_from)
        return
    lasting = [u.name for u in units.beside(desk.session, unit.region_id, unit.id, last_day + timedelta(days=1))]
    if lasting:
        yield "last_day", say("Stäng eller flytta först det som hör till enheten: {units}", units=tuple(lasting))


def _successor_problems(desk: Desk, unit: Unit, successor_id: int, last_day: date) -> Iterator[tuple[str, Message]]:
    successor = desk.session.get(Unit, successor_id)
    if successor is None or successor.region_id != unit.region_id:
        yield "successor_id", say("Välj en enhet i regionen")
        return
    if not _within(last_day + timedelta(days=1), successor):
        yield "successor_id", say("{unit} finns inte dagen efter", unit=successor.name)
    seen = successor
    while seen.id != unit.id and seen.successor_id is not None:
        seen = desk.session.get_one(Unit, seen.successor_id)
    if seen.id == unit.id:
        yield "successor_id", say("Enheten kan inte efterträda sig själv")
