"""A clinic's money: what it has to do, what is left of its grants, its claims, applications and reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from introduction.domain.calendar import add_months
from introduction.domain.errors import NotAllowed
from introduction.domain.funding import Account
from introduction.domain.messages import Message, say
from introduction.domain.process.definition import Definition, Stage
from introduction.domain.process.timing import Text
from introduction.domain.roles import LOCAL_ROLES, RIGHTS, Right, Role
from introduction.domain.swedish import sort_key
from introduction.services import claim_ground, claimable
from introduction.services.desk import Desk
from introduction.services.subjects import task_named
from introduction.store import application_listing
from introduction.store import my_unit as store
from introduction.store import unit as units
from introduction.store.application_listing import Settled
from introduction.store.my_unit import Counted, FileLine, GrantLine
from introduction.store.region import all_regions

#: Money that is lost so soon is something to do now.
_SOON = timedelta(days=60)
#: Reports are told of when they open within so many months; what has ended is told for as long.
_MONTHS_AHEAD, _MONTHS_BACK = 6, 12
_RECORDS = ("follow_up_report", "handover_confirmation")


@dataclass(frozen=True)
class Room:
    """A grant that the clinic may draw on. ``amounts`` add up to the ceiling, surest first.

    ``days`` are the first and last whose costs it pays, while it is open; ``lacks`` is what stands in the way of
    claiming now, as in ``claimable``.
    """

    line: GrantLine
    claims_until: date
    days: tuple[date, date] | None
    lacks: Sequence[Message]

    @property
    def may_claim(self) -> bool:
        """True when something may be claimed now."""
        return self.line.grant.settled_on is None and not self.lacks

    @property
    def amounts(self) -> Sequence[tuple[Account, int]]:
        """Paid, approved, claimed and what is left, in öre."""
        order = (Account.PAID, Account.APPROVED, Account.CLAIMED, Account.UNCLAIMED)
        return [(account, self.line.grant.amount(account)) for account in order]

    @property
    def left_ore(self) -> int:
        """What may still be claimed."""
        return self.line.grant.unclaimed_ore if self.may_claim else 0


@dataclass(frozen=True)
class File:
    """A claim or an application, the stage where it stands, whether the clinic has it, and what it was granted."""

    line: FileLine
    stage: Stage
    region: str
    granted_ore: int | None = None

    @property
    def ours(self) -> bool:
        """True when it waits for the clinic."""
        return self.stage.owner in LOCAL_ROLES

    @property
    def ended(self) -> bool:
        """True when nothing more is done with it."""
        return self.stage.kind == "end"

    @property
    def holder(self) -> Role | None:
        """Who has it."""
        return self.stage.owner

    @property
    def last_day(self) -> date | None:
        """By when the clinic should have handed it in, else by when it has its answer; None once it has ended."""
        if self.ended:
            return None
        return self.line.due_on if self.ours else self.line.answer_by or self.line.due_on


@dataclass(frozen=True)
class Report:
    """A task of one of the units: a report, or the answer at a handover."""

    task_id: int
    title: Text
    unit: str
    medicine: str
    number: str
    opens_on: date
    due_on: date | None
    record: str


@dataclass(frozen=True)
class Todo:
    """Something that the clinic has to do: what, about what, by when, and the page where it is done."""

    what: Message | Text
    medicine: str
    unit: str
    due_on: date | None
    kind: str  #: task, claim, application or grant
    key: int | str  #: the task's or grant's id, or the public number


@dataclass(frozen=True)
class Stages:
    """How many claims stand in a stage, and what they come to."""

    stage: Stage
    counted: Counted


@dataclass(frozen=True)
class MyUnit:
    """The page of a clinic's money."""

    units: Sequence[str]
    todo: Sequence[Todo]
    rooms: Sequence[Room]
    claims: Sequence[File]
    stages: Sequence[Stages]
    applications: Sequence[File]
    reports: Sequence[Report]

    @property
    def left_ore(self) -> int:
        """What may still be claimed of all grants."""
        return sum(room.left_ore for room in self.rooms)

    @property
    def blocked_ore(self) -> int:
        """What is left of grants that cannot be claimed on now."""
        return sum(room.line.grant.unclaimed_ore for room in self.rooms if room.lacks)


