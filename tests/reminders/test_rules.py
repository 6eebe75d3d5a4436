"""What people answer, and what a rule asks as it goes: acknowledged, put off, granted, preferred."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pytest
from sqlalchemy import Engine, select

from introduction.domain.calendar import STOCKHOLM
from introduction.domain.errors import InvalidInput, NotAllowed, Refused
from introduction.domain.notices import Kind, Preference
from introduction.domain.process.definition import Phase
from introduction.domain.roles import Role
from introduction.jobs.worker import Worker
from introduction.services import cases, grants, notices, people, steps
from introduction.services.books import Minutes
from introduction.services.subjects import Subject
from introduction.store import database
from introduction.store.case import Case
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.mail import Mail
from introduction.store.notice import Notice
from introduction.store.preference import Absence, PreferenceRow
from introduction.store.task import TaskRow
from introduction.store.timer import Timer
from tests.claiming import grant
from tests.reminders.driving import Post, worker_of
from tests.world import VGR, World

#: A horizon scan that began on 23 November 2026 is due on Monday 24 May 2027, for six months on is a Sunday.
TEN_BEFORE, ON_THE_DAY, UNANSWERED, LATE = (date(2027, 5, 14), date(2027, 5, 24), date(2027, 5, 26), date(2027, 5, 31))


@pytest.fixture
def post(world: World) -> Post:
    return Post(world.clock)


@pytest.fixture
def worker(engine: Engine, world: World, post: Post) -> Worker:
    return worker_of(engine, world.catalogue, world.clock, post)


@pytest.fixture
def case(world: World) -> Subject:
    return world.start_case()


def wake(world: World, worker: Worker, day: date) -> None:
    """The worker wakes as the office opens on a day."""
    world.session.commit()
    world.clock.now = datetime(day.year, day.month, day.day, 7, 0, 3, tzinfo=STOCKHOLM)
    worker.tick()
    database.begin_writing(world.session)
    world.session.expire_all()


def told(world: World, kind: Kind | None = None) -> Sequence[Notice]:
    """What people have been told, the latest last."""
    query = select(Notice).order_by(Notice.id)
    return world.session.scalars(query if kind is None else query.where(Notice.kind == kind)).all()


def id_of(world: World, role: Role) -> int:
    return world.people[VGR][role].id


# --- acknowledged


def test_unless_somebody_has_acknowledged_the_next_in_line_is_told(world: World, worker: Worker, case: Subject) -> None:
    for day in (TEN_BEFORE, ON_THE_DAY, UNANSWERED, LATE):
        wake(world, worker, day)
    assert [(n.person_id, n.kind, n.template) for n in told(world)] == [
        (id_of(world, Role.COORDINATOR), Kind.REMINDER, "reminder"),
        (id_of(world, Role.COORDINATOR), Kind.REMINDER, "reminder"),
        (id_of(world, Role.ADMINISTRATOR), Kind.ESCALATION, "unanswered"),
        (id_of(world, Role.COORDINATOR), Kind.ESCALATION, "escalation"),
    ]


def test_to_have_seen_that_one_was_given_a_task_is_no_answer_to_a_reminder(
    world: World, worker: Worker, case: Subject
) -> None:
    economist = world.people[VGR][Role.ECONOMIST]
    world.take(case, "await_advice", Role.COORDINATOR)
    row = world.session.scalars(select(TaskRow).where(TaskRow.name == "check_national_status")).one()
    steps.assign_task(world.desk(Role.COORDINATOR), row.id, economist.id)
    [given] = told(world)
    notices.acknowledge(world.desk(Role.ECONOMIST), given.id)
    wake(world, worker, date(2027, 2, 25))  # due on Tuesday the 23rd
    assert "unanswered" in {notice.template for notice in told(world, Kind.ESCALATION)}


def test_when_somebody_has_the_next_in_line_is_left_in_peace(world: World, worker: Worker, case: Subject) -> None:
    wake(world, worker, TEN_BEFORE)
    notices.acknowledge(world.desk(Role.COORDINATOR), told(world)[0].id)
    for day in (ON_THE_DAY, UNANSWERED, LATE):
        wake(world, worker, day)
    assert id_of(world, Role.ADMINISTRATOR) not in {notice.person_id for notice in told(world)}
    assert told(world)[-1].kind == Kind.ESCALATION, "what does not ask for an answer still comes"


def test_an_answer_is_about_the_date_that_there_was(world: World, worker: Worker, case: Subject) -> None:
    """Acknowledged for one date, and then the date moved: the new date wants an answer of its own."""
    notice = _awaited(world, worker)
    notices.acknowledge(world.desk(Role.HEAD_OF_UNIT), notice.id)
    given = {"introduction_start": date(2027, 2, 11)}
    cases.change_facts(world.desk(Role.COORDINATOR), notice.instance_id or 0, given, note="En månad senare")
    wake(world, worker, date(2027, 6, 15))  # two working days after 11 June
    assert [(n.person_id, n.due_on) for n in told(world, Kind.ESCALATION) if n.due_date_id == notice.due_date_id] == [
        (id_of(world, Role.COORDINATOR), date(2027, 6, 11))
    ]


def _awaited(world: World, worker: Worker) -> Notice:
    """The reminder of a unit's first report, due on 11 May 2027."""
    case = world.start_case()
    given = {"introduction_start": date(2027, 1, 11), "treating_units": (world.units[VGR]["lung"].id,)}
    cases.change_facts(world.desk(Role.COORDINATOR), case.instance.id, given, note="Start satt")
    wake(world, worker, date(2027, 4, 30))
    return next(notice for notice in told(world) if notice.due_on == date(2027, 5, 11))


