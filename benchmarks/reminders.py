"""Reminders: a million timers against a thousand, a thousand due ones against APScheduler's job store, and memory.

    python -m benchmarks.reminders [--rounds 9] [--timers 1000000] [--ticks 2000] [--json FILE]

- ``timers``: with 200 reminders due, what a worker asks for when it looks (its whole round with nothing due), when it
  claims, and when it fires: reads the facts, finds the recipients, writes notices. Nothing of it is committed.
- ``drain``: 1,000 due reminders. ``ours`` is what the worker does, commits and all: facts looked at again, recipients
  found, 1,000 notices written. ``ours_rows`` only claims them and marks them done. ``apscheduler`` is APScheduler 3
  over its SQLAlchemyJobStore on a database of the same kind, driven in this thread; each job adds a number to a list in
  memory, and no more. ``apscheduler_told`` has jobs that write the notice too, one INSERT in a transaction of its own.
- ``memory``: what a worker's process holds after many ticks with work in each, against after a tenth of them.
"""

from __future__ import annotations

import argparse
import gc
import json
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from apscheduler.executors.debug import DebugExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.base import BaseScheduler
from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from benchmarks import due, ground, report
from introduction.domain.calendar import STOCKHOLM
from introduction.services import reminding
from introduction.services.desk import Desk
from introduction.store import database
from introduction.store import timer as timer_store
from introduction.store.notice import Notice

CLAIMED, DRAINED = 200, 1000


def timed(work: Callable[[], object]) -> float:
    """The seconds that some work takes."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def repeated(times: int, work: Callable[[due.Due], None], found: due.Due) -> float:
    """The median of the seconds that some work takes."""
    return report.median([timed(lambda: work(found)) for _ in range(times)])


# ------------------------------------------------------------------------------------- a million timers


def look(found: due.Due) -> None:
    """All that a worker asks for in a round, at a time when nothing is due."""
    for part in (found.worker.act, found.worker.remind, found.worker.pack, found.worker.deliver):
        part()


def taken_back(found: due.Due, work: Callable[[Session], object]) -> None:
    """Do something in a writing transaction, and take it back."""
    with Session(found.engine) as session:
        database.begin_writing(session)
        work(session)
        session.rollback()


def measure_timers(engines: dict[str, Engine], counts: dict[str, int], rounds: int) -> dict[str, Any]:
    """Look, claim and fire among few and many timers in turns. Returns a table for each."""
    made = {}
    for name, engine in engines.items():
        made[name] = due.Due.build(engine, CLAIMED)
        made[name].add_others(counts[name] - CLAIMED)
    works: dict[str, Callable[[due.Due], None]] = {
        "look": lambda found: early(found, lambda: look(found)),
        "claim": lambda found: taken_back(found, lambda session: claim(found, session)),
        "fire": lambda found: taken_back(found, lambda session: reminding.fire(desk(found, session), CLAIMED)),
    }
    times = {"look": 5, "claim": 10, "fire": 3}
    rows: dict[str, list[dict[str, float]]] = {what: [] for what in works}
    for number in range(rounds + 1):
        for what, work in works.items():
            order = list(made)[:: 1 if number % 2 else -1]
            row = {name: repeated(times[what], work, made[name]) for name in order}
            rows[what].append({name: row[name] for name in made})
    with Session(engines["many"]) as session:
        plan = due.plan_of(session, lambda opened: claim(made["many"], opened))
    return {"plan": plan, **{what: report.against(taken[1:], "many") for what, taken in rows.items()}}


def early(found: due.Due, work: Callable[[], None]) -> None:
    """Do something a day before the reminders are due."""
    found.now -= timedelta(days=1)
    work()
    found.now += timedelta(days=1)


def claim(found: due.Due, session: Session) -> None:
    """Claim what is due."""
    assert len(timer_store.claim(session, "reminder", found.now, CLAIMED)) == CLAIMED


def desk(found: due.Due, session: Session) -> Desk:
    """The worker's desk."""
    return Desk(session, found.built.catalogue, None, found.now)


# ------------------------------------------------------------------------------------- a thousand due


class Driven(BaseScheduler):
    """APScheduler without a thread: it looks when it is told to."""

    def wakeup(self) -> None:
        """Nobody sleeps."""

    def shutdown(self, wait: bool = True) -> None:
        """Nothing runs."""

    def drain(self) -> None:
        """Do all jobs that are due."""
        self._process_jobs()


DONE: list[int] = []
TOLD: dict[str, Any] = {}


def remember(number: int) -> None:
    """A job that does next to nothing."""
    DONE.append(number)


def tell(number: int) -> None:
    """A job that writes one notice."""
    with TOLD["engine"].begin() as connection:
        connection.execute(insert(Notice).values(**{**TOLD["row"], "key": f"told:{number}"}))
    DONE.append(number)


