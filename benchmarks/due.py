"""What the benchmark of reminders stands on: cases whose reminders fall due, many timers that do not, and a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, event, insert, select, text
from sqlalchemy.orm import Session, sessionmaker

from benchmarks import ground
from introduction.domain.process import occurrences
from introduction.jobs.worker import Worker
from introduction.services import timers
from introduction.services.outbox import Answer
from introduction.store.instance import Instance
from introduction.store.task import DueDate
from introduction.store.timer import Timer


class TakesAll:
    """A mailer that takes everything and sends nothing."""

    def send(self, message: object, to: str) -> Answer:
        """Take a mail."""
        return Answer("sent", "250 taken")


@dataclass
class Due:
    """A database with cases of which each has one reminder that has fallen due."""

    built: ground.Ground
    now: datetime
    worker: Worker

    @classmethod
    def build(cls, engine: Engine, cases: int) -> Due:
        """Copy the case, and plan the reminder that goes on the day of its stage's due date."""
        built = ground.Ground.build(engine)
        built.copy_case(cases - 1, histories=False)
        with ground.writing(engine) as session:
            session.execute(text("DELETE FROM timer"))
            session.execute(text("DELETE FROM notice"))
            planned = [timers.values_of(*found) for found in _reminders(session, built)]
            session.execute(insert(Timer), planned)
            now = max(row["due_at"] for row in planned) + timedelta(seconds=15)
        due = cls(built, now, Worker(sessionmaker(engine), built.catalogue, TakesAll(), "", "a@b.example", "b.example"))
        due.worker.now = lambda: due.now
        return due

    @property
    def engine(self) -> Engine:
        """The database."""
        return self.built.engine

    def again(self) -> None:
        """Let every reminder be due again, and nobody be told of any."""
        with ground.writing(self.engine) as session:
            session.execute(text("DELETE FROM notice"))
            session.execute(text("DELETE FROM mail"))
            session.execute(text("UPDATE timer SET state = 'pending', settled_at = NULL WHERE due_date_id IS NOT NULL"))
        self.tidy()

    def tidy(self) -> None:
        """What PostgreSQL does by itself now and then is done now, so that no round has more to do than another."""
        if self.engine.dialect.name == "postgresql":
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE timer, notice, mail"))

    def add_others(self, count: int) -> None:
        """Add timers that are not due: every second is done, every second is to come."""
        past, to_come = (self.now.astimezone(UTC) + timedelta(days=days) for days in (-30, 30))
        with ground.writing(self.engine) as session:
            for state, at in (("done", past), ("pending", to_come)):
                settled = f"'{at:%Y-%m-%d %H:%M:%S.%f}'" if state == "done" else "NULL"
                session.execute(
                    text(
                        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)"
                        " INSERT INTO timer (key, what, instance_id, rule, day, due_at, state, settled_at)"
                        f" SELECT '{state}:' || n, 'reminder', :case, 'default:0', '{at:%Y-%m-%d}',"
                        f" '{at:%Y-%m-%d %H:%M:%S.%f}', '{state}', {settled} FROM numbers"
                    ),
                    {"last": count // 2, "case": self.built.case_id},
                )
        self.tidy()


def _reminders(session: Session, built: ground.Ground) -> list[tuple[int, int | None, timers.Wanted]]:
    definition = built.catalogue.latest(f"{ground.REGION}.new_medicine")
    region = built.catalogue.region_of(definition)
    found = []
    query = select(DueDate, Instance.region_id).join(Instance, Instance.id == DueDate.instance_id)
    for due, region_id in session.execute(query.where(DueDate.kind == "stage", DueDate.state == "pending")):
        name, rule = next(one for one in timers.rules_of(definition, "stage", due.name) if one[1].offset.count == 0)
        day = next(occurrences.days(rule, due.due_on))
        wanted = timers.Wanted("reminder", name, due.id, day, occurrences.moment(rule, day, region))
        found.append((due.instance_id, region_id, wanted))
    return found


def plan_of(session: Session, ask: Callable[[Session], object]) -> str:
    """How the database carries out the first query of a question."""
    found: list[str] = []
    explain = "EXPLAIN QUERY PLAN " if session.get_bind().dialect.name == "sqlite" else "EXPLAIN "

    def look(_connection: object, cursor: object, statement: str, parameters: object, *_more: object) -> None:
        if statement.startswith("SELECT") and not found:
            cursor.execute(explain + statement, parameters)  # type: ignore[attr-defined]
            found.append("\n".join(str(row[-1]) for row in cursor.fetchall()))  # type: ignore[attr-defined]

    event.listen(session.get_bind(), "before_cursor_execute", look)
    try:
        ask(session)
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", look)
    return found[0]
