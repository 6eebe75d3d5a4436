"""Two workers at once, and people who change the cases meanwhile: nothing doubled, nothing lost, one mail a day."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.message import EmailMessage

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from introduction.domain.calendar import STOCKHOLM
from introduction.domain.notices import Kind, Preference
from introduction.domain.roles import Role
from introduction.jobs.worker import Worker
from introduction.services import steps
from introduction.services.desk import Desk
from introduction.services.outbox import Answer
from introduction.store.instance import Instance
from introduction.store.mail import Mail
from introduction.store.notice import Notice
from introduction.store.preference import PreferenceRow
from introduction.store.task import DueDate
from introduction.store.timer import Timer
from tests.databases import writing
from tests.reliability.doing import Cast
from tests.reminders.driving import Post, worker_of
from tests.world import NORRBOTTEN, VGR, World

#: The horizon scan is due on Monday 24 May 2027: the first reminder goes on 14 May, the last escalation on 1 June.
REMINDED = datetime(2027, 5, 14, 7, 0, 1, tzinfo=STOCKHOLM)
ESCALATED = datetime(2027, 6, 1, 7, 0, 1, tzinfo=STOCKHOLM)
CASES = 12
ENOUGH = 120.0  # seconds; only a test that fails waits so long


class SharedPost(Post):
    """A post that several workers hand their mails to."""

    def __init__(self, world: World) -> None:
        super().__init__(world.clock)
        self._lock = threading.Lock()

    def send(self, message: EmailMessage, to: str) -> Answer:
        """Take the mail."""
        with self._lock:
            return super().send(message, to)


class Office:
    """Cases of two regions whose reminders fall due together, and two workers."""

    def __init__(self, engine: Engine, world: World) -> None:
        self.engine, self.clock, self.catalogue = engine, world.clock, world.catalogue
        self.post = SharedPost(world)
        self.second = world.add_person(Role.COORDINATOR, VGR, name="Siv Samordnare").id
        world.session.add(PreferenceRow(person_id=self.second, reminders=Preference.AT_ONCE, calendar_serial=1))
        self.cases = [
            world.start_case(f"Medicin{n}", region=region).instance.id
            for n in range(CASES)
            for region in (VGR, NORRBOTTEN)
        ]
        self.cast = Cast.of(world, VGR)
        world.session.commit()
        world.session.close()

    def worker(self) -> Worker:
        return worker_of(self.engine, self.catalogue, self.clock, self.post)

    def at_once(self, *works: Callable[[], object]) -> None:
        """Let all begin at the same moment, and pass on what goes wrong."""
        gate = threading.Barrier(len(works))

        def begin(work: Callable[[], object]) -> None:
            gate.wait(ENOUGH)
            work()

        with ThreadPoolExecutor(len(works)) as pool:
            list(pool.map(begin, works, timeout=ENOUGH))

    def pause(self, instance_id: int) -> None:
        """A person lets a case rest."""
        with writing(self.engine) as session:
            desk = Desk(session, self.catalogue, self.cast.people["coordinator"], self.clock.now)
            steps.take(desk, instance_id, "pause", note="Väntar på besked")

    def check(self) -> None:
        """Nobody was told anything twice, no mail went twice, and nobody got two collecting mails in a day."""
        with Session(self.engine) as session:
            notices = session.scalars(select(Notice)).all()
            told = Counter((n.person_id, n.due_date_id, n.due_on, n.kind, n.key.split(":")[-2]) for n in notices)
            assert [one for one, times in told.items() if times > 1] == []
            mails = session.scalars(select(Mail)).all()
            collecting = Counter((mail.person_id, mail.collected_on) for mail in mails if mail.collected_on)
            assert [one for one, times in collecting.items() if times > 1] == []
        handed = Counter(message_id for _at, message_id, _to, _message in self.post.sent)
        assert [one for one, times in handed.items() if times > 1] == []


@pytest.fixture
def office(engine: Engine, world: World) -> Office:
    return Office(engine, world)


def test_two_workers_tell_each_person_once_and_collect_in_one_mail(office: Office) -> None:
    office.clock.now = REMINDED
    first, second = office.worker(), office.worker()
    office.at_once(first.tick, second.tick)
    office.at_once(first.tick, second.tick)  # what one held when the other looked
    office.check()
    with Session(office.engine) as session:
        about = select(Notice.instance_id, Notice.person_id, Notice.state).where(Notice.kind == Kind.REMINDER)
        rows = session.execute(about).all()
        assert {instance_id for instance_id, _person, _state in rows} == set(office.cases)
        assert {state for _instance, _person, state in rows} == {"packed"}
        assert session.scalars(select(Timer.id).where(Timer.state == "pending", Timer.due_at <= REMINDED)).all() == []
        sent = Counter((mail.person_id, mail.collected_on is not None) for mail in session.scalars(select(Mail)))
    coordinator = office.cast.people["coordinator"].user_id
    assert sent[coordinator, True] == 1 and sent[coordinator, False] == 0
    assert sent[office.second, False] == CASES and sent[office.second, True] == 0
    assert len(office.post.sent) == sum(sent.values())


def test_two_workers_with_much_overdue_tell_it_once(office: Office) -> None:
    office.clock.now = ESCALATED
    workers = [office.worker() for _ in range(2)]
    for _round in range(3):
        office.at_once(*(worker.tick for worker in workers))
    office.check()
    with Session(office.engine) as session:
        assert session.scalars(select(Timer.id).where(Timer.state == "pending", Timer.due_at <= ESCALATED)).all() == []
        assert session.scalars(select(Notice.id).where(Notice.state == "waiting")).all() == []
        assert {mail.state for mail in session.scalars(select(Mail))} == {"sent"}
        assert len(session.scalars(select(Mail.id)).all()) == len(office.post.sent)


def test_people_who_change_cases_meanwhile_are_neither_lost_nor_reminded_of_what_they_have_left(
    office: Office,
) -> None:
    """Either the reminder went before the pause, or the pause came first and there was none."""
    office.clock.now = REMINDED
    mine = office.cases[::2]
    workers = [office.worker() for _ in range(2)]

    def pause_all() -> None:
        for instance_id in mine:
            office.pause(instance_id)

    office.at_once(workers[0].tick, workers[1].tick, pause_all)
    office.at_once(*(worker.tick for worker in workers))
    office.check()
    with Session(office.engine) as session:
        for instance_id in mine:
            assert session.get_one(Instance, instance_id).stage == "paused"
        timers = session.scalars(select(Timer).where(Timer.due_at <= REMINDED, Timer.what == "reminder")).all()
        assert {timer.state for timer in timers} <= {"done", "cancelled", "dropped"}
        untouched = [timer.state for timer in timers if timer.instance_id in office.cases[1::2]]
        assert untouched == ["done"] * CASES
        done = {timer.due_date_id for timer in timers if timer.state == "done"}
        told = set(session.scalars(select(Notice.due_date_id).where(Notice.kind == Kind.REMINDER)))
        assert told == done
        dues = select(DueDate.id).where(DueDate.instance_id.in_(mine), DueDate.kind != "milestone")
        assert session.scalars(dues.where(DueDate.state == "pending")).all() == []
        left = session.scalars(select(Notice.id).where(Notice.state == "waiting", Notice.send_at <= REMINDED)).all()
        assert left == []
