"""Many people at once: nothing is lost or doubled, one of two equal steps wins, and nobody waits for a reader."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import g
from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import InternalError
from sqlalchemy.orm import Session

from introduction import create_app
from introduction.domain.errors import Conflict, IntroductionError, Refused
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Person
from introduction.services import cases, changes, steps
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.settings import Settings, bundled
from introduction.store import database
from introduction.store.case import Case
from introduction.store.instance import Instance
from introduction.store.medicine import Medicine
from introduction.store.request import RequestKey
from introduction.store.task import TaskRow
from introduction.web import once
from tests.databases import writing
from tests.reliability import checks
from tests.reliability.doing import Cast
from tests.reliability.forks import ended, forked
from tests.world import NINE, VGR, World

EIGHT = 8
ENOUGH = 60.0  # seconds; only a test that fails waits so long


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Let all work begin at the same moment. Returns the answers, and the errors of those who were refused."""
    gate = threading.Barrier(len(works))

    def begin(work: Callable[[], Any]) -> Any:
        gate.wait(ENOUGH)
        try:
            return work()
        except IntroductionError as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(begin, works, timeout=ENOUGH))


class Office:
    """People of one region, each of whom may act at the same time as the others."""

    def __init__(self, engine: Engine, world: World) -> None:
        self.engine, self.catalogue = engine, world.catalogue
        self.cast = Cast.of(world, VGR)
        self.case_ids = [world.start_case(name).instance.id for name in ("Examplumab", "Provastatin")]
        world.session.commit()
        world.session.close()

    def act(self, change: Callable[[Desk], Any], role: str = "coordinator") -> Any:
        """Act in a transaction of one's own, as the edges do."""
        person: Person = self.cast.people[role]
        with writing(self.engine) as session:
            return change(Desk(session, self.catalogue, person, NINE))

    def at_once(self, *works: Callable[[], Any]) -> list[Any]:
        """Let all work begin at the same moment."""
        return at_once(*works)

    def read(self, question: Callable[[Session], Any]) -> Any:
        """Look at the database as a page does."""
        with Session(self.engine) as session:
            database.begin_reading(session)
            return question(session)

    def revision(self, case_id: int) -> int:
        """The revision of a case."""
        return int(self.read(lambda session: session.get_one(Instance, case_id).revision))

    def check(self) -> None:
        """Everything agrees."""
        with Session(self.engine) as session:
            database.begin_writing(session)
            checks.check_all(session, self.catalogue)
            session.rollback()


@pytest.fixture
def office(engine: Engine, world: World) -> Office:
    """Two cases and their people."""
    return Office(engine, world)


# ------------------------------------------------------------------------------------- nothing lost or doubled


def count_one_more(office: Office, case_id: int) -> None:
    """Read a number under the lock and write the next one."""

    def change(desk: Desk) -> None:
        known = changes.load(desk, case_id, None).situation["patients_per_year"] or 0
        cases.change_facts(desk, case_id, {"patients_per_year": known + 1}, note="En till")

    office.act(change)


def check_counted(office: Office, times: int) -> None:
    """Each of so many changes of each case is there, in the number, the revision and the chain."""
    for case_id in office.case_ids:
        assert office.read(lambda session, id_=case_id: session.get_one(Case, id_).fact("patients_per_year")) == times
        assert office.revision(case_id) == 1 + times
    office.check()


def test_eight_people_in_one_process_lose_nothing(office: Office) -> None:
    """Threads with sessions of their own change the same two cases."""

    def work() -> None:
        for _time in range(6):
            for case_id in office.case_ids:
                count_one_more(office, case_id)

    assert office.at_once(*[work] * EIGHT) == [None] * EIGHT
    check_counted(office, 6 * EIGHT)


def test_eight_processes_lose_nothing(office: Office) -> None:
    """Processes with connections of their own change the same two cases."""

    def work() -> None:
        office.engine.dispose(close=False)  # the parent's connections are not ours
        for _time in range(4):
            for case_id in office.case_ids:
                count_one_more(office, case_id)
        office.engine.dispose()

    office.engine.dispose()
    children = [forked(work) for _person in range(EIGHT)]
    assert [ended(child) for child in children] == [0] * EIGHT
    check_counted(office, 4 * EIGHT)


def test_public_numbers_are_unique_and_without_gaps(office: Office) -> None:
    """Eight people open cases for the same new medicine at once."""

    def work(person: int) -> list[str]:
        about = [About.typed("Nyttumab", f"indikation {person} {number}") for number in range(3)]
        return [
            office.act(lambda desk, a=a: cases.start(desk, f"{VGR}.new_medicine", "horizon_scan", a).number)
            for a in about
        ]

    answers = office.at_once(*[lambda person=person: work(person) for person in range(EIGHT)])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    numbers = sorted(number for answer in answers for number in answer)
    assert numbers == [f"VGR-2026-{number:04d}" for number in range(3, 3 + 3 * EIGHT)]
    named = select(func.count()).select_from(Medicine).where(Medicine.name == "Nyttumab")
    assert office.read(lambda session: session.scalar(named)) == 1
    office.check()


