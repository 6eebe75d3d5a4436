"""Writes events: what happened to an instance, and in a region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from introduction.services.desk import Desk
from introduction.store import event
from introduction.store import person as persons
from introduction.store.instance import Instance
from introduction.store.person import PersonRow
from introduction.store.region import RegionRow


def record(desk: Desk, instance: Instance, kind: str, happened_on: str | None = None, **what: Any) -> None:
    """Append one event to an instance's chain. The instance's row must be locked."""
    event.append(desk.session, instance, [_new(desk, kind, what, happened_on)], desk.now, desk.today)


def record_each(desk: Desk, kind: str, told: Iterable[tuple[Instance, Mapping[str, Any]]]) -> None:
    """Append an event of one kind to each of some instances' chains. The instances' rows must be locked."""
    events = [(instance, _new(desk, kind, what)) for instance, what in told]
    event.append_each(desk.session, events, desk.now, desk.today)


def _new(desk: Desk, kind: str, what: Mapping[str, Any], happened_on: str | None = None) -> event.NewEvent:
    told = {key: value for key, value in what.items() if value is not None}
    if desk.clock:
        told["actor"] = "clock"
    return event.NewEvent(kind, desk.user_id, told, happened_on)


def record_in_region(desk: Desk, region_id: int, kind: str, happened_on: str | None = None, **what: Any) -> None:
    """Append one event to a region's own chain (administration, sign-in), locking the region's row."""
    # Not against others who write rows that point at the region: two of them would each wait for the other here.
    query = select(RegionRow).where(RegionRow.id == region_id).with_for_update(key_share=True)
    region = desk.session.scalars(query.execution_options(populate_existing=True)).one()
    new = event.NewEvent(
        kind, desk.user_id, {key: value for key, value in what.items() if value is not None}, happened_on
    )
    event.append(desk.session, region, [new], desk.now, desk.today)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What differs, as ``{fact: [old, new]}``."""
    return {key: [before.get(key), value] for key, value in after.items() if before.get(key) != value}


def record_about(desk: Desk, row: PersonRow, kind: str, **what: Any) -> None:
    """Write an event about a person in the first of the regions where the person has a role; else nowhere."""
    regions = {held.region_id for held in persons.assignments_on(desk.session, row.id, desk.today)}
    if regions:
        record_in_region(desk, min(regions), kind, **what)
