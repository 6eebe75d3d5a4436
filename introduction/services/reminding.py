"""What the clock does when a reminder falls due: looks at the facts once more, and writes down who is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from introduction.domain.notices import Kind
from introduction.domain.process import occurrences
from introduction.domain.process.guards import answers
from introduction.domain.process.situation import anchors
from introduction.domain.process.timing import ProcessReminder, Remind
from introduction.domain.roles import Role
from introduction.services import notices, occasions, subjects, timers
from introduction.services.desk import Desk
from introduction.services.directory import Directory, Matter
from introduction.services.notices import Draft
from introduction.store import instance as instances
from introduction.store import notice as notice_store
from introduction.store import timer as store
from introduction.store.gathering import Gathered, Named, gather
from introduction.store.instance import Instance
from introduction.store.task import DueDate
from introduction.store.timer import Timer


@dataclass
class Batch:
    """What is read once for many reminders."""

    desk: Desk
    book: Directory
    found: Gathered
    acknowledged: set[tuple[int, date | None]]


@dataclass
class Outcome:
    """What became of a timer: how it is settled, who is told what, and which timer comes next."""

    state: str
    told: Sequence[tuple[Draft, int, int | None]] = ()
    following: Sequence[dict[str, Any]] = ()
    problem: str | None = None


def fire(desk: Desk, limit: int) -> int:
    """Write down what the due reminders tell, for up to ``limit`` of them. Returns how many were settled.

    An instance that somebody is just changing is left for the next time. Raises what one reminder raises: the caller
    then takes them one by one with ``fire_one``.
    """
    return _fire(desk, store.claim(desk.session, "reminder", desk.now, limit))


def fire_one(desk: Desk, timer_id: int) -> int:
    """The same for one reminder."""
    timer = store.claim_one(desk.session, timer_id)
    return _fire(desk, [timer] if timer else [])


def give_up(desk: Desk, timer_id: int, problem: str) -> None:
    """Mark a timer that cannot be carried out as failed, so that it is seen and stands in nobody's way."""
    timer = store.claim_one(desk.session, timer_id)
    if timer is not None:
        timer.state, timer.settled_at, timer.problem = "failed", desk.now, problem[:2000]
        desk.session.flush()


def _fire(desk: Desk, claimed: Sequence[Timer]) -> int:
    if not claimed:
        return 0
    free = instances.lock_free(desk.session, {t.instance_id for t in claimed if t.instance_id is not None})
    ready = [t for t in claimed if t.instance_id is None or t.instance_id in free]
    found = gather(desk.session, free, {t.due_date_id for t in ready if t.due_date_id is not None})
    batch = Batch(
        desk,
        Directory(desk.session, desk.catalogue, desk.today),
        found,
        notice_store.acknowledged(desk.session, list(found.due_dates)),
    )
    told: list[tuple[Draft, int, int | None]] = []
    following: list[dict[str, Any]] = []
    outcomes = {timer.id: outcome_of(batch, timer) for timer in ready}
    for outcome in outcomes.values():
        told += outcome.told
        following += outcome.following
    store.settle(desk.session, {key: (one.state, one.problem) for key, one in outcomes.items()}, desk.now)
    notices.add(desk.session, told, batch.book, desk.now)
    store.plan(desk.session, following)
    return len(ready)


def outcome_of(batch: Batch, timer: Timer) -> Outcome:
    """What becomes of one reminder, by the facts as they are now."""
    if timer.instance_id is None:
        return _of_region(batch, timer)
    instance = batch.found.instances[timer.instance_id]
    if instance.closed_on is not None:
        return Outcome("dropped", problem="closed")
    definition = batch.desk.catalogue.get(instance.definition_id, instance.definition_version)
    rule = timers.rule_named(definition, timer.rule)
    if isinstance(rule, ProcessReminder):
        return _of_process(batch, timer, instance, rule)
    due = batch.found.due_dates.get(timer.due_date_id or 0)
    if due is None or due.state != "pending":
        return Outcome("dropped", problem="done")
    following = _following(batch, timer, rule, [due.due_on])
    if rule is not None and rule.unless_acknowledged and (due.id, due.due_on) in batch.acknowledged:
        return Outcome("dropped", following=following, problem="acknowledged")
    matter = _matter(batch, instance, due)
    kind = Kind(rule.kind) if rule is not None else Kind.REMINDER
    late = due.due_on < batch.desk.today
    template = (rule.template if rule else None) or ("escalation" if kind is Kind.ESCALATION and late else "reminder")
    draft = Draft(
        key=timer.key,
        kind=kind,
        template=template,
        region_id=instance.region_id,
        instance_id=instance.id,
        due_date_id=due.id,
        due_on=due.due_on,
        about={"kind": due.kind, "name": due.name, "unit": batch.found.unit_of(due)},
        due_at=timer.due_at,
    )
    return _telling(batch, timer, draft, matter, rule, following)


