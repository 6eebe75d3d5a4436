"""What the applicant is told at every moment: the steps done and ahead, who has it, and when the answer comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from introduction.domain import partial
from introduction.domain.process.definition import Definition, Stage
from introduction.domain.process.situation import anchors, due_day
from introduction.domain.process.timing import Text
from introduction.domain.roles import LOCAL_ROLES
from introduction.services.application_files import ApplicationFile
from introduction.services.desk import Desk
from introduction.services.overview import Holder
from introduction.services.past import Entry
from introduction.store import person as persons


@dataclass(frozen=True)
class Step:
    """A stage on the application's way. ``title`` None is the answer itself, which nobody knows beforehand."""

    title: Text | None
    state: str  #: done, now or ahead
    holder: Holder | None = None
    first: date | None = None
    last: date | None = None
    due: date | None = None  #: when it should be done, of what is not done
    by: str | None = None  #: who took it on
    note: str | None = None  #: what was said then


@dataclass(frozen=True)
class Timeline:
    """Where an application is."""

    steps: Sequence[Step]
    holder: Holder | None  #: who has it now; None once it is settled
    since: date
    touched_at: datetime
    touched_by: str | None
    answer_by: date | None
    late: bool
    delay_reason: str | None
    to_fix: str | None  #: what was pointed out when it was given back, while that waits


def timeline(desk: Desk, file: ApplicationFile) -> Timeline:
    """The application's way so far and from here, as it is known today."""
    subject, definition = file.subject, file.subject.definition
    stage = definition.stage_named(subject.instance.stage)
    past = [entry for entry in reversed(file.history) if entry.what.get("goal")]
    moves = [entry for entry in past if entry.what.get("origin") != entry.what["goal"]]
    closed = subject.instance.closed_on is not None
    touched = file.history[0]
    answer_by: date | None = subject.situation["answer_by"]
    return Timeline(
        steps=[*_gone(definition, moves, closed=closed), *_now_and_ahead(file, stage)],
        holder=None if closed else _holder(desk, file, stage),
        since=subject.instance.stage_entered_on,
        touched_at=datetime.fromisoformat(touched.recorded_at),
        touched_by=touched.by,
        answer_by=None if closed else answer_by,
        late=not closed and answer_by is not None and answer_by < desk.today,
        delay_reason=None if closed else subject.situation["delay_reason"],
        to_fix=moves[-1].what.get("note") if not closed and not stage.fixed and len(moves) > 1 else None,
    )


def _holder(desk: Desk, file: ApplicationFile, stage: Stage) -> Holder:
    """Who has the application: the unit that writes, or the person with the role where there is only one."""
    role, row, region = stage.owner, file.application, file.subject.definition.region
    if role in LOCAL_ROLES:
        return Holder(file.unit_names.get(row.unit_id), role, region)
    people = persons.holders(desk.session, row.region_id, [role], desk.today) if role is not None else []
    named = people[0].name if len(people) == 1 else None
    return Holder(named, role, region)


def _gone(definition: Definition, moves: Sequence[Entry], *, closed: bool) -> list[Step]:
    """The stages that have been left, and of a settled application the end, each with who went on from it."""
    steps = []
    for number, entry in enumerate(moves):
        stage, first = definition.stage_named(entry.what["goal"]), partial.first_day(entry.happened_on)
        left = moves[number + 1] if number + 1 < len(moves) else None
        if left is not None:
            last, holder = partial.first_day(left.happened_on), Holder(role=stage.owner, region=definition.region)
            steps.append(Step(stage.title, "done", holder, first, last, by=left.by, note=left.what.get("note")))
        elif closed:
            steps.append(Step(stage.title, "done", None, first, first, by=entry.by))
    return steps


def _now_and_ahead(file: ApplicationFile, stage: Stage) -> list[Step]:
    subject, definition = file.subject, file.subject.definition
    if stage.kind == "end":
        return []
    days = anchors(subject.situation)
    steps = []
    for each in ahead(definition, stage):
        here = each.id == stage.id
        due = due_day(each.due, days) if each.due is not None and (here or each.due.after != "stage_entered") else None
        holder = Holder(role=each.owner, region=definition.region)
        first = subject.instance.stage_entered_on if here else None
        steps.append(Step(each.title, "now" if here else "ahead", holder, first, due=due))
    return [*steps, Step(None, "ahead", due=subject.situation["answer_by"])]


def ahead(definition: Definition, stage: Stage) -> list[Stage]:
    """The stage and those that usually follow it before an answer: along the first main action of each."""
    found: list[Stage] = []
    while stage.kind != "end" and stage not in found:
        found.append(stage)
        main = [action for action in definition.actions_from(stage.id) if action.main]
        stage = definition.stage_named(main[0].to)
    return found
