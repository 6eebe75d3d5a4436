"""Who may read secret figures: nobody by role alone. A person is named in a region, with a reason and between dates.

Each naming, each ending and each reading is an event in the region's chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from introduction.domain.errors import InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.messages import Message, say
from introduction.domain.roles import RIGHTS, Right, Role, Scope, can
from introduction.domain.swedish import clean
from introduction.services import log
from introduction.services.desk import Desk
from introduction.store import net_price as store
from introduction.store import person as persons
from introduction.store import region as regions
from introduction.store.net_price import NetReader
from introduction.store.person import PersonRow
from introduction.store.region import RegionRow

LONGEST_REASON = 500


@dataclass(frozen=True)
class ReaderLine:
    """Somebody who is or was named, as the administrator's page shows it."""

    row: NetReader
    name: str
    named_by: str | None  #: none: whoever runs the machine
    holds: bool  #: named today
    over: bool  #: ended, or past its last day
    has_role: bool  #: holds a role today that may read; without one the naming opens nothing


@dataclass(frozen=True)
class ReadingLine:
    """A reading in the log: who, when, of what and why. Never a figure."""

    name: str
    at: datetime
    what: str  #: ``rebates`` or ``net``
    number: str  #: the case's
    analysis: int | None
    reason: str | None


# ------------------------------------------------------------------------------------- who may


def why_not(desk: Desk, region_id: int | None) -> Message | None:
    """None when the acting person may read a region's secret figures today; otherwise the reason."""
    reason = can(desk.by, Right.READ_NET, Scope(region_id))
    if reason is not None:
        return reason
    if desk.by is None or region_id is None:
        return say("Hemliga belopp läses i en region")
    named = store.namings_of(desk.session, region_id, desk.by.user_id)
    if not any(row.holds_on(desk.today) for row in named):
        return say("Du är inte utsedd att läsa hemliga belopp i regionen")
    return None


def demand_reader(desk: Desk, region_id: int | None) -> None:
    """Raise NotAllowed with the reason when the acting person may not read a region's secret figures today."""
    reason = why_not(desk, region_id)
    if reason is not None:
        raise NotAllowed(reason)


# ------------------------------------------------------------------------------------- naming


def name(
    desk: Desk,
    region_id: int,
    person_id: int,
    *,
    reason: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> NetReader:
    """Name a person to read a region's secret figures: from today unless a day is given, for good unless there is one.

    Raises NotAllowed, NotFound, Refused (nobody names oneself), InvalidInput.
    """
    _demand_naming(desk, region_id)
    regions.lock(desk.session, region_id)  # two at once would both find nobody named, and one naming outlive the other
    person = desk.session.get(PersonRow, person_id)
    if person_id == desk.user_id:
        raise Refused(say("Ingen kan utse sig själv. Be en annan administratör"))
    first = valid_from or desk.today
    text = clean(reason)
    problems = _problems(desk, region_id, person, first, valid_to, text)
    if problems:
        raise InvalidInput(*problems)
    row = NetReader(
        region_id=region_id,
        person_id=person_id,
        reason=text,
        valid_from=first,
        valid_to=valid_to,
        named_by=desk.user_id,
        named_at=desk.now,
    )
    desk.session.add(row)
    desk.session.flush()
    log.record_in_region(
        desk,
        region_id,
        "net_reader_named",
        naming=row.id,
        person=person_id,
        reason=text,
        valid_from=first,
        valid_to=valid_to,
    )
    return row


def end(desk: Desk, reader_id: int) -> NetReader:
    """Take a naming back, at once. Raises NotFound, NotAllowed, Refused (it has ended)."""
    row = store.lock_reader(desk.session, reader_id)
    _demand_naming(desk, row.region_id)
    if _is_over(row, desk.today):
        raise Refused(say("Uppdraget att läsa hemliga belopp är redan avslutat"))
    row.ended_at, row.ended_by = desk.now, desk.user_id
    desk.session.flush()
    log.record_in_region(desk, row.region_id, "net_reader_ended", naming=row.id, person=row.person_id)
    return row


def _is_over(row: NetReader, today: date) -> bool:
    return row.ended_at is not None or (row.valid_to is not None and row.valid_to < today)


def _problems(
    desk: Desk, region_id: int, person: PersonRow | None, first: date, last: date | None, reason: str
) -> list[tuple[str, Message]]:
    found: list[tuple[str, Message]] = []
    if person is None:
        found.append(("person", say("Välj en person")))
    elif not person.active:
        found.append(("person", say("Kontot är avslutat")))
    elif not _has_role(desk, region_id, person.id, first):
        found.append(("person", say("Personen har då ingen roll i regionen som får läsa hemliga belopp")))
    if not reason:
        found.append(("reason", say("Skriv varför personen behöver läsa hemliga belopp")))
    elif len(reason) > LONGEST_REASON:
        found.append(("reason", say("Skriv högst {most} tecken", most=LONGEST_REASON)))
    if last is not None and last < first:
        found.append(("valid_to", say("Sista dagen ligger före den första")))
    for held in store.namings_of(desk.session, region_id, person.id) if person is not None else ():
        starts_before_end = last is None or held.valid_from <= last
        if starts_before_end and (held.valid_to is None or held.valid_to >= first):
            found.append(("person", say("Personen är redan utsedd då")))
            break
    return found


def _has_role(desk: Desk, region_id: int, person_id: int, day: date) -> bool:
    held = persons.assignments_on(desk.session, person_id, day)
    return any(role.region_id == region_id and Role(role.role) in RIGHTS[Right.READ_NET] for role in held)


def _demand_naming(desk: Desk, region_id: int) -> None:
    desk.demand_administration(Right.NAME_NET_READERS, Scope(region_id))


# ------------------------------------------------------------------------------------- lists


def candidates(desk: Desk, region_id: int) -> list[tuple[int, str]]:
    """Those whom the acting person may name: who hold a role that may read, but the acting person; by name."""
    _demand_naming(desk, region_id)
    roles = sorted(RIGHTS[Right.READ_NET])
    found = persons.holders(desk.session, region_id, roles, desk.today)
    return [(row.id, row.name) for row in found if row.id != desk.user_id]


def readers(desk: Desk, region_id: int) -> list[ReaderLine]:
    """Everybody who is or was named in a region; those who may read today first. Raises NotAllowed."""
    _demand_naming(desk, region_id)
    names = persons.names(desk.session)
    lines = [
        ReaderLine(
            row=row,
            name=names[row.person_id],
            named_by=names[row.named_by] if row.named_by is not None else None,
            holds=row.holds_on(desk.today),
            over=_is_over(row, desk.today),
            has_role=_has_role(desk, region_id, row.person_id, desk.today),
        )
        for row in store.readers_of(desk.session, region_id)
    ]
    return sorted(lines, key=lambda line: (not line.holds, not line.has_role, -line.row.id))


def readings(desk: Desk, region_id: int, limit: int = 100) -> list[ReadingLine]:
    """The latest readings of secret figures in a region, the newest first. Raises NotAllowed, NotFound."""
    _demand_naming(desk, region_id)
    region = desk.session.get(RegionRow, region_id)
    if region is None:
        raise NotFound(f"region {region_id}")
    names = persons.names(desk.session)
    return [_reading(told, names) for told in store.readings(desk.session, region.stream, limit)]


def _reading(told: dict[str, Any], names: dict[int, str]) -> ReadingLine:
    return ReadingLine(
        name=names[told["by"]],
        at=datetime.fromisoformat(told["recorded_at"]),
        what=told["what"],
        number=told["case"],
        analysis=told.get("analysis"),
        reason=told.get("reason"),
    )
