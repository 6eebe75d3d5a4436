"""The ticker: what it runs, and when."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from introduction import clock
from introduction.domain.calendar import STOCKHOLM
from introduction.domain.process.loading import Catalogue
from introduction.jobs import ticker
from introduction.jobs.mailer import StoppingMailer
from introduction.jobs.worker import Worker
from introduction.services import audit
from introduction.store.request import RequestKey
from introduction.store.worker import Worker as WorkerRow
from tests.databases import writing
from tests.world import World

KEY = "a key that is not in the database"


@pytest.fixture
def sessions(engine: Engine, world: World) -> sessionmaker[Session]:
    """Sessions on a database with events in it."""
    world.session.commit()
    return sessionmaker(engine)


@pytest.fixture
def worker(sessions: sessionmaker[Session], catalogue: Catalogue) -> Worker:
    """A worker that sends nothing."""
    return Worker(sessions, catalogue, StoppingMailer(), "http://x.example", "a@x.example", "x.example")


def eventually(holds: Callable[[], bool]) -> bool:
    """True as soon as it holds; False when it does not within five seconds."""
    for _ in range(100):
        if holds():
            return True
        time.sleep(0.05)
    return False


def test_a_night_that_was_missed_is_sealed_at_the_start(
    sessions: sessionmaker[Session], worker: Worker, tmp_path: Path
) -> None:
    seals = tmp_path / "seals.jsonl"
    scheduler = ticker.start(worker, seals, KEY)
    try:
        assert eventually(lambda: audit.last_sealed_at(seals) is not None)
    finally:
        scheduler.shutdown()
    with sessions() as session:
        assert audit.verify(session, seals, KEY).problems == ()


def test_the_seal_is_made_at_half_past_three_in_stockholm_and_late_rather_than_never(
    sessions: sessionmaker[Session], worker: Worker, tmp_path: Path
) -> None:
    seals = tmp_path / "seals.jsonl"
    ticker.seal(sessions, seals, KEY)
    scheduler = ticker.start(worker, seals, KEY)
    try:
        job = scheduler.get_job("seal")
        after = datetime(2027, 3, 27, 12, tzinfo=STOCKHOLM)  # the night when summer time begins
        assert job.trigger.get_next_fire_time(None, after) == datetime(2027, 3, 28, 3, 30, tzinfo=STOCKHOLM)
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
        assert clock.now() < job.next_run_time
    finally:
        scheduler.shutdown()


def test_of_two_workers_that_would_seal_the_same_night_one_does(
    sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    seals = tmp_path / "seals.jsonl"
    ticker.seal(sessions, seals, KEY)
    ticker.seal(sessions, seals, KEY)
    assert len(seals.read_text().splitlines()) == 1


def test_the_worker_ticks_at_the_start_and_then_every_few_seconds(
    sessions: sessionmaker[Session], worker: Worker, tmp_path: Path
) -> None:
    scheduler = ticker.start(worker, tmp_path / "seals.jsonl", KEY)
    try:
        assert eventually(lambda: _ticked(sessions, worker))
        assert scheduler.get_job("tick").trigger.interval == timedelta(seconds=ticker.EVERY)
    finally:
        scheduler.shutdown()


def _ticked(sessions: sessionmaker[Session], worker: Worker) -> bool:
    with sessions() as session:
        return session.get(WorkerRow, worker.id) is not None


def test_the_keys_of_old_forms_are_forgotten_and_those_of_this_month_kept(sessions: sessionmaker[Session]) -> None:
    now = clock.now()
    with writing(sessions.kw["bind"]) as session:
        for key, age in (("old", 31), ("new", 29)):
            session.add(RequestKey(key=key, answer="/work", at=now - timedelta(days=age)))
    ticker.tidy(sessions)
    with sessions() as session:
        assert list(session.scalars(select(RequestKey.key))) == ["new"]
