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

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from introduction.domain.budget import freezing
from introduction.domain.process.loading import Catalogue
from introduction.services import analyses, dates
from introduction.services.dates import Preview
from introduction.services.desk import Desk
from introduction.store import database
from introduction.store import instance as instances
from introduction.store import job as store
from introduction.store.person import PersonRow, as_person

#: A piece must tell its progress at least this often, or another worker begins it again.
LEASE = timedelta(minutes=10)
#: So many moves are kept for the page; the rest are counted.
KEPT = 1000
_STEPS_AT_ONCE = 25
#: Where work is done: the database, the processes and the time.
WorkPlace = tuple[sessionmaker[Session], Catalogue, Callable[[], datetime]]
_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Somebody asked the work to stop."""


class LeaseLost(Exception):
    """Another worker has begun the work again."""


@dataclass
class Work:
    """A piece of work in hand. Whoever does it asks ``step`` for each transaction, and tells its ``progress``."""

    job_id: int
    region_id: int | None
    given: Mapping[str, Any]
    lease: str
    sessions: sessionmaker[Session]
    catalogue: Catalogue
    now: Callable[[], datetime]

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work has come, and keep the lease. Raises Cancelled or LeaseLost."""
        with self.step() as desk:
            job = store.get(desk.session, self.job_id)
            job.steps_done, job.steps_total, job.read_at = max(job.steps_done, done), total, desk.now
            job.leased_until = desk.now + LEASE

    @contextmanager
    def step(self) -> Iterator[Desk]:
        """A writing transaction of the work. Raises Cancelled, or LeaseLost: what it would write, another now does."""
        with self.writing() as desk:
            job = store.lock(desk.session, self.job_id)
            if job.lease != self.lease or job.state != "running":
                raise LeaseLost
            if job.cancel_asked_at is not None:
                raise Cancelled
            yield desk

    @contextmanager
    def writing(self) -> Iterator[Desk]:
        """The operator's desk in a writing transaction."""
        with self.sessions() as session:
            database.begin_writing(session)
            yield Desk(session, self.catalogue, None, self.now(), operator=True)
            session.commit()


class WorkHere(Work):
    """A piece of work that this process does at once, without a row: nobody else can take it over or cancel it."""

    def __init__(self, region_id: int | None, place: WorkPlace, tell: Callable[[int, int], None]) -> None:
        super().__init__(0, region_id, {}, "", *place)
        self._tell = tell

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work has come."""
        self._tell(done, total)

    @contextmanager
    def step(self) -> Iterator[Desk]:
        """A writing transaction of the work."""
        with self.writing() as desk:
            yield desk


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
    """Look at each open instance, in a transaction of its own: one that is broken is told of and stops no other."""
    with work.step() as desk:
        ids = instances.open_ids(desk.session, work.region_id)
    moves: list[dict[str, Any]] = []
    moved = 0
    broken: list[dict[str, Any]] = []
    for done, instance_id in enumerate(ids):
        if done % _STEPS_AT_ONCE == 0:
            work.progress(done, len(ids))
        try:
            with work.step() as desk:
                told = _told(look(desk, instance_id))
        except (Cancelled, LeaseLost, OperationalError):
            raise
        except Exception as error:
            _log.exception("the dates of instance %s", instance_id)
            broken.append({"instance": instance_id, "problem": f"{type(error).__name__}: {error}"[:500]})
            continue
        moved += len(told)
        moves += told[: KEPT - len(moves)]
    work.progress(len(ids), len(ids))
    return {"instances": len(ids), "moved": moved, "moves": moves, "broken": broken[:KEPT]}


def _told(found: Preview) -> list[dict[str, Any]]:
    return [
        {
            "number": move.number,
            "kind": move.kind,
            "title": {"sv": move.title.sv, "en": move.title.en},
            "before": move.before.isoformat() if move.before else None,
            "after": move.after.isoformat() if move.after else None,
            "unit": move.unit,
            "people": list(move.people),
        }
        for move in (*found.dates, *found.timers)
    ]


def hand_in_analysis(work: Work) -> Mapping[str, Any]:
    """Compute a large budget-impact analysis, and hand it in for whoever asked, if it still stands as it did."""
    analysis_id, revision = work.given["analysis"], work.given["revision"]
    with work.step() as desk:
        model = analyses.model_to_compute(_asker(work, desk), analysis_id, revision)
    figures, kept = freezing.freeze(model, draws=freezing.DRAWS, tell=work.progress)
    with work.step() as desk:
        rounded = kept.round().astype(int).tolist()
        analyses.hand_in_computed(_asker(work, desk), analysis_id, revision, figures, rounded)
    return {"analysis": analysis_id}


def _asker(work: Work, desk: Desk) -> Desk:
    """The desk of the person who asked for the work, with the rights of today."""
    asked_by = store.get(desk.session, work.job_id).asked_by
    assert asked_by is not None, "people hand in analyses"
    by = as_person(desk.session, desk.session.get_one(PersonRow, asked_by), desk.today)
    return Desk(desk.session, desk.catalogue, by, desk.now)


KINDS: Mapping[str, Callable[[Work], Mapping[str, Any]]] = {
    "hand_in_analysis": hand_in_analysis,
    "preview_dates": preview_dates,
    "derive_dates": derive_dates,
}