# ------------------------------------------------------------------------------------- one of two wins


def test_one_of_two_equal_actions_wins(office: Office) -> None:
    """Of two who act on the same page, one is told what the other did. Round after round."""
    (case_id, *_rest) = office.case_ids
    for action in ("pause", "resume") * 4:
        drawn_from = office.revision(case_id)

        def take(action: str = action, drawn_from: int = drawn_from) -> str:
            office.act(lambda desk: steps.take(desk, case_id, action, revision=drawn_from, note="Väntar"))
            return "done"

        answers = office.at_once(take, take)
        assert Counter(type(answer) for answer in answers) == {str: 1, Conflict: 1}
        (conflict,) = (answer for answer in answers if isinstance(answer, Conflict))
        assert (conflict.drawn_from, conflict.revision) == (drawn_from, drawn_from + 1)
    assert office.revision(case_id) == 1 + 8
    office.check()


def test_a_task_is_done_once(office: Office) -> None:
    """Two who do the same task at once, without a page's revision: the second is refused in words."""
    (case_id, *_rest) = office.case_ids
    wanted = select(TaskRow.id).where(TaskRow.instance_id == case_id, TaskRow.name == "describe_candidate")
    task_id = office.read(lambda session: session.scalar(wanted))
    given = {"category": "standard", "basis": "requisition", "target_population": "Vuxna"}

    def do() -> str:
        office.act(lambda desk: steps.do_task(desk, task_id, given=given))
        return "done"

    answers = office.at_once(do, do, do)
    assert Counter(type(answer) for answer in answers) == {str: 1, Refused: 2}
    assert office.revision(case_id) == 2
    office.check()


# ------------------------------------------------------------------------------------- a form sent twice


@pytest.fixture
def app(engine: Engine, catalogue: Catalogue, tmp_path: Path) -> Any:
    """The web application on the test's database."""
    address = engine.url.render_as_string(hide_password=False)
    settings = Settings(tmp_path, address, bundled("workflows"), "secret", "seal", testing=True)
    app = create_app(settings, catalogue)
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def test_a_form_that_is_sent_twice_at_once_acts_once(office: Office, app: Any) -> None:
    """Both posts get the same answer, and one case is opened."""
    before = office.read(lambda session: len(checks.instance_ids(session)))
    about = About.typed("Examplumab", "svår migrän")

    def start(desk: Desk) -> str:
        return "/cases/" + cases.start(desk, f"{VGR}.new_medicine", "horizon_scan", about).number

    def post(key: str) -> str:
        with app.test_request_context("/", method="POST", data={once.FIELD: key}):
            g.now, g.person = NINE, office.cast.people["coordinator"]
            return str(once.act_once(start).location)

    for number in range(6):
        key = f"en-nyckel-som-gäller-en-gång-{number}".replace("ä", "a").replace("å", "a")
        first, second = office.at_once(lambda key=key: post(key), lambda key=key: post(key))
        assert first == second
        assert first.startswith("/cases/VGR-2026-")
    assert office.read(lambda session: len(checks.instance_ids(session))) == before + 6
    assert office.read(lambda session: session.scalar(select(func.count()).select_from(RequestKey))) == 6
    office.check()


# ------------------------------------------------------------------------------------- readers and writers


def soon(work: Callable[[], Any]) -> Any:
    """Do something that must not have to wait for anybody. A deadlock fails the test and does not hang it."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(timeout=5.0)


def test_a_reader_does_not_stop_a_writer(office: Office) -> None:
    """While somebody's page is being read, another changes the case and commits."""
    (case_id, *_rest) = office.case_ids
    with Session(office.engine) as reader:
        database.begin_snapshot(reader)
        assert reader.get_one(Instance, case_id).revision == 1
        soon(lambda: count_one_more(office, case_id))
        again = reader.get_one(Instance, case_id, populate_existing=True)
        assert again.revision == 1, "the reader goes on seeing one moment"
    assert office.revision(case_id) == 2


def test_a_writer_does_not_stop_a_reader(office: Office) -> None:
    """While somebody changes a case, others see it as it was; after the commit as it is."""
    (case_id, *_rest) = office.case_ids
    with Session(office.engine) as writer:
        database.begin_writing(writer)
        desk = Desk(writer, office.catalogue, office.cast.people["coordinator"], NINE)
        steps.take(desk, case_id, "pause", note="Väntar")
        assert soon(lambda: office.revision(case_id)) == 1
        writer.commit()
    assert office.revision(case_id) == 2


def test_a_reader_cannot_write(postgresql_engine: Engine) -> None:
    """PostgreSQL itself refuses what a page that only reads would write. (SQLite has no such transaction.)"""
    with Session(postgresql_engine) as session, pytest.raises(InternalError, match="read-only"):
        database.begin_reading(session)
        session.execute(update(Instance).values(revision=Instance.revision + 1))