# --- put off


def test_what_is_put_off_comes_back_to_the_one_who_asked_and_to_nobody_else(
    world: World, worker: Worker, case: Subject
) -> None:
    second = world.add_person(Role.COORDINATOR, name="Siv Samordnare")
    wake(world, worker, TEN_BEFORE)
    assert {notice.person_id for notice in told(world)} == {id_of(world, Role.COORDINATOR), second.id}
    mine = next(notice for notice in told(world) if notice.person_id == second.id)
    snoozed = notices.snooze(world.desk(second), mine.id, date(2027, 5, 16))  # a Sunday
    assert snoozed.snoozed_to == date(2027, 5, 17)
    wake(world, worker, date(2027, 5, 17))
    again = told(world)[2:]
    assert [(n.person_id, n.kind, n.due_on) for n in again] == [(second.id, Kind.REMINDER, date(2027, 5, 24))]


def test_what_is_put_off_and_then_done_does_not_come_back(world: World, worker: Worker, case: Subject) -> None:
    wake(world, worker, TEN_BEFORE)
    notices.snooze(world.desk(Role.COORDINATOR), told(world)[0].id, date(2027, 5, 18))
    world.take(case, "await_advice", Role.COORDINATOR)
    wake(world, worker, date(2027, 5, 18))
    assert len(told(world)) == 1
    with pytest.raises(Refused, match="inget kvar"):
        notices.snooze(world.desk(Role.COORDINATOR), told(world)[0].id, date(2027, 5, 20))


def test_what_is_put_off_comes_back_though_the_date_moves_and_tells_the_new_date(world: World, worker: Worker) -> None:
    notice = _awaited(world, worker)
    notices.snooze(world.desk(Role.HEAD_OF_UNIT), notice.id, date(2027, 5, 5))
    given = {"introduction_start": date(2027, 2, 11)}
    cases.change_facts(world.desk(Role.COORDINATOR), notice.instance_id or 0, given, note="En månad senare")
    wake(world, worker, date(2027, 5, 5))
    assert told(world)[-1].due_on == date(2027, 6, 11)
    snooze = world.session.scalars(select(Timer).where(Timer.rule == "snooze")).one()
    assert (snooze.state, told(world)[-1].key) == ("done", f"{snooze.key}:{notice.person_id}")


def test_only_whoever_was_told_answers_and_only_for_a_day_to_come(world: World, worker: Worker, case: Subject) -> None:
    wake(world, worker, TEN_BEFORE)
    [notice] = told(world)
    with pytest.raises(NotAllowed):
        notices.acknowledge(world.desk(Role.ECONOMIST), notice.id)
    for day in (TEN_BEFORE, date(2027, 5, 11), date(2029, 1, 1)):
        with pytest.raises(InvalidInput):
            notices.snooze(world.desk(Role.COORDINATOR), notice.id, day)


# --- guards


@pytest.mark.parametrize(("money", "granted"), [("granted", True), ("from before the books", True),
                                                ("lowered to nothing", False), ("none", False)])  # fmt: skip
