"""Long work: one worker does it, tells how far it has come, hears when it is to stop, and can lose it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session, sessionmaker

from introduction.domain import calendar
from introduction.domain.errors import NotAllowed, Refused
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Role
from introduction.jobs import long_work
from introduction.jobs.long_work import LEASE, Work, WorkHere
from introduction.services import jobs
from introduction.store import database
from introduction.store import instance as instances
from introduction.store import timer as timers
from introduction.store.job import Job
from introduction.store.medicine import Indication
from tests.journeys.site import standing
from tests.world import NORRBOTTEN, VGR, Clock, World

NEW_DAY_OFF = date(2027, 5, 14)  #: the first reminder of a case's first stage falls on it
Kind = Callable[[Work], Mapping[str, Any]]


@pytest.fixture
def world(engine: Engine, catalogue: Catalogue, clock: Clock) -> Iterator[World]:
    """The world in the database, without holding its lock."""
    with standing(engine, catalogue, clock) as found:
        yield found


class Shop:
    """Where long work is asked for and done."""

    def __init__(self, engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine, self.world, self._patch = engine, world, monkeypatch
        self.place = (sessionmaker(engine), world.catalogue, self.now)

    def now(self) -> datetime:
        """The world's time."""
        return self.world.clock.now.astimezone(UTC)

    def ask(self, kind: str = "preview_dates", by: Role = Role.COORDINATOR, region: str = VGR) -> int:
        """Ask for work in a region, as somebody of Västra Götaland."""
        with Session(self.engine) as session:
            database.begin_writing(session)
            desk = World(session, self.world.catalogue, self.world.clock, people=self.world.people).desk(by)
            job_id = jobs.ask(desk, kind, self.world.regions[region]).id
            session.commit()
        return job_id

    def cancel(self, job_id: int) -> None:
        """Ask a job to stop."""
        with Session(self.engine) as session:
            database.begin_writing(session)
            desk = World(session, self.world.catalogue, self.world.clock, people=self.world.people)
            jobs.cancel(desk.desk(Role.COORDINATOR), job_id)
            session.commit()

    def work(self) -> int | None:
        """Let a worker do the next piece."""
        return long_work.do_next(*self.place)

    def job(self, job_id: int) -> Job:
        """The job as it stands now."""
        with Session(self.engine, expire_on_commit=False) as session:
            return session.get_one(Job, job_id)

    def start_cases(self, number: int) -> list[int]:
        """Open cases. Returns their ids."""
        database.begin_writing(self.world.session)
        ids = [self.world.start_case(f"Examplumab {index}").instance.id for index in range(number)]
        self.world.session.commit()
        return ids

    def kind(self, do: Kind) -> None:
        """Let a function of the test stand for the work."""
        self._patch.setattr(long_work, "KINDS", {"preview_dates": do})

    def day_off(self) -> None:
        """Make a day a day off."""
        self._patch.setattr(calendar, "_DAYS_OFF", calendar._DAYS_OFF | {NEW_DAY_OFF})

    def days(self, instance_id: int) -> list[date]:
        """The days of what the clock is to do with a case."""
        with Session(self.engine) as session:
            return [timer.day for timer in timers.pending_of(session, instance_id)]


