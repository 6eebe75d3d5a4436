"""Reminders of what belongs to no case: mandates that end, units that nobody answers for. Named in region.toml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from introduction.domain.notices import Kind
from introduction.domain.process import occurrences
from introduction.domain.process.region import Region
from introduction.domain.process.timing import RegionReminder
from introduction.domain.roles import Role
from introduction.services.desk import Desk
from introduction.services.directory import Directory, Matter
from introduction.services.notices import Draft
from introduction.store import case as cases
from introduction.store import person as persons
from introduction.store import timer as store
from introduction.store.region import RegionRow, all_regions
from introduction.store.timer import Timer


@dataclass(frozen=True)
class Occasion:
    """Something that holds in a region: what, since or until which day, and the rows that its words name."""

    about: str  #: ``mandate:17``
    base: date
    names: Mapping[str, Any]


def occasions(desk: Desk, region_id: int, kind: str, book: Directory) -> Iterator[Occasion]:
    """All of one kind (situation.OCCASIONS) that hold today."""
    if kind == "mandate_ends":
        for held, row in persons.ending(desk.session, region_id, desk.today):
            assert held.valid_to is not None, "asked for those that end"
            names = {"person": row.id, "role": held.role, "unit": held.unit_id}
            yield Occasion(f"mandate:{held.id}", held.valid_to, names)
    if kind == "unit_without_head":
        for unit_id, since in cases.treating_since(desk.session, region_id):
            if not book.holders(region_id, Role.HEAD_OF_UNIT, [unit_id]):
                ended = persons.last_held(desk.session, Role.HEAD_OF_UNIT, unit_id, desk.today)
                yield Occasion(f"unit:{unit_id}", max(since, ended or since), {"unit": unit_id})


def sweep(desk: Desk) -> int:
    """Plan the regions' own reminders from what holds today. Returns how many now wait. Again changes nothing."""
    book = Directory(desk.session, desk.catalogue, desk.today)
    waiting = 0
    for row in all_regions(desk.session):
        region = desk.catalogue.regions.get(row.slug)
        if region is not None and region.reminder:
            waiting += _follow(desk, book, row, region)
    return waiting


def _follow(desk: Desk, book: Directory, row: RegionRow, region: Region) -> int:
    standing = {(timer.rule, timer.about): timer for timer in store.pending_of_region(desk.session, row.id)}
    wanted: list[dict[str, Any]] = []
    kept = set()
    found = {kind: list(occasions(desk, row.id, kind, book)) for kind in {one.about for one in region.reminder}}
    for reminder in region.reminder:
        for occasion in found[reminder.about]:
            timer = standing.get((_rule(reminder), occasion.about))
            day = occurrences.next_day(reminder, [occasion.base], region, desk.now, timer.day if timer else None)
            if timer is not None and timer.day == day:
                kept.add(timer.id)
            elif day is not None:
                wanted.append(_values(row.id, region, reminder, occasion.about, day))
    store.cancel(desk.session, [timer.id for timer in standing.values() if timer.id not in kept])
    store.plan(desk.session, wanted)
    return len(kept) + len(wanted)


def telling(
    desk: Desk, book: Directory, timer: Timer
) -> tuple[Draft, dict[int, int | None], list[dict[str, Any]]] | None:
    """What a region's reminder says now, to whom, and the timer after it; None when it no longer holds."""
    row = desk.session.get_one(RegionRow, timer.region_id)
    region = desk.catalogue.regions[row.slug]
    reminder = next((one for one in region.reminder if _rule(one) == timer.rule), None)
    if reminder is None:
        return None
    found = {one.about: one for one in occasions(desk, row.id, reminder.about, book)}
    occasion = found.get(timer.about or "")
    if occasion is None or timer.day not in occurrences.days(reminder, occasion.base):
        return None
    draft = Draft(
        key=timer.key,
        kind=Kind(reminder.kind),
        template=reminder.template or "region",
        region_id=row.id,
        due_on=occasion.base,
        about={"occasion": reminder.about, "reminder": reminder.id, **occasion.names},
        due_at=timer.due_at,
    )
    later = occurrences.next_day(reminder, [occasion.base], region, desk.now + occurrences.A_MOMENT, None)
    following = [_values(row.id, region, reminder, occasion.about, later)] if later is not None else []
    matter = Matter(row.id, Role.COORDINATOR)
    return draft, book.recipients(matter, reminder.to).people, following


def _rule(reminder: RegionReminder) -> str:
    return f"region:{reminder.id}"


def _values(region_id: int, region: Region, reminder: RegionReminder, about: str, day: date) -> dict[str, Any]:
    return {
        "key": f"region{region_id}:{_rule(reminder)}:{about}:{day.isoformat()}",
        "what": "reminder",
        "instance_id": None,
        "region_id": region_id,
        "due_date_id": None,
        "person_id": None,
        "rule": _rule(reminder),
        "about": about,
        "day": day,
        "due_at": occurrences.moment(reminder, day, region),
        "state": "pending",
    }