def _telling(
    batch: Batch, timer: Timer, draft: Draft, matter: Matter, rule: Remind | None, following: Sequence[dict[str, Any]]
) -> Outcome:
    """Tell whom the rule means, or the one who put the reminder off; and the coordinator of those not reached."""
    if timer.person_id is not None:
        found = batch.book.recipients(replace(matter, person_id=timer.person_id), None)
    else:
        found = batch.book.recipients(matter, rule.to if rule else None)
    if not found.people:
        return Outcome("failed", following=following, problem="nobody")
    told = [(draft, person, away) for person, away in found.people.items()]
    for unreached in found.unreached:
        missed = replace(
            draft,
            key=f"{draft.key}:unreachable:{unreached}",
            kind=Kind.DIGEST,
            template="unreachable",
            about={**draft.about, "person": unreached, "told": list(found.people)},
        )
        to = batch.book.recipients(replace(matter, person_id=None), Role.COORDINATOR)
        told += [(missed, person, away) for person, away in to.people.items()]
    return Outcome("done", told, following)


def _following(batch: Batch, timer: Timer, rule: Remind | None, bases: Sequence[date]) -> list[dict[str, Any]]:
    """The timer that comes after this one by the same rule, where there is one."""
    if rule is None or timer.instance_id is None:
        return []
    instance = batch.found.instances[timer.instance_id]
    definition = batch.desk.catalogue.get(instance.definition_id, instance.definition_version)
    region = batch.desk.catalogue.region_of(definition)
    day = occurrences.next_day(rule, bases, region, batch.desk.now + occurrences.A_MOMENT, None)
    if day is None:
        return []
    moment = occurrences.moment(rule, day, region)
    wanted = timers.Wanted("reminder", timer.rule, timer.due_date_id, day, moment)
    return [timers.values_of(instance.id, instance.region_id, wanted)]


def _matter(batch: Batch, instance: Instance, due: DueDate) -> Matter:
    case = batch.found.cases.get(instance.id)
    task = batch.found.tasks.get(due.task_id) if due.task_id is not None else None
    definition = batch.desk.catalogue.get(instance.definition_id, instance.definition_version)
    if task is not None:
        role, person = Role(task.role), task.assignee_id
    else:
        role = definition.stage_named(due.name).owner or Role.COORDINATOR
        owner = case.owner_id if case else None
        person = owner if owner in batch.book.holders(instance.region_id, role) else None
    units = (task.unit_id,) if task is not None and task.unit_id is not None else None
    return _with_case(Matter(instance.region_id, role, person), case, batch.found, units)


def _with_case(matter: Matter, case: Named | None, found: Gathered, units: tuple[int, ...] | None = None) -> Matter:
    if case is None:
        return matter
    return replace(
        matter,
        unit_ids=units or tuple(found.treating.get(case.id, ())),
        nominating_unit_id=case.nominating_unit_id,
        owner_id=case.owner_id,
        contact_person_id=case.contact_person_id,
    )


def _of_process(batch: Batch, timer: Timer, instance: Instance, rule: ProcessReminder) -> Outcome:
    """A reminder that counts from an anchor: still in its stages, still on the day, and still something to say?"""
    subject = subjects.read(batch.desk, instance)
    bases = timers.bases_of(subject, rule, anchors(subject.situation))
    following = _following(batch, timer, rule, bases)
    if (
        not timers.holds_in(subject, rule)
        or occurrences.next_day(rule, bases, subject.region, batch.desk.now, timer.day) != timer.day
    ):
        return Outcome("dropped", problem="moved")
    if rule.unless and all(need.reason is None for need in answers(rule.unless, subject.situation)):
        return Outcome("dropped", following=following, problem="done")
    stage = subject.definition.stage_named(instance.stage)
    matter = notices.matter_of(subject, stage.owner or Role.COORDINATOR)
    base = next((day for day in bases if timer.day in occurrences.days(rule, day)), None)
    draft = Draft(
        key=timer.key,
        kind=Kind(rule.kind),
        template=rule.template or "occasion",
        region_id=instance.region_id,
        instance_id=instance.id,
        due_on=base,
        about={"reminder": rule.id, "after": rule.after},
        due_at=timer.due_at,
    )
    return _telling(batch, timer, draft, matter, rule, following)


def _of_region(batch: Batch, timer: Timer) -> Outcome:
    """A region's own reminder: does what it is about still hold?"""
    told = occasions.telling(batch.desk, batch.book, timer)
    if told is None:
        return Outcome("dropped", problem="done")
    draft, people, following = told
    if not people:
        return Outcome("failed", following=following, problem="nobody")
    return Outcome("done", [(draft, person, away) for person, away in people.items()], following)
