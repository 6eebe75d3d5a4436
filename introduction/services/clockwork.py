"""Actions that the clock takes: on their day, once, through the same service as people's."""

from __future__ import annotations

from typing import Any

from introduction.domain.calendar import add_months
from introduction.domain.errors import Refused
from introduction.domain.notices import Kind
from introduction.domain.process.definition import Action
from introduction.domain.roles import Role
from introduction.services import kept_words, notices, steps, subjects
from introduction.services.desk import Desk
from introduction.services.directory import Directory
from introduction.services.notices import Draft
from introduction.services.subjects import Subject
from introduction.store import instance as instances
from introduction.store import timer as store
from introduction.store.timer import Timer


def act(desk: Desk, timer_id: int) -> str | None:
    """Take the action that a timer names. Returns the action; None when the timer waits no more.

    Raises Refused when the rules do not allow it. The caller then takes everything back, and writes the refusal down
    with ``note_refusal`` in a transaction of its own.
    """
    timer = _waiting(desk, timer_id)
    if timer is None or timer.instance_id is None:
        return None
    action_id = timer.rule.partition(":")[2]
    subject = subjects.read(desk, instances.lock(desk.session, timer.instance_id))
    action = next((one for one in subject.definition.actions_from(subject.instance.stage) if one.id == action_id), None)
    if action is None or action.clock is None:
        timer.state, timer.settled_at = "dropped", desk.now
        return None
    timer.state, timer.settled_at = "done", desk.now
    desk.session.flush()
    steps.take(desk, subject.instance.id, action.id, given=_given(desk, subject, action))
    return action.id


def note_refusal(desk: Desk, timer_id: int, refusal: Refused) -> None:
    """Write down that the rules did not let the clock act, and tell the coordinator why. Told once for each day.

    The clock tries again when something has changed on the instance.
    """
    timer = _waiting(desk, timer_id)
    if timer is None or timer.instance_id is None:
        return
    subject = subjects.read(desk, instances.lock(desk.session, timer.instance_id))
    timer.state, timer.settled_at, timer.problem = "refused", desk.now, str(refusal)[:2000]
    book = Directory(desk.session, desk.catalogue, desk.today)
    stage = subject.definition.stage_named(subject.instance.stage)
    found = book.recipients(notices.matter_of(subject, stage.owner or Role.COORDINATOR), Role.COORDINATOR)
    draft = Draft(
        key=timer.key,
        kind=Kind.ESCALATION,
        template="refused",
        region_id=subject.instance.region_id,
        instance_id=subject.instance.id,
        due_on=timer.day,
        about={"action": timer.rule.partition(":")[2], "reasons": kept_words.as_data(refusal.reasons)},
    )
    notices.add(desk.session, [(draft, p, away) for p, away in found.people.items()], book, desk.now)
    desk.session.flush()


def _waiting(desk: Desk, timer_id: int) -> Timer | None:
    """The timer, after its instance has been locked: in the same order as everybody else locks them."""
    timer = desk.session.get(Timer, timer_id)
    if timer is None:
        return None
    if timer.instance_id is not None:
        instances.lock(desk.session, timer.instance_id)
    return store.claim_one(desk.session, timer_id)


def _given(desk: Desk, subject: Subject, action: Action) -> dict[str, Any]:
    """The facts that the clock gives: so many months on as the region's settings say."""
    assert action.clock is not None, "asked for an action of the clock"
    return {
        key: add_months(desk.today, subject.region.value(setting, desk.today))
        for key, setting in action.clock.gives.items()
    }
