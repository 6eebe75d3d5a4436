"""A date that moves: the preview names just what then moves, changes nothing, and the change happens once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session

from introduction.domain import calendar
from introduction.domain.calendar import Offset, add_working_days
from introduction.domain.errors import Refused
from introduction.domain.roles import Role
from introduction.services import cases, dates, recommendations, steps
from introduction.services.dates import Preview
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.store import Base, timer
from introduction.store.event import events_of
from introduction.store.task import due_dates_of
from tests.world import World

# A case opened on Monday 23 November 2026 should leave its first stage by Monday 24 May 2027, for six months on is a
# Sunday. It is reminded of ten days before, on Friday 14 May. Somebody makes that Friday a day off.
NEW_DAY_OFF = date(2027, 5, 14)
DayOff = Callable[[date], None]


@pytest.fixture
def day_off(monkeypatch: pytest.MonkeyPatch) -> DayOff:
    """Changes the table of days off."""

    def add(day: date) -> None:
        monkeypatch.setattr(calendar, "_DAYS_OFF", calendar._DAYS_OFF | {day})

    return add


def everything(session: Session) -> dict[str, list[str]]:
    """All that the database holds, table by table."""
    session.flush()
    return {t.name: sorted(map(str, session.execute(t.select()).all())) for t in Base.metadata.sorted_tables}


def foreseen(world: World, instance_id: int) -> Preview:
    """What would move if an instance's dates were derived again."""
    return dates.preview(world.operator, instance_id, lambda desk: dates.derive_again(desk, instance_id))


def told(moves: Preview) -> list[tuple[str, date | None, date | None]]:
    """What moves, from where to where."""
    return [(move.kind, move.before, move.after) for move in (*moves.dates, *moves.timers)]


def test_nothing_moves_while_the_table_is_as_it_was(world: World) -> None:
    case = world.start_case()
    assert foreseen(world, case.instance.id).empty
    assert dates.derive_again(world.operator, case.instance.id).empty


def test_a_new_day_off_moves_the_reminder_that_fell_on_it_and_no_other(world: World, day_off: DayOff) -> None:
    case = world.start_case()
    day_off(NEW_DAY_OFF)
    found = foreseen(world, case.instance.id)
    assert told(found) == [("reminder", NEW_DAY_OFF, date(2027, 5, 13))]
    (move,) = found.timers
    assert move.number == case.number
    assert list(move.people) == [world.people["vastra_gotaland"][Role.COORDINATOR].name]


def test_a_preview_leaves_nothing_behind(world: World, day_off: DayOff) -> None:
    case = world.start_case()
    day_off(NEW_DAY_OFF)
    before = everything(world.session)
    assert not foreseen(world, case.instance.id).empty
    assert everything(world.session) == before


def test_what_was_foreseen_happens_once_and_the_history_says_so(world: World, day_off: DayOff) -> None:
    case = world.start_case()
    day_off(NEW_DAY_OFF)
    expected = foreseen(world, case.instance.id)
    assert told(dates.derive_again(world.operator, case.instance.id)) == told(expected)
    assert dates.derive_again(world.operator, case.instance.id).empty, "done already"
    days = [t.day for t in timer.pending_of(world.session, case.instance.id)]
    assert NEW_DAY_OFF not in days
    assert date(2027, 5, 13) in days
    kinds = [event.content["kind"] for event in events_of(world.session, case.instance.stream)]
    assert kinds.count("dates_derived_again") == 1


def test_a_due_date_that_a_new_day_off_falls_on_moves_to_the_working_day_after(world: World, day_off: DayOff) -> None:
    case = world.start_case()
    day_off(date(2027, 5, 24))
    found = foreseen(world, case.instance.id)
    assert [(m.kind, m.before, m.after) for m in found.dates] == [("stage", date(2027, 5, 24), date(2027, 5, 25))]
    assert told(dates.derive_again(world.operator, case.instance.id)) == told(found)
    assert case.instance.next_due_on == date(2027, 5, 25)


def test_a_due_date_in_working_days_moves_with_its_reminders(world: World, day_off: DayOff) -> None:
    about = About.typed("Examplumab", "svår migrän")
    desk = world.desk(Role.COORDINATOR)
    scanned = recommendations.start(desk, "hospital_medicine", about)
    subject = steps.take(desk, scanned.instance.id, "nominate", given={"nomination_reason": "Stor skillnad"})
    stage = subject.definition.stage_named(subject.instance.stage)
    assert stage.due is not None
    offset: Offset = stage.due.offset
    assert offset.unit == "working_days", "the stage has a number of working days"
    (before,) = [due.due_on for due in due_dates_of(world.session, subject.instance.id) if due.kind == "stage"]
    day_off(add_working_days(world.clock.today, 3))
    after = offset.after(world.clock.today)
    assert after > before
    found = foreseen(world, subject.instance.id)
    assert [(m.before, m.after) for m in found.dates if m.kind == "stage"] == [(before, after)]
    assert told(dates.derive_again(world.operator, subject.instance.id)) == told(found)
    assert subject.instance.next_due_on == after


# ------------------------------------------------------------------------------------- a change by hand


def test_a_changed_fact_moves_what_the_preview_said(world: World) -> None:
    case = world.start_case()
    desk = world.desk(Role.COORDINATOR)
    lung = world.units["vastra_gotaland"]["lung"].id
    given = {"introduction_start": date(2027, 3, 1), "treating_units": (lung,)}
    cases.change_facts(desk, case.instance.id, given, note="Bestämt")
    found = dates.preview(desk, case.instance.id, lambda own: start(own, case.instance.id, date(2027, 5, 3)))
    before = pending(world, case.instance.id)
    start(desk, case.instance.id, date(2027, 5, 3))
    after = pending(world, case.instance.id)
    assert any(move.unit == "Lungmedicin" for move in found.dates), "the unit's reports follow"
    assert found.timers, "and the reminders of them"
    assert {(m.kind, m.before, m.after) for m in found.dates} == moved(before, after)


def start(desk: Desk, case_id: int, day: date) -> None:
    """Correct when the introduction starts."""
    cases.change_facts(desk, case_id, {"introduction_start": day}, note="Flyttat")


def pending(world: World, case_id: int) -> dict[tuple[str, str, int | None], date]:
    """The pending due dates of a case."""
    world.session.expire_all()
    found = due_dates_of(world.session, case_id)
    return {(due.kind, due.name, due.task_id): due.due_on for due in found if due.state == "pending"}


def moved(
    before: dict[tuple[str, str, int | None], date], after: dict[tuple[str, str, int | None], date]
) -> set[tuple[str, date | None, date | None]]:
    """What differs."""
    keys = {*before, *after}
    return {(key[0], before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)}


def test_a_change_that_is_refused_leaves_nothing_either(world: World) -> None:
    case = world.start_case()
    desk = world.desk(Role.COORDINATOR)
    before = everything(world.session)
    with pytest.raises(Refused):
        dates.preview(desk, case.instance.id, lambda own: cases.change_facts(own, case.instance.id, {}, note="Inget"))
    assert everything(world.session) == before


def test_a_number_drawn_in_a_preview_is_drawn_again(world: World) -> None:
    """A change may open a case of its own; its number is free again, and the next case has it."""
    case = world.start_case()
    before = everything(world.session)

    def open_another(_desk: Desk) -> None:
        world.start_case("Annatumab")

    dates.preview(world.operator, case.instance.id, open_another)
    assert everything(world.session) == before
    assert int(world.start_case("Tredjumab").number[-4:]) == int(case.number[-4:]) + 1