def test_next_years_money_is_reminded_of_unless_it_is_granted(
    world: World, worker: Worker, money: str, granted: bool
) -> None:
    """The autumn round of 2027, on 15 November, decides on the money of 2028."""
    case = world.start_case()
    row = world.session.get_one(Case, case.instance.id)
    values: dict[str, object] = {"introduction_start": date(2026, 11, 2), "financed_until": date(2028, 12, 31)}
    for key, value in {**values, "phase": Phase.FOLLOW_UP}.items():
        setattr(row, key, value)
    world.session.get_one(Instance, case.instance.id).stage = "financed"
    world.session.flush()
    cases.change_facts(world.desk(Role.COORDINATOR), case.instance.id, {"goals": "Mål"}, note="Mål satta")
    wake(world, worker, date(2027, 10, 14))
    if money == "from before the books":
        world.session.add(GrantRow(case_id=row.id, budget_year=2028, ceiling_ore=100, recorded_at=world.clock.now))
    elif money != "none":
        world.fund(2028)
        made = grant(world, case, 1_000, 2028)
        if not granted:
            minutes = Minutes(world.clock.today, "Medlen togs tillbaka")
            grants.change(world.desk(Role.ECONOMIST), made.id, 0, minutes)
    for day in (date(2027, 10, 15), date(2027, 11, 8)):
        wake(world, worker, day)
    found = [(n.person_id, n.kind, n.due_on) for n in told(world) if n.template == "occasion"]
    cut_off = date(2027, 11, 15)
    assert found == (
        []
        if granted
        else [
            (id_of(world, Role.ECONOMIST), Kind.REMINDER, cut_off),
            (id_of(world, Role.COORDINATOR), Kind.ESCALATION, cut_off),
        ]
    )


# --- preferences, absence, accounts


def test_reminders_are_collected_unless_somebody_wants_them_at_once(
    world: World, worker: Worker, post: Post, case: Subject
) -> None:
    world.start_case("Provastatin")
    second = world.add_person(Role.COORDINATOR, name="Siv Samordnare")
    world.session.add(PreferenceRow(person_id=second.id, reminders=Preference.AT_ONCE, calendar_serial=1))
    wake(world, worker, TEN_BEFORE)
    mails = world.session.scalars(select(Mail).order_by(Mail.id)).all()
    assert sorted((mail.person_id, mail.collected_on) for mail in mails if mail.collected_on) == [
        (id_of(world, Role.COORDINATOR), TEN_BEFORE)
    ]
    assert [mail.person_id for mail in mails if not mail.collected_on] == [second.id, second.id]
    assert len(post.sent) == 3


def test_a_substitute_is_told_and_the_one_who_is_away_may_answer_too(
    world: World, worker: Worker, case: Subject
) -> None:
    economist, today = id_of(world, Role.ECONOMIST), world.clock.today
    away = {"first_day": today, "last_day": date(2027, 5, 30), "made_at": world.clock.now}
    world.session.add(Absence(person_id=id_of(world, Role.COORDINATOR), substitute_id=economist, **away))
    wake(world, worker, TEN_BEFORE)
    [notice] = told(world)
    assert (notice.person_id, notice.instead_of_id) == (economist, id_of(world, Role.COORDINATOR))
    notices.acknowledge(world.desk(Role.COORDINATOR), notice.id)
    assert notice.acknowledged_by == id_of(world, Role.COORDINATOR)


def test_somebody_who_cannot_be_reached_is_told_of_and_the_role_is_reminded_instead(
    world: World, worker: Worker
) -> None:
    case = world.take(world.start_case(), "await_advice", Role.COORDINATOR)
    task = next(row for row in case.tasks if row.state == "open")
    helper = world.add_person(Role.READER, name="Olle Hjälpsam")
    steps.assign_task(world.desk(Role.COORDINATOR), task.id, helper.id)
    people.deactivate(world.operator, helper.id)
    wake(world, worker, date(2027, 2, 12))  # ten days before 23 February, a Saturday
    coordinator = id_of(world, Role.COORDINATOR)
    found = {(n.person_id, n.kind, n.template) for n in told(world) if n.template != "assigned"}
    assert found >= {(coordinator, Kind.REMINDER, "reminder"), (coordinator, Kind.DIGEST, "unreachable")}
