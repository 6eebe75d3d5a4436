"""What the pages about many cases show: the board, and each person's own work."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from introduction.domain.process.definition import Definition, Phase
from introduction.domain.process.timing import Text
from introduction.domain.roles import Person, Role, Visible, visible
from introduction.services import unfunded
from introduction.services.desk import Desk
from introduction.services.subjects import task_named
from introduction.store import listing, work
from introduction.store.listing import CaseFilter, CaseRow
from introduction.store.region import RegionRow
from introduction.store.work import OpenStage, OpenTask, PendingDate

#: The board shows at most this many cards; a note says when there are more.
BOARD_LIMIT = 300
#: What is due later than this does not wait for anybody yet.
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Holder:
    """Who has something: a person, a unit, or else a role under its name in the region."""

    name: str | None = None
    role: Role | None = None
    region: str | None = None


@dataclass(frozen=True)
class Card:
    """A case on the board: what is next and who has it."""

    row: CaseRow
    stage: Text
    step: Text
    holder: Holder
    days_in_stage: int | None  #: not told of what was recorded afterwards
    late: bool
    unfunded: Sequence[int] = ()  #: budget years that it was approved for and has no money


@dataclass(frozen=True)
class WorkItem:
    """Something to do, or that somebody else has to do, in a case."""

    case: CaseRow
    title: Text
    due_on: date | None
    holder: Holder
    unit: str | None
    task_id: int | None
    mine: bool


@dataclass(frozen=True)
class MyWork:
    """A person's first page."""

    waiting: Sequence[WorkItem]
    later: int  #: how many more of the own things are due after SOON
    late: Sequence[WorkItem]
    week: Sequence[tuple[date, Sequence[WorkItem]]]


def cards(desk: Desk, seen: Visible, wanted: CaseFilter) -> dict[Phase, list[Card]]:
    """The open cases by phase, the nearest date first."""
    rows = listing.cases(desk.session, seen, wanted.only(closed="open"), desk.today, order="due", limit=BOARD_LIMIT)
    board: dict[Phase, list[Card]] = {phase: [] for phase in Phase}
    for one in cards_of(desk, rows):
        board[Phase(one.row.phase)].append(one)
    return board


def cards_of(desk: Desk, rows: Sequence[CaseRow]) -> list[Card]:
    """Some cases with their next steps in words, in the order given."""
    lacking = unfunded.years_of(desk, [row.id for row in rows if row.financed_until is not None])
    return [_card(desk, row, lacking.get(row.id, ())) for row in rows]


def _card(desk: Desk, row: CaseRow, lacking: Sequence[int]) -> Card:
    definition = desk.catalogue.get(row.definition_id, row.definition_version)
    stage = definition.stage_named(row.stage)
    return Card(
        row=row,
        stage=stage.title,
        step=stage.title if row.recorded_afterwards else _next_step(definition, row.stage),
        holder=Holder(role=stage.owner, region=definition.region),
        days_in_stage=None if row.recorded_afterwards else (desk.today - row.stage_entered_on).days,
        late=row.next_due_on is not None and row.next_due_on < desk.today,
        unfunded=lacking,
    )


@functools.lru_cache(maxsize=1024)
def _next_step(definition: Definition, stage_id: str) -> Text:
    """A list asks the same of many cases, and a process never changes."""
    return definition.next_step(stage_id)


def my_work(desk: Desk, person: Person) -> MyWork:
    """What waits for a person, what is late with others, and what comes this week."""
    seen = visible(person)
    monday, sunday = week_of(desk.today)
    roles = person.roles_in(None)
    tasks = work.open_tasks(desk.session, seen, person.user_id, roles, desk.today, sunday)
    stages = work.open_stages(desk.session, seen, _stages_owned_by(desk, roles), sunday)
    days = work.pending_between(desk.session, seen, monday, sunday)
    involved = {t.case_id for t in tasks} | {s.case_id for s in stages} | {d.case_id for d in days}
    rows = listing.by_ids(desk.session, sorted(involved))
    regions = {row.id: row.slug for row in desk.session.query(RegionRow)}
    blocked = {task.case_id for task in tasks if task.of_stage and not task.optional}
    items = [_task_item(desk, person, rows[task.case_id], task, regions) for task in tasks]
    items += [
        _stage_item(desk, person, rows[stage.case_id], stage, blocked=stage.case_id in blocked) for stage in stages
    ]
    items.sort(key=lambda item: (item.due_on is None, item.due_on or date.max))
    mine = [item for item in items if item.mine]
    soon = [item for item in mine if item.due_on is None or item.due_on <= desk.today + SOON]
    return MyWork(
        waiting=soon,
        later=len(mine) - len(soon),
        late=[item for item in items if not item.mine and item.due_on is not None and item.due_on < desk.today],
        week=_by_day(desk, days, items),
    )


def week_of(day: date) -> tuple[date, date]:
    """The Monday and the Sunday of a day's week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _stages_owned_by(desk: Desk, roles: frozenset[Role]) -> list[tuple[str, int, str]]:
    return [
        (definition.id, definition.version, stage.id)
        for definition in desk.catalogue.definitions.values()
        if definition.subject == "case"
        for stage in definition.stage
        if stage.owner in roles
    ]


def waits_for(person: Person, task: OpenTask, region_id: int) -> bool:
    """True when a task was given to the person, or to nobody yet and the person has its role (at its unit)."""
    role = Role(task.role)
    if task.assignee_id is not None:
        return task.assignee_id == person.user_id
    if task.unit_id is not None:
        return any(m.role == role and task.unit_id in m.unit_ids for m in person.mandates)
    return role in person.roles_in(region_id)


def _task_item(desk: Desk, person: Person, row: CaseRow, task: OpenTask, regions: dict[int, str]) -> WorkItem:
    definition = desk.catalogue.get(row.definition_id, row.definition_version)
    return WorkItem(
        case=row,
        title=task_named(definition, task.name).title,
        due_on=task.due_on,
        holder=Holder(task.assignee or task.unit, Role(task.role), regions[row.region_id]),
        unit=task.unit,
        task_id=task.id,
        mine=waits_for(person, task, row.region_id),
    )


def _stage_item(desk: Desk, person: Person, row: CaseRow, stage: OpenStage, *, blocked: bool) -> WorkItem:
    definition = desk.catalogue.get(row.definition_id, row.definition_version)
    drawn = definition.stage_named(stage.stage)
    doers = {role for action in definition.actions_from(stage.stage) if action.main for role in action.by}
    return WorkItem(
        case=row,
        title=_next_step(definition, stage.stage),
        due_on=stage.due_on,
        holder=Holder(role=drawn.owner, region=definition.region),
        unit=None,
        task_id=None,
        mine=not blocked and stage.due_on is not None and drawn.owner in doers & person.roles_in(row.region_id),
    )


def _by_day(
    desk: Desk, days: Sequence[PendingDate], items: Sequence[WorkItem]
) -> list[tuple[date, Sequence[WorkItem]]]:
    of_task: dict[int | None, WorkItem] = {item.task_id: item for item in items if item.task_id is not None}
    of_stage = {item.case.id: item for item in items if item.task_id is None}
    found: dict[date, list[WorkItem]] = {}
    for day in days:
        item = of_stage.get(day.case_id) if day.kind == "stage" else of_task.get(day.task_id)
        if item is not None:
            found.setdefault(day.due_on, []).append(item)
    return sorted(found.items())
