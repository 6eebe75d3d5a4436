"""After a time without a worker: each reminder once, a person's in one mail, and nothing for what was done since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Row, String, cast, select
from sqlalchemy.orm import sessionmaker

from introduction.domain.calendar import STOCKHOLM
from introduction.domain.notices import Kind
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Role
from introduction.jobs.worker import Worker
from introduction.services import cases, history, subjects
from introduction.services.history import Past
from introduction.services.medicines import About
from introduction.services.subjects import Subject
from introduction.store import database
from introduction.store.instance import Instance
from introduction.store.mail import Mail
from introduction.store.notice import Notice
from introduction.store.timer import Timer
from tests.demonstration import Demonstration
from tests.reminders.driving import Post, worker_of
from tests.world import NINE, NORRBOTTEN, VGR, Clock, World

CASES = ("Examplumab", "Provastatin", "Testaxin")


@pytest.fixture
def post(world: World) -> Post:
    return Post(world.clock)


@pytest.fixture
def worker(engine: Engine, world: World, post: Post) -> Worker:
    return worker_of(engine, world.catalogue, world.clock, post)


def nominated(world: World, medicine: str) -> int:
    """A nominated case of Västra Götaland: due on 21 December 2026, 20 working days on. Its owner has no other task."""
    about, given = About.typed(medicine, "svår migrän"), {"target_population": "Vuxna", "benefit": "God"}
    given["conflicts_of_interest"] = "Inget jäv"
    roots = cases.Roots(nominating_unit_id=world.units[VGR]["lung"].id)
    case = cases.start(
        world.desk(Role.COORDINATOR), f"{VGR}.new_medicine", "nomination", about, given=given, roots=roots
    )
    return case.instance.id


def wake(world: World, worker: Worker, *when: int, times: int = 1) -> None:
    """Commit what the test did, and let the worker wake at a moment (year, month, day, hour, minute) so many times."""
    world.session.commit()
    if when:
        world.clock.now = datetime(*when, 2, tzinfo=STOCKHOLM)  # type: ignore[misc, arg-type]
    for _time in range(times):
        worker.tick()
        world.clock.forward(minutes=5)
    database.begin_writing(world.session)
    world.session.expire_all()


def told(world: World, instance_id: int | None = None) -> Sequence[Row[Any]]:
    """What was sent, in its order: person, kind, the day it speaks of, the rule's day, and the mail."""
    query = (
        select(Notice.person_id, Notice.kind, Notice.due_on, Timer.rule, Timer.day, Notice.mail_id, Mail.collected_on)
        .join(Mail, Mail.id == Notice.mail_id)
        .join(Timer, Notice.key == Timer.key + ":" + cast(Notice.person_id, String))
        .where(Mail.state == "sent", Notice.state == "packed")
        .order_by(Notice.id)
    )
    if instance_id is not None:
        query = query.where(Notice.instance_id == instance_id)
    return world.session.execute(query).all()


def subject_of(world: World, instance_id: int) -> Subject:
    """A case as it is now."""
    return subjects.read(world.desk(Role.COORDINATOR), world.session.get_one(Instance, instance_id))


def test_after_a_week_each_reminder_goes_once_and_a_persons_in_one_mail(
    world: World, worker: Worker, post: Post
) -> None:
    ids = [nominated(world, name) for name in CASES]
    wake(world, worker, 2026, 12, 10, 7, 0)  # before the first reminder, on 11 December
    assert post.sent == []
    wake(world, worker, 2026, 12, 17, 9, 30, times=4)  # a Thursday: the reminder of Friday the 11th was missed
    drafters = world.people[VGR][Role.DRAFTING_GROUP]
    assert [(to, at.astimezone(STOCKHOLM).date()) for at, _id, to, _mail in post.sent] == [
        (drafters.email, date(2026, 12, 17))
    ]
    found = told(world)
    assert Counter(row.rule for row in found) == {"default:0": len(ids)}
    assert {(row.person_id, row.kind, row.due_on, row.day) for row in found} == {
        (drafters.id, Kind.REMINDER, date(2026, 12, 21), date(2026, 12, 11))
    }


def test_what_has_been_missed_is_not_collected_in_the_night_but_as_the_day_begins(
    world: World, worker: Worker, post: Post
) -> None:
    nominated(world, "Examplumab")
    wake(world, worker, 2026, 12, 10, 7, 0)
    wake(world, worker, 2026, 12, 12, 23, 50, times=3)  # from Saturday night
    assert post.sent == []
    wake(world, worker, 2026, 12, 14, 7, 0)  # Monday
    assert len(post.sent) == 1


