"""The ticker: calls the services that have something to do at a certain hour. What is due stands in the tables."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy.orm import Session, sessionmaker

from introduction import clock
from introduction.domain.calendar import STOCKHOLM
from introduction.services import audit
from introduction.store import database, request

#: A night without a seal, for the service was down: it is made at the start instead.
LATE = timedelta(hours=25)
#: A form that was drawn longer ago than this is not posted a second time any more.
FORMS_KEPT = timedelta(days=30)
_log = logging.getLogger(__name__)


def start(sessions: sessionmaker[Session], seals: Path, key: str) -> BackgroundScheduler:
    """Start ticking in a thread of its own. The caller shuts the scheduler down.

    Nothing is kept in the scheduler. A tick that comes late still runs, and once however many were missed.
    """
    scheduler = BackgroundScheduler(
        timezone=STOCKHOLM, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    work = (sessions, seals, key)
    # Half past three: the hour from two to three is missing or doubled when the clocks change.
    scheduler.add_job(seal, CronTrigger(hour=3, minute=30, timezone=STOCKHOLM), work, id="seal")
    scheduler.add_job(tidy, CronTrigger(hour=4, timezone=STOCKHOLM), (sessions,), id="tidy")
    last = audit.last_sealed_at(seals)
    if last is None or clock.now() - last > LATE:
        scheduler.add_job(seal, None, work, id="late seal")
    scheduler.start()
    return scheduler


def seal(sessions: sessionmaker[Session], seals: Path, key: str) -> None:
    """Seal the chains of events, in a transaction of its own."""
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
