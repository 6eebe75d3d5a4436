"""Does long work, one piece at a time: takes it under a lease, tells its progress, hears when it is to stop.

Each step is a transaction of its own. A piece whose worker died is begun again when its lease has run out, so the work
itself must bear being begun again.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from introduction.domain.process.loading import Catalogue
from introduction.services import dates
from introduction.services.dates import Preview
from introduction.services.desk import Desk
from introduction.store import database
from introduction.store import instance as instances
from introduction.store import job as store

#: A piece must tell its progress at least this often, or another worker begins it again.
LEASE = timedelta(minutes=10)
_STEPS_AT_ONCE = 25
_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Somebody asked the work to stop."""


class LeaseLost(Exception):
    """Another worker has begun the work again."""


@dataclass
class Work:
    """A piece of work in hand."""

    job_id: int
    region_id: int | None
    given: Mapping[str, Any]
    lease: str
    sessions: sessionmaker[Session]
    catalogue: Catalogue
    now: Callable[[], datetime]

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work has come, and keep the lease. Raises Cancelled or LeaseLost."""
        with self.writing() as desk:
            job = store.lock(desk.session, self.job_id)
            if job.lease != self.lease or job.state != "running":
                raise LeaseLost
            if job.cancel_asked_at is not None:
                raise Cancelled
            job.steps_done, job.steps_total, job.read_at = done, total, desk.now
            job.leased_until = desk.now + LEASE

    @contextmanager
    def writing(self) -> Iterator[Desk]:
        """The operator's desk in a writing transaction."""
        with self.sessions() as session:
            database.begin_writing(session)
            yield Desk(session, self.catalogue, None, self.now(), operator=True)
            session.commit()


def do_next(sessions: sessionmaker[Session], catalogue: Catalogue, now: Callable[[], datetime]) -> int | None:
    """Do the piece that has waited longest. Returns its id; None when nothing waits."""
    lease = str(uuid.uuid4())
    with sessions() as session:
        database.begin_writing(session)
        job = store.claim(session, now(), lease, now() + LEASE)
        work = None
        if job is not None:
            work = Work(job.id, job.region_id, json.loads(job.given), lease, sessions, catalogue, now)
            kind = job.kind
        session.commit()
    if work is None:
        return None
    try:
        result = KINDS[kind](work)
        _end(work, "done", result=result)
    except Cancelled:
        _end(work, "cancelled")
    except LeaseLost:
        _log.warning("job %s was begun again by another worker", work.job_id)
    except Exception as error:
        _log.exception("job %s failed", work.job_id)
        _end(work, "failed", problem=f"{type(error).__name__}: {error}")
    return work.job_id


def _end(work: Work, state: str, *, result: Mapping[str, Any] | None = None, problem: str | None = None) -> None:
    with work.writing() as desk:
        job = store.lock(desk.session, work.job_id)
        if job.lease != work.lease:
            return
        job.state, job.ended_at, job.lease, job.leased_until = state, desk.now, None, None
        job.result = json.dumps(result, ensure_ascii=False) if result is not None else None
        job.problem = problem


# ------------------------------------------------------------------------------------- the kinds


def preview_dates(work: Work) -> Mapping[str, Any]:
    """What would move if every open instance's dates were derived again today. Changes nothing."""
    return _each(work, lambda desk, instance_id: dates.preview(desk, instance_id, _derive(instance_id)))


def derive_dates(work: Work) -> Mapping[str, Any]:
    """Derive every open instance's dates again. Doing it twice moves nothing the second time."""
    return _each(work, dates.derive_again)


def _derive(instance_id: int) -> Callable[[Desk], object]:
    return lambda desk: dates.derive_again(desk, instance_id)


def _each(work: Work, look: Callable[[Desk, int], Preview]) -> Mapping[str, Any]:
    with work.writing() as desk:
        ids = instances.open_ids(desk.session, work.region_id)
    moves: list[dict[str, Any]] = []
    for begun in range(0, len(ids), _STEPS_AT_ONCE):
        work.progress(begun, len(ids))
        for instance_id in ids[begun : begun + _STEPS_AT_ONCE]:
            with work.writing() as desk:
                moves += _told(look(desk, instance_id))
    work.progress(len(ids), len(ids))
    return {"instances": len(ids), "moves": moves}


def _told(found: Preview) -> list[dict[str, Any]]:
    return [
        {
            "number": move.number,
            "kind": move.kind,
            "title": {"sv": move.title.sv, "en": move.title.en},
            "before": move.before.isoformat() if move.before else None,
            "after": move.after.isoformat() if move.after else None,
            "people": list(move.people),
        }
        for move in (*found.dates, *found.timers)
    ]


KINDS: Mapping[str, Callable[[Work], Mapping[str, Any]]] = {
    "preview_dates": preview_dates,
    "derive_dates": derive_dates,
}