def see(desk: Desk) -> MyUnit:
    """The money of the units of the acting person's local roles. A constant number of statements. Raises NotAllowed."""
    held = [m for m in desk.by.mandates if m.role in RIGHTS[Right.CLAIM]] if desk.by is not None else []
    own = frozenset().union(*(mandate.unit_ids for mandate in held))
    if not own:
        raise NotAllowed(say("Sidan är för den som företräder en verksamhet"))
    names, above = units.names(desk.session, own), units.parents(desk.session)
    rooms = _rooms(desk, own, above)
    claims = [_file(desk, line) for line in store.open_claims(desk.session, own)]
    back = add_months(desk.today, -_MONTHS_BACK)
    applied = store.applications(desk.session, own, back)
    settled = application_listing.settled(desk.session, [line.id for line in applied])
    applications = sorted((_file(desk, line, settled.get(line.id)) for line in applied), key=lambda one: one.ended)
    reports = _reports(desk, own)
    todo = [*_of_reports(desk, reports), *_of_files(claims, "claim"), *_of_files(applications, "application")]
    todo += _of_rooms(desk, rooms)
    return MyUnit(
        units=sorted((names[unit_id] for unit_id in own if above.get(unit_id) not in own), key=sort_key),
        todo=sorted(todo, key=lambda one: (one.due_on is None, one.due_on or date.max)),
        rooms=rooms,
        claims=claims,
        stages=[Stages(_stage(desk, c.definition, c.stage), c) for c in _counted(desk, own, back)],
        applications=applications,
        reports=reports,
    )


# ------------------------------------------------------------------------------------- the parts


def _rooms(desk: Desk, own: frozenset[int], above: Mapping[int, int | None]) -> list[Room]:
    over: set[int] = set()
    for unit_id in own:
        at: int | None = unit_id
        while at is not None:
            over.add(at)
            at = above.get(at)
    open_now = {one.open.grant.id: one for one in claimable.found(desk)}
    regions = {row.id: desk.catalogue.regions[row.slug] for row in all_regions(desk.session)}
    found = []
    for line in store.grants(desk.session, own, over, desk.today.year - 1, others=open_now):
        if line.grant.settled_on is not None and not line.grant.ceiling_ore:
            continue  # all of it went back
        until = claim_ground.claims_until(line.grant, regions[line.region_id])
        known = open_now.get(line.grant.id)
        days = (known.first_day, known.last_day) if known is not None else None
        found.append(Room(line, until, days, known.lacks if known is not None else ()))
    return found


def _definition(desk: Desk, of: tuple[str, int]) -> Definition:
    return desk.catalogue.get(*of)


def _stage(desk: Desk, of: tuple[str, int], stage: str) -> Stage:
    return _definition(desk, of).stage_named(stage)


def _file(desk: Desk, line: FileLine, settled: Settled | None = None) -> File:
    region = _definition(desk, line.definition).region
    granted = settled.granted_ore if settled is not None else None
    return File(line, _stage(desk, line.definition, line.stage), region, granted)


def _counted(desk: Desk, own: frozenset[int], back: date) -> list[Counted]:
    found = store.claims_by_stage(desk.session, own, back)
    order = {
        (d.id, d.version, stage.id): at for d in desk.catalogue.definitions.values() for at, stage in enumerate(d.stage)
    }
    return sorted(found, key=lambda one: (order[*one.definition, one.stage], one.definition))


def _reports(desk: Desk, own: frozenset[int]) -> list[Report]:
    named = {
        task.id: task.record
        for definition in desk.catalogue.definitions.values()
        for task in [*definition.task, *(task for stage in definition.stage for task in stage.task)]
        if task.record in _RECORDS
    }
    found = store.tasks(desk.session, own, named, add_months(desk.today, _MONTHS_AHEAD))
    return [
        Report(
            row.id, task_named(_definition(desk, row.definition), row.name).title, row.unit, row.medicine, row.number,
            row.opens_on, row.due_on, named[row.name] or "",
        )
        for row in found
    ]  # fmt: skip


def _of_reports(desk: Desk, reports: Iterable[Report]) -> list[Todo]:
    return [
        Todo(one.title, one.medicine, one.unit, one.due_on, "task", one.task_id)
        for one in reports
        if one.opens_on <= desk.today
    ]


def _of_files(files: Iterable[File], kind: str) -> list[Todo]:
    """What the clinic has to finish."""
    return [
        Todo(_finish(kind, one.line.number), one.line.medicine, one.line.unit, one.line.due_on, kind, one.line.number)
        for one in files
        if one.ours and not one.ended
    ]


def _finish(kind: str, number: str) -> Message:
    if kind == "claim":
        return say("Gör klart rekvisitionen {number}", number=number)
    return say("Gör klart ansökan {number}", number=number)


def _of_rooms(desk: Desk, rooms: Iterable[Room]) -> list[Todo]:
    """Money that is soon lost."""
    return [
        Todo(
            say("Rekvirera det som är kvar för {year}", year=room.line.grant.budget_year), room.line.medicine,
            room.line.administration, room.claims_until, "grant", room.line.grant.id,
        )
        for room in rooms
        if room.left_ore > 0 and room.claims_until - desk.today <= _SOON
    ]  # fmt: skip
