"""The ticker: wakes a worker every few seconds, and what has its hour at night. What is due stands in the tables."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.orm import Session, sessionmaker

from introduction import clock
from introduction.domain.calendar import STOCKHOLM
from introduction.jobs import long_work
from introduction.jobs.worker import Worker
from introduction.services import audit
from introduction.store import database, request

#: How often a worker looks for what has fallen due, in seconds. Nothing is later than this while a worker works.
EVERY = 5
#: A night without a seal, for no worker was up: it is made at the start instead.
LATE = timedelta(hours=25)
#: Of several workers that would seal the same night, one does.
SEALED_LATELY = timedelta(hours=20)
#: A form that was drawn longer ago than this is not posted a second time any more.
FORMS_KEPT = timedelta(days=30)
_log = logging.getLogger(__name__)


def start(worker: Worker, seals: Path, key: str) -> BackgroundScheduler:
    """Start ticking in threads of its own. The caller shuts the scheduler down.

    Nothing is kept in the scheduler. A tick that comes late still runs, and once however many were missed.
    """
    scheduler = BackgroundScheduler(
        timezone=STOCKHOLM, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    work = (worker.sessions, seals, key)
    # Half past three: the hour from two to three is missing or doubled when the clocks change.
    scheduler.add_job(seal, CronTrigger(hour=3, minute=30, timezone=STOCKHOLM), work, id="seal")
    scheduler.add_job(tidy, CronTrigger(hour=4, timezone=STOCKHOLM), (worker.sessions,), id="tidy")
    scheduler.add_job(worker.tick, IntervalTrigger(seconds=EVERY, timezone=STOCKHOLM), id="tick")
    scheduler.add_job(worker.tick, None, id="first tick")
    long = (worker.sessions, worker.catalogue, worker.now)
    scheduler.add_job(long_work.do_next, IntervalTrigger(seconds=2, timezone=STOCKHOLM), long, id="long work")
    last = audit.last_sealed_at(seals)
    if last is None or clock.now() - last > LATE:
        scheduler.add_job(seal, None, work, id="late seal")
    scheduler.start()
    return scheduler


def seal(sessions: sessionmaker[Session], seals: Path, key: str) -> None:
    """Seal the chains of events, in a transaction of its own, unless another worker has just done so."""
    last = audit.last_sealed_at(seals)
    if last is not None and clock.now() - last < SEALED_LATELY:
        return
    with sessions() as session:
        database.begin_writing(session)
        number = audit.seal(session, seals, key, clock.now())
        session.commit()
    _log.info("seal %s", number)


def tidy(sessions: sessionmaker[Session]) -> None:
    """Remove the one-time keys of old forms."""
    with sessions() as session:
        database.begin_writing(session)
        request.forget_before(session, clock.now() - FORMS_KEPT)
        session.commit()