@pytest.fixture
def shop(engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Where long work is asked for and done."""
    return Shop(engine, world, monkeypatch)


# ------------------------------------------------------------------------------------- asked for, done


def test_work_that_is_asked_for_is_done_with_its_result(shop: Shop) -> None:
    shop.start_cases(2)
    job_id = shop.ask()
    assert shop.job(job_id).state == "waiting"
    assert shop.work() == job_id
    done = shop.job(job_id)
    assert (done.state, done.steps_done, done.steps_total) == ("done", 2, 2)
    assert json.loads(done.result or "") == {"instances": 2, "moved": 0, "moves": [], "broken": []}
    assert shop.work() is None


def test_the_same_work_in_a_region_goes_on_once_at_a_time(shop: Shop) -> None:
    job_id = shop.ask()
    with pytest.raises(Refused):
        shop.ask()
    shop.ask("derive_dates")
    shop.work()
    assert shop.job(job_id).state == "done"
    shop.ask()


def test_only_who_answers_for_the_region_asks(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        shop.ask(by=Role.ECONOMIST)
    with pytest.raises(NotAllowed):
        shop.ask(region=NORRBOTTEN)


def test_a_changed_table_of_days_off_is_previewed_and_then_followed_once(shop: Shop) -> None:
    ids = shop.start_cases(2)
    shop.day_off()
    shop.ask()
    shop.work()
    previewed = json.loads(shop.job(1).result or "")
    assert [(m["kind"], m["before"], m["after"]) for m in previewed["moves"]] == [
        ("reminder", "2027-05-14", "2027-05-13")
    ] * 2
    assert all(NEW_DAY_OFF in shop.days(instance_id) for instance_id in ids), "a preview changes nothing"
    second = shop.ask("derive_dates")
    shop.work()
    assert json.loads(shop.job(second).result or "") == previewed
    assert not any(NEW_DAY_OFF in shop.days(instance_id) for instance_id in ids)
    third = shop.ask("derive_dates")
    shop.work()
    assert json.loads(shop.job(third).result or "")["moved"] == 0


def test_the_same_work_can_be_done_here_at_once(shop: Shop) -> None:
    shop.start_cases(1)
    shop.day_off()
    told: list[tuple[int, int]] = []
    work = WorkHere(shop.world.regions[VGR], shop.place, lambda done, total: told.append((done, total)))
    assert long_work.derive_dates(work)["moved"] == 1
    assert told == [(0, 1), (1, 1)]
    elsewhere = WorkHere(shop.world.regions[NORRBOTTEN], shop.place, lambda done, total: None)
    assert long_work.derive_dates(elsewhere)["instances"] == 0


def test_of_many_moves_some_are_kept_and_all_are_counted(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_work, "KEPT", 2)
    shop.start_cases(3)
    shop.day_off()
    job_id = shop.ask()
    shop.work()
    result = json.loads(shop.job(job_id).result or "")
    assert (result["moved"], len(result["moves"])) == (3, 2)


def test_a_broken_case_is_told_of_and_stops_no_other(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, whole = shop.start_cases(2)
    shop.day_off()
    with Session(shop.engine) as session:
        database.begin_writing(session)
        instances.get(session, broken).definition_version = 99
        session.commit()
    job_id = shop.ask("derive_dates")
    shop.work()
    job = shop.job(job_id)
    assert job.state == "done"
    result = json.loads(job.result or "")
    assert [line["instance"] for line in result["broken"]] == [broken]
    assert NEW_DAY_OFF not in shop.days(whole)


# ------------------------------------------------------------------------------------- progress, cancel, error


def test_progress_never_goes_back(shop: Shop) -> None:
    seen = []

    def do(work: Work) -> Mapping[str, Any]:
        for done in (1, 5, 3, 8):
            work.progress(done, 10)
            seen.append(shop.job(work.job_id).steps_done)
        return {}

    shop.kind(do)
    shop.ask()
    shop.work()
    assert seen == [1, 5, 5, 8]


def test_each_telling_keeps_the_lease_and_has_its_time(shop: Shop) -> None:
    def do(work: Work) -> Mapping[str, Any]:
        work.progress(1, 3)
        shop.world.clock.forward(minutes=6)
        work.progress(2, 3)
        shop.world.clock.forward(minutes=6)
        told = shop.job(work.job_id)
        assert told.read_at is not None and told.leased_until is not None
        assert shop.now() - told.read_at == LEASE * 0.6
        assert told.leased_until > shop.now()
        assert shop.work() is None, "nobody else takes it"
        return {}

    shop.kind(do)
    job_id = shop.ask()
    shop.work()
    assert shop.job(job_id).state == "done"


def test_work_that_waits_is_cancelled_at_once(shop: Shop) -> None:
    job_id = shop.ask()
    shop.cancel(job_id)
    assert shop.job(job_id).state == "cancelled"
    assert shop.work() is None
    with pytest.raises(Refused):
        shop.cancel(job_id)


def test_work_that_goes_on_hears_at_its_next_step_that_it_is_to_stop(shop: Shop) -> None:
    steps = []

    def do(work: Work) -> Mapping[str, Any]:
        with work.step():
            steps.append("first")
        shop.cancel(work.job_id)
        with work.step():
            steps.append("second")
        return {}

    shop.kind(do)
    job_id = shop.ask()
    shop.work()
    assert shop.job(job_id).state == "cancelled"
    assert steps == ["first"]


def test_work_that_fails_says_why(shop: Shop) -> None:
    def do(work: Work) -> Mapping[str, Any]:
        work.progress(1, 2)
        raise ValueError("the table has no rows")

    shop.kind(do)
    job_id = shop.ask()
    shop.work()
    job = shop.job(job_id)
    assert (job.state, job.problem) == ("failed", "ValueError: the table has no rows")
    assert job.ended_at is not None and job.lease is None


def test_a_kind_that_is_there_no_more_fails(shop: Shop) -> None:
    job_id = shop.ask("derive_dates")
    shop.kind(lambda work: {})
    shop.work()
    assert shop.job(job_id).state == "failed"


# ------------------------------------------------------------------------------------- a silent worker


def test_a_silent_workers_work_is_begun_again_and_the_first_writes_nothing_more(shop: Shop) -> None:
    results: list[str] = []

    def do(work: Work) -> Mapping[str, Any]:
        if not results:
            results.append("first")
            shop.world.clock.forward(minutes=11)
            assert shop.work() == work.job_id, "another worker begins it again"
            assert shop.job(work.job_id).state == "done"
            with work.step() as desk:
                desk.session.execute(delete(Indication))
            raise AssertionError("a lost lease was not noticed")
        results.append("second")
        return {"by": "second"}

    shop.start_cases(1)
    shop.kind(do)
    job_id = shop.ask()
    shop.work()
    job = shop.job(job_id)
    assert (job.state, json.loads(job.result or "")) == ("done", {"by": "second"})
    assert results == ["first", "second"]


def test_a_lost_piece_cannot_end_what_another_does(shop: Shop) -> None:
    calls: list[int] = []

    def do(work: Work) -> Mapping[str, Any]:
        calls.append(work.job_id)
        if len(calls) == 1:
            shop.world.clock.forward(minutes=11)
            shop.work()
            raise ValueError("the first one fails after it has lost the lease")
        return {"by": "second"}

    shop.kind(do)
    job_id = shop.ask()
    shop.work()
    job = shop.job(job_id)
    assert (job.state, job.problem) == ("done", None)