class Peer:
    """APScheduler with 1,000 due jobs in its own store."""

    def __init__(self, engine: Engine, job: Callable[[int], None]) -> None:
        self.job = job
        self.scheduler = Driven(timezone=STOCKHOLM, job_defaults={"misfire_grace_time": None})
        self.scheduler.add_jobstore(SQLAlchemyJobStore(engine=engine))
        self.scheduler.add_executor(DebugExecutor())
        self.scheduler.start()

    def again(self) -> None:
        """Let 1,000 jobs be due."""
        with TOLD["engine"].begin() as connection:
            connection.execute(text("DELETE FROM notice WHERE key LIKE 'told:%'"))
        for number in range(DRAINED):
            self.scheduler.add_job(self.job, "date", (number,), run_date=ground.NOW, id=str(number))
        DONE.clear()

    def drain(self) -> None:
        """Do them."""
        self.scheduler.drain()
        assert len(DONE) == DRAINED


def measure_drain(engines: dict[str, Engine], rounds: int) -> dict[str, Any]:
    """Let ours and APScheduler's take turns."""
    ours = due.Due.build(engines["few"], DRAINED)
    TOLD["engine"] = engines["few"]
    ours.worker.remind()
    with Session(engines["few"]) as session:
        columns = Notice.__table__.c
        TOLD["row"] = {
            key: value
            for key, value in session.execute(Notice.__table__.select().limit(1)).mappings().one().items()
            if key != "id" and key in columns
        }
    peer, told = Peer(engines["peer"], remember), Peer(engines["told"], tell)
    works: dict[str, tuple[Callable[[], None], Callable[[], object]]] = {
        "ours": (ours.again, lambda: remind(ours)),
        "ours_rows": (ours.again, lambda: only_rows(ours)),
        "apscheduler": (peer.again, peer.drain),
        "apscheduler_told": (told.again, told.drain),
    }
    rows = []
    for number in range(rounds + 1):
        order = list(works)[number % 4 :] + list(works)[: number % 4]
        row = {}
        for who in order:
            again, drain = works[who]
            again()
            row[who] = timed(drain)
        rows.append({who: row[who] for who in works})
    return report.against(rows[1:], "ours")


def remind(ours: due.Due) -> None:
    """What the worker does."""
    settled = ours.worker.remind()
    assert settled == DRAINED, settled


def only_rows(ours: due.Due) -> None:
    """Claim and settle, as the worker does, and nothing between."""
    left = DRAINED
    while left:
        with ground.writing(ours.engine) as session:
            claimed = timer_store.claim(session, "reminder", ours.now, CLAIMED)
            timer_store.settle(session, {timer.id: ("done", None) for timer in claimed}, ours.now)
            left -= len(claimed)


# ------------------------------------------------------------------------------------- memory


def measure_memory(engine: Engine, ticks: int) -> dict[str, float]:
    """What this process holds after a tenth of the ticks and after all; two reminders and a mail in each tick."""
    found = due.Due.build(engine, 2)
    held: list[tuple[float, float]] = []
    tracemalloc.start()
    for number in range(1, ticks + 1):
        found.again()
        found.worker.tick()
        if number in (ticks // 10, ticks):
            gc.collect()
            held.append((resident(), tracemalloc.get_traced_memory()[0] / 2**20))
    tracemalloc.stop()
    (rss, traced), (rss_later, traced_later) = held
    return {
        "rss_mb": round(rss_later, 1),
        "rss_ratio": round(rss_later / rss, 3),
        "traced_mb": round(traced_later, 1),
        "traced_ratio": round(traced_later / traced, 3),
    }


def resident() -> float:
    """The memory that this process holds, in megabytes."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


# ------------------------------------------------------------------------------------- all


def main() -> None:
    """Measure on both databases and print the tables."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rounds", type=int, default=9)
    asked.add_argument("--timers", type=int, default=1_000_000)
    asked.add_argument("--ticks", type=int, default=2000)
    asked.add_argument("--only", choices=("timers", "drain", "memory"))
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    results = {kind: measure(kind, given) for kind in ("SQLite", "PostgreSQL")}
    if given.json:
        given.json.write_text(json.dumps(results, indent=2) + "\n")


def measure(kind: str, given: argparse.Namespace) -> dict[str, Any]:
    """Measure on one database and print."""
    found: dict[str, Any] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="introduction-bench-")))
        server = stack.enter_context(ground.postgresql_server()) if kind == "PostgreSQL" else ""

        def engine(name: str) -> Engine:
            made = ground.postgresql(server, name) if server else ground.sqlite(folder, name)
            stack.callback(made.dispose)
            return made

        if given.only in (None, "memory"):
            found["memory"] = measure_memory(engine("memory"), given.ticks)
        if given.only in (None, "drain"):
            found["drain"] = measure_drain({name: engine(name) for name in ("few", "peer", "told")}, given.rounds)
        if given.only in (None, "timers"):
            counts = {"few": 1000, "many": given.timers}
            found["timers"] = measure_timers({name: engine(name) for name in counts}, counts, given.rounds)
    show(kind, found)
    return found


def show(kind: str, found: dict[str, Any]) -> None:
    """Print what was found on a database."""
    for what, table in found.get("timers", {}).items():
        print(f"\n{kind}: {what} among few and many timers" + (f":\n{table}" if what == "plan" else ", milliseconds"))
        if what != "plan":
            report.show(table)
    if "drain" in found:
        print(f"\n{kind}: draining {DRAINED} due, milliseconds")
        report.show(found["drain"])
    if "memory" in found:
        print(f"\n{kind}: memory {found['memory']}", flush=True)


if __name__ == "__main__":
    main()
