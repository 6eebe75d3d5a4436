"""Long work whose worker dies or is slow: another begins it again, and what the first writes late is refused."""

from __future__ import annotations

import json
import signal
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from introduction.domain.process.loading import Catalogue
from introduction.jobs import long_work
from introduction.jobs.long_work import Work
from introduction.services import dates, jobs
from introduction.services.dates import Preview
from introduction.services.desk import Desk
from introduction.store.job import Job
from tests.reliability import shift
from tests.reliability.forks import ended, forked, let_go
from tests.world import NINE, VGR, World

pytestmark = pytest.mark.kill


def asked(world: World) -> int:
    """Five cases, and a job that derives their dates again. Returns the job."""
    for number in range(5):
        world.start_case(f"Nymab {number}")
    job = jobs.ask(world.operator, "derive_dates", world.regions[VGR])
    world.session.commit()
    world.session.close()
    return job.id


def outcome(engine: Engine, job_id: int) -> tuple[str, int]:
    """The job's state, and how many cases its result tells of."""
    with Session(engine) as session:
        job = session.get_one(Job, job_id)
        return job.state, json.loads(job.result or "{}").get("instances", 0)


def test_long_work_of_a_dead_worker_is_taken_over(engine: Engine, world: World, catalogue: Catalogue) -> None:
    """Killed in the middle; begun again by the next worker when the lease has run out, and not before."""
    job_id = asked(world)
    clock = shift.SharedClock(NINE)
    derive = dates.derive_again
    done: list[int] = []

    def then_die(desk: Desk, instance_id: int) -> Preview:
        done.append(instance_id)
        if len(done) == 3:
            shift.die()
        return derive(desk, instance_id)

    def work() -> None:
        engine.dispose(close=False)  # the parent's connections are not ours
        dates.derive_again = then_die
        long_work.do_next(sessionmaker(engine), catalogue, clock.now)

    engine.dispose()
    assert ended(forked(work)) == -signal.SIGKILL
    let_go(engine)
    assert outcome(engine, job_id) == ("running", 0)
    assert long_work.do_next(sessionmaker(engine), catalogue, clock.now) is None, "the lease has not run out"
    clock.set(clock.now() + long_work.LEASE + timedelta(seconds=1))
    assert long_work.do_next(sessionmaker(engine), catalogue, clock.now) == job_id
    assert outcome(engine, job_id) == ("done", 5)


def test_what_a_slow_worker_writes_late_is_refused(
    engine: Engine, world: World, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that was slow for so long that another did its work cannot spoil what that one wrote."""
    job_id = asked(world)
    clock = shift.SharedClock(NINE)
    place = (sessionmaker(engine), catalogue, clock.now)
    progress = long_work.Work.progress
    others: list[int | None] = []

    def slow(work: Work, done: int, total: int) -> None:
        if not others:
            progress(work, 1, total)
            clock.set(clock.now() + long_work.LEASE + timedelta(seconds=1))
            others.append(None)
            others[0] = long_work.do_next(*place)
        progress(work, done, total)

    monkeypatch.setattr(long_work.Work, "progress", slow)
    assert long_work.do_next(*place) == job_id
    assert others == [job_id], "the other worker did it"
    with Session(engine) as session:
        job = session.get_one(Job, job_id)
        assert (job.state, job.steps_done, job.ended_at, job.lease) == ("done", 5, clock.now(), None)