def test_over_christmas_a_repeating_escalation_goes_once_and_then_by_its_own_days(world: World, worker: Worker) -> None:
    """Due on Monday 21 December; to the coordinator on 30 December, 15 January and 29 January. Away till 1 February."""
    case = nominated(world, "Examplumab")
    wake(world, worker, 2026, 12, 21, 7, 0)
    world.session.commit()
    before = len(told(world, case))
    wake(world, worker, 2027, 2, 1, 8, 0, times=3)
    found = told(world, case)[before:]
    assert [(row.rule, row.kind, row.day) for row in found] == [
        ("default:2", Kind.ESCALATION, date(2026, 12, 23)),
        ("default:3", Kind.ESCALATION, date(2026, 12, 30)),
    ]
    pending = world.session.scalars(select(Timer.day).where(Timer.instance_id == case, Timer.state == "pending")).all()
    assert date(2027, 2, 15) in pending, "then it goes on by its own days"
    wake(world, worker, 2027, 2, 15, 7, 0, times=2)
    assert [row.day for row in told(world, case) if row.rule == "default:3"] == [date(2026, 12, 30), date(2027, 2, 15)]


def test_what_was_moved_on_meanwhile_is_not_reminded_of(world: World, worker: Worker, post: Post) -> None:
    left, moved = nominated(world, "Examplumab"), nominated(world, "Provastatin")
    wake(world, worker, 2026, 12, 10, 7, 0)
    world.clock.now = datetime(2026, 12, 15, 10, 0, tzinfo=STOCKHOLM)
    world.take(subject_of(world, moved), "pause", Role.COORDINATOR, note="Väntar på besked")
    wake(world, worker, 2026, 12, 17, 9, 30)
    assert {row.person_id for row in told(world, left)} == {world.people[VGR][Role.DRAFTING_GROUP].id}
    assert told(world, moved) == []
    assert len(post.sent) == 1


def test_what_is_done_between_the_writing_down_and_the_mail_is_not_sent(
    world: World, worker: Worker, post: Post
) -> None:
    case = nominated(world, "Examplumab")
    wake(world, worker, 2026, 12, 10, 7, 0)
    wake(world, worker, 2026, 12, 12, 12, 0)  # a Saturday: written down, to be collected on Monday
    assert [notice.state for notice in world.session.scalars(select(Notice))] == ["waiting"]
    world.take(subject_of(world, case), "pause", Role.COORDINATOR, note="Väntar på besked")
    wake(world, worker, 2026, 12, 14, 7, 0)
    [notice] = world.session.scalars(select(Notice).where(Notice.instance_id == case, Notice.due_date_id.is_not(None)))
    assert (notice.state, notice.problem) == ("dropped", "done")
    assert post.sent == []


def test_a_worker_that_wakes_some_seconds_after_seven_still_sends_the_days_mail_that_day(
    world: World, worker: Worker, post: Post
) -> None:
    nominated(world, "Examplumab")
    wake(world, worker, 2026, 12, 11, 7, 0)
    assert [at.astimezone(STOCKHOLM).date() for at, _id, _to, _mail in post.sent] == [date(2026, 12, 11)]


# --- what was recorded afterwards


def test_a_history_that_is_recorded_afterwards_reminds_of_nothing(world: World, worker: Worker, post: Post) -> None:
    for region, stage in ((VGR, "financed"), (NORRBOTTEN, "followed"), (VGR, "nominated"), (VGR, "watch")):
        history.record_history(
            world.desk(Role.COORDINATOR, region),
            Past(
                f"{region}.new_medicine",
                stage,
                About.typed("Gammalt", f"indikation {stage}"),
                source="Protokoll",
                happened_on="2019-05-01",
                facts={"introduction_start": date(2019, 6, 1), "financed_until": date(2021, 5, 31)}
                if region == VGR
                else {"introduction_start": date(2019, 6, 1)},
            ),
        )
    for days in range(40):
        wake(world, worker)
        world.clock.forward(days=days % 3 + 1)
    assert world.session.scalars(select(Timer)).all() == []
    assert post.sent == []


def test_the_examples_send_nothing_from_before_the_week_of_their_loading(
    demonstration: Demonstration, catalogue: Catalogue, clock: Clock, tmp_path: Path
) -> None:
    """The examples walk through years. What they would have told then is past; and nobody invented is written to."""
    engine = database.open_engine(f"sqlite:///{demonstration.copy_to(tmp_path / 'introduction.db')}")
    sessions = sessionmaker(engine, expire_on_commit=False)
    post = Post(clock)
    worker = worker_of(engine, catalogue, clock, post)
    for minutes in (1, 24 * 60):
        clock.now = NINE + timedelta(minutes=minutes)
        worker.tick()
    week_before = NINE - timedelta(days=7)
    with sessions() as session:
        fired = select(Timer.key).where(Timer.state == "done", Timer.what == "reminder", Timer.due_at < week_before)
        assert session.scalars(fired).all() == []
        packed = select(Notice.key).where(Notice.state == "packed", Notice.created_at < week_before)
        assert session.scalars(packed).all() == []
        assert session.scalars(select(Notice.key).where(Notice.state == "packed")).first(), "the last week's go"
    engine.dispose()
    assert post.sent == []
