"""Signs of life of the workers, and how far behind they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from introduction.domain.process import occurrences
from introduction.services import failures
from introduction.services.desk import Desk
from introduction.services.outbox import GIVE_UP_AFTER
from introduction.store import mail as mails
from introduction.store import notice as notices
from introduction.store import timer as timers
from introduction.store import worker as store
from introduction.store.worker import Worker

#: A worker that has been silent for so long does not work.
SILENT_AFTER = timedelta(minutes=5)
#: What has waited for longer than this is late.
LATE_AFTER = timedelta(minutes=15)
_FORGOTTEN_AFTER = timedelta(days=14)
_LATELY = timedelta(hours=24)
_MEASURED = 2000


def ticked(desk: Desk, worker_id: str, host: str, pid: int, *, inside: bool) -> None:
    """Write down that a worker works. Workers silent for a fortnight are forgotten."""
    worker = desk.session.get(Worker, worker_id)
    if worker is None:
        store.forget_before(desk.session, desk.now - _FORGOTTEN_AFTER)
        worker = Worker(id=worker_id, host=host[:120], pid=pid, inside=inside, started_at=desk.now)
        desk.session.add(worker)
    worker.ticked_at, worker.stopped_at = desk.now, None
    desk.session.flush()


def stopped(desk: Desk, worker_id: str) -> None:
    """Write down that a worker has ended in good order."""
    worker = desk.session.get(Worker, worker_id)
    if worker is not None:
        worker.stopped_at = desk.now
        desk.session.flush()


@dataclass(frozen=True)
class Lateness:
    """How late things were done, of ``number`` that were: the median and the worse ends. None of none."""

    number: int
    p50: timedelta | None
    p95: timedelta | None
    p99: timedelta | None

    @classmethod
    def of(cls, pairs: Sequence[tuple[datetime, datetime]]) -> Lateness:
        """From when each was due and when it was done."""
        late = sorted(max(done - due, timedelta(0)) for due, done in pairs)
        if not late:
            return cls(0, None, None, None)
        return cls(len(late), *(late[-(-len(late) * percent // 100) - 1] for percent in (50, 95, 99)))


@dataclass(frozen=True)
class Queue:
    """How much waits that should have been done, and since when the oldest has."""

    number: int
    oldest: datetime | None


class Trouble(StrEnum):
    """What somebody should look into, the worst first."""

    SILENT = "silent"  #: no worker has given a sign of life for five minutes
    FAILED = "failed"  #: mails have failed during the last day
    LATE = "late"  #: something has waited for more than a quarter of an hour


@dataclass(frozen=True)
class Status:
    """How the clock's work stands."""

    now: datetime
    workers: Sequence[Worker]
    last_tick: datetime | None
    reminders: Queue
    notices: Queue
    mails: Queue
    reminder_lateness: Lateness
    mail_lateness: Lateness
    settled: dict[str, int]  #: mails of the last day, by what became of them
    failed_timers: int  #: that failed lately, or that the rules refused
    uncertain: int  #: mails that may have gone twice

    @property
    def silent(self) -> bool:
        """True when no worker has given a sign of life for five minutes."""
        return self.last_tick is None or self.now - self.last_tick > SILENT_AFTER

    @property
    def troubles(self) -> Sequence[Trouble]:
        """What should be looked into; nothing when all is well."""
        oldest = [queue.oldest for queue in (self.reminders, self.notices, self.mails) if queue.oldest is not None]
        found = {
            Trouble.SILENT: self.silent,
            Trouble.FAILED: self.settled.get("failed", 0) > 0,
            Trouble.LATE: bool(oldest) and self.now - min(oldest) > LATE_AFTER,
        }
        return [trouble for trouble, there in found.items() if there]

    def is_silent(self, worker: Worker) -> bool:
        """True for a worker that neither works nor has ended in good order."""
        return worker.stopped_at is None and self.now - worker.ticked_at > SILENT_AFTER


def silent(desk: Desk) -> datetime | bool:
    """False while some worker works; else when one last did, or True when none ever has."""
    last = store.last_tick(desk.session)
    if last is None:
        return True
    return last if desk.now - last > SILENT_AFTER else False


def status(desk: Desk) -> Status:
    """How the clock's work stands now."""
    since = desk.now - _LATELY
    return Status(
        now=desk.now,
        workers=store.workers(desk.session),
        last_tick=store.last_tick(desk.session),
        reminders=Queue(*timers.backlog(desk.session, desk.now)),
        notices=_unpacked(desk),
        mails=_unsent(desk),
        reminder_lateness=Lateness.of(timers.settled_since(desk.session, since, _MEASURED)),
        mail_lateness=Lateness.of(mails.sent_since(desk.session, since, _MEASURED)),
        settled=mails.counts_since(desk.session, since),
        failed_timers=failures.timers_total(desk),
        uncertain=mails.uncertain_total(desk.session),
    )


def _unpacked(desk: Desk) -> Queue:
    """The notices that should be in a mail. What is collected waits for seven on a working day, and is late after."""
    number, oldest = notices.waiting(desk.session, desk.now, collected=False)
    if occurrences.is_collecting(desk.now):
        more, since = notices.waiting(desk.session, desk.now, collected=True)
        if since is not None:
            since = max(since, occurrences.at(desk.today, occurrences.COLLECTED_AT))
            number, oldest = number + more, min(since, oldest or since)
    return Queue(number, oldest)


def _unsent(desk: Desk) -> Queue:
    """The mails that are not settled, and since when the oldest has been tried."""
    number, gives_up = mails.backlog(desk.session, desk.now)
    return Queue(number, gives_up - GIVE_UP_AFTER if gives_up is not None else None)
