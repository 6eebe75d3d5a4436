"""What must hold of every case whatever happened: chain, history, stage, tasks, due dates and revision agree."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from introduction.domain.process.definition import RETURN, Definition
from introduction.domain.process.loading import Catalogue
from introduction.services import audit, changes, plan
from introduction.services.desk import Desk
from introduction.store.case import Case
from introduction.store.event import Event, events_of
from introduction.store.instance import Instance
from introduction.store.task import DueDate, TaskRow
from tests.world import NINE

#: Events that are no change of the case: its beginning, and words about it.
STARTED = {"case_started", "recommendation_started", "application_started", "claim_started"}
UNCOUNTED = STARTED | {
    "commented", "outcome_recorded", "outcomes_imported", "attachment_added", "attachment_removed", "claim_corrected",
    "claim_booked",
}  # fmt: skip
NO_SEALS = Path("there-is-no-file-of-seals")


def instance_ids(session: Session) -> list[int]:
    """Every instance."""
    return list(session.scalars(select(Instance.id).order_by(Instance.id)))


def check_all(session: Session, catalogue: Catalogue) -> None:
    """Verify every chain, and each instance by itself. The caller rolls back."""
    check_chains(session)
    for instance_id in instance_ids(session):
        check_instance(session, catalogue, instance_id)


def check_chains(session: Session) -> None:
    """What the command ``audit verify`` looks at."""
    assert audit.verify(session, NO_SEALS, "key").problems == ()


def check_instance(session: Session, catalogue: Catalogue, instance_id: int) -> None:
    """History, stage, tasks, due dates and revision of one instance agree."""
    instance = session.get_one(Instance, instance_id, populate_existing=True)
    definition = catalogue.get(instance.definition_id, instance.definition_version)
    events = events_of(session, instance.stream)
    _check_history(session, instance, definition, events)
    rows = list(session.scalars(select(TaskRow).where(TaskRow.instance_id == instance_id)))
    _check_tasks(instance, definition, rows)
    _check_next_due(session, instance)
    _check_derived(session, catalogue, instance)


def _check_history(session: Session, instance: Instance, definition: Definition, events: list[Event]) -> None:
    assert [event.seq for event in events] == list(range(1, instance.head_seq + 1))
    contents = [event.content for event in events]
    stage, phase, entered, kept = replay(definition, contents)
    assert (instance.stage, instance.stage_entered_on, instance.return_stage) == (stage, entered, kept)
    if instance.subject == "case":
        assert session.get_one(Case, instance.id, populate_existing=True).phase == phase
    ended = definition.stage_named(stage).kind == "end"
    assert instance.closed_on == (entered if ended else None)
    counted = [content for content in contents if content["kind"] not in UNCOUNTED]
    assert instance.revision == 1 + len(counted)


def replay(definition: Definition, contents: list[dict[str, Any]]) -> tuple[str, str | None, date, str | None]:
    """The stage, the phase, the day of entry and the stage to return to, as the events tell them."""
    stage, phase, entered, kept = "", None, date.min, None
    for content in contents:
        if content["kind"] == "action_taken":
            assert content["origin"] == stage, "an action begins where the one before it led"
            action = definition.action_named(content["action"])
            assert action.to == (RETURN if action.to == RETURN else content["goal"])
            assert action.to != RETURN or content["goal"] == kept
        if content["kind"] in STARTED | {"action_taken"} and content["goal"] != stage:
            kept = stage if stage and definition.remembers(content["goal"]) else None
            stage, entered = content["goal"], date.fromisoformat(content["happened_on"])
            phase = definition.stage_named(stage).phase or phase
    return stage, phase, entered, kept


def _check_tasks(instance: Instance, definition: Definition, rows: list[TaskRow]) -> None:
    outliving = {task.id for task in definition.task}
    ended = definition.stage_named(instance.stage).kind == "end"
    for row in rows:
        if row.state == "open":
            assert not ended, f"{row.name} is open though the case has ended"
            assert row.stage == instance.stage or (row.stage is None and row.name in outliving), row.name


def _check_next_due(session: Session, instance: Instance) -> None:
    pending = select(DueDate.due_on).where(DueDate.instance_id == instance.id, DueDate.state == "pending")
    dates = session.scalars(pending.where(DueDate.kind != "milestone").order_by(DueDate.due_on))
    assert instance.next_due_on == dates.first()


def _check_derived(session: Session, catalogue: Catalogue, instance: Instance) -> None:
    """Deriving tasks and due dates again changes nothing."""
    before = derived_rows(session, instance.id)
    desk = Desk(session, catalogue, None, NINE)
    plan.derive(desk, changes.load(desk, instance.id, None))
    session.flush()
    assert derived_rows(session, instance.id) == before


def derived_rows(session: Session, instance_id: int) -> list[tuple[Any, ...]]:
    """All that is derived for an instance, as plain values."""
    tasks, dates = TaskRow.__table__, DueDate.__table__
    found = session.execute(select(Instance.next_due_on).where(Instance.id == instance_id)).all()
    found += session.execute(select(tasks).where(tasks.c.instance_id == instance_id).order_by(tasks.c.id)).all()
    found += session.execute(select(dates).where(dates.c.instance_id == instance_id).order_by(dates.c.id)).all()
    return [tuple(row) for row in found]
