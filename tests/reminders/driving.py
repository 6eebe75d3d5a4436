"""Years in seconds: people who do what they feel like, a clock that is moved, and a worker that wakes now and then."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from random import Random
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from introduction.domain.calendar import STOCKHOLM, add_working_days, is_working_day
from introduction.domain.errors import IntroductionError
from introduction.domain.notices import Kind, Preference
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import LOCAL_ROLES, Person, Role
from introduction.jobs.worker import Worker
from introduction.services import cases, notices, people, preferences, recommendations, steps
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.services.outbox import Answer
from introduction.store.case import Case
from introduction.store.instance import Instance
from introduction.store.notice import Notice
from introduction.store.person import PersonRow, RoleAssignment, as_person
from introduction.store.task import TaskRow
from tests.databases import writing
from tests.reliability.doing import Cast, Doer, endow
from tests.reminders.diary import Diary, Snooze
from tests.world import NORRBOTTEN, VGR, Clock, World

#: Steps that end a case or throw it far back: taken seldom, or no case would ever get anywhere.
LEAVING = frozenset({
    "withdraw", "end_early", "decline_nomination", "not_prioritise", "leave_to_drug_committee", "reconsider", "pause",
    "discontinue", "not_cover", "archive", "company_withdraws", "introduce_without_financing", "postpone",
})  # fmt: skip
#: Steps that the clock takes when nobody else does.
BY_CLOCK = frozenset({"begin_handover", "hand_over", "begin_watch"})
#: Where people do little: most of the years a case only goes on.
QUIET = {"financed": 0.3, "handover_preparation": 0.12, "prescriber_responsibility": 0.2, "watch": 0.2, "followed": 0.3,
         "issued": 0.04, "in_force": 0.04, "ordinary_responsibility": 0.05}  # fmt: skip
SHIFTS = (-60, -28, -14, -7, -1, 1, 3, 7, 14, 28, 90)


@dataclass
class Post:
    """A mailer that keeps what it is handed: when, the Message-ID, to whom, and the mail."""

    clock: Clock
    sent: list[tuple[datetime, str, str, EmailMessage]] = field(default_factory=list)

    def send(self, message: EmailMessage, to: str) -> Answer:
        """Take the mail."""
        self.sent.append((self.clock.now, message["Message-ID"].strip("<>").partition("@")[0], to, message))
        return Answer("sent", "250 OK")


class Errors(logging.Handler):
    """Keeps what a worker logs as gone wrong: it goes on by itself, but a test should not."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.told.append(self.format(record))


def worker_of(engine: Engine, catalogue: Catalogue, clock: Clock, post: Post) -> Worker:
    """A worker by the moved clock."""
    return Worker(
        sessions=sessionmaker(engine, expire_on_commit=False),
        catalogue=catalogue,
        mailer=post,
        url="https://inforande.region.example",
        sender="Ordnat införande <inforande@region.example>",
        host="region.example",
        now=lambda: clock.now,
    )


@dataclass(frozen=True)
class Opening:
    """A case that somebody will open: when, by which process, and how lively people are about it."""

    day: date
    definition_id: str
    often: float
    patient: bool = False  #: people leave to the clock what the clock may do


class Years:
    """The run. Everything is drawn from one seed; the diary tells what came of it."""

    def __init__(self, engine: Engine, world: World, seed: int, *, drowsy: bool = False) -> None:
        self.drowsy = drowsy
        self.engine, self.catalogue, self.clock = engine, world.catalogue, world.clock
        self.rng = Random(seed)
        self.regions = dict(world.regions)
        _add_staff(world)
        for slug in (VGR, NORRBOTTEN):
            endow(world, slug)
        self.cast = {slug: Cast.of(world, slug) for slug in (VGR, NORRBOTTEN)}
        self.operator = {slug: world.desk(Role.ADMINISTRATOR, slug).by for slug in (VGR, NORRBOTTEN)}
        world.session.commit()
        world.session.close()
        self.post, self.errors, self.diary = Post(self.clock), Errors(), Diary()
        logging.getLogger("introduction.jobs.worker").addHandler(self.errors)
        self.worker = worker_of(engine, self.catalogue, self.clock, self.post)
        self.often: dict[int, tuple[float, bool]] = {}
        self.gone = 0
        self.back: list[Callable[[Session], None]] = []  #: dates to be moved back the next day
        self._look_at_staff()

    def close(self) -> None:
        """Stop listening to the worker's log."""
        logging.getLogger("introduction.jobs.worker").removeHandler(self.errors)

    # --------------------------------------------------------------------------------- the run

    def run(self, openings: list[Opening], first: date, last: date) -> None:
        """Live through the days."""
        day = first
        while day <= last:
            plan = [*self._ticks(day), *self._doings(day, openings)]
            for moment, _order, work in sorted(plan, key=lambda planned: planned[:2]):
                self.clock.now = moment
                work()
            day += timedelta(days=1)

    def tick(self) -> None:
        """Let the worker wake."""
        self.worker.tick()
        self.diary.ticks.append(self.clock.now)
        self._look()

    def act(self, change: Callable[[Session], Any], *, staff: bool = False) -> bool:
        """Let somebody do something, in a transaction as the edges have it. False when it was refused."""
        try:
            with writing(self.engine) as session:
                change(session)
        except IntroductionError:
            return False
        self._look()
        if staff:
            self._look_at_staff()
        return True

    def _look(self) -> None:
        with self.engine.connect() as connection:
            self.diary.look(connection, self.clock.now)

    def _look_at_staff(self) -> None:
        with self.engine.connect() as connection:
            self.diary.look_at_staff(connection, self.clock.now)

    # --------------------------------------------------------------------------------- what a day holds

    def _ticks(self, day: date) -> Iterator[tuple[datetime, int, Callable[[], None]]]:
        """The worker wakes as the office opens on working days, at times at other hours, and often as clocks change.

        A drowsy one wakes now and then, at any hour.
        """
        rng, found = self.rng, []
        if self.drowsy:
            found = [_at(day, rng.randint(0, 23), rng.randint(0, 59), 1) for _ in range(rng.choice((0,) * 12 + (1, 2)))]
            return ((moment.astimezone(UTC), 0, self.tick) for moment in found)
        if is_working_day(day):
            found.append(_at(day, 7, 0, rng.randint(0, 4)))
        if rng.random() < 0.08:
            found.append(_at(day, 6, 0, rng.randint(0, 4)))
        if rng.random() < 0.10:
            found.append(_at(day, rng.randint(8, 22), rng.randint(1, 59)))
        if _at(day, 0).utcoffset() != _at(day, 12).utcoffset():
            begins = datetime.combine(day - timedelta(days=1), time(23, 30), UTC)
            found += [begins + timedelta(minutes=30 * step) for step in range(7)]
        return ((moment.astimezone(UTC), 0, self.tick) for moment in found)

    def _doings(self, day: date, openings: list[Opening]) -> Iterator[tuple[datetime, int, Callable[[], Any]]]:
        for opening in openings:
            if opening.day == day:
                yield self._sometime(day), 1, functools.partial(self._open, opening)
        if not is_working_day(day) and self.rng.random() < 0.8:
            return
        while self.back:
            yield self._sometime(day), 1, functools.partial(self.act, self.back.pop())
        for instance_id, (often, _patient) in list(self.often.items()):
            now = self.diary.states[instance_id][-1]
            if not now.closed and self.rng.random() < often * QUIET.get(now.stage, 1):
                yield self._sometime(day), 1, functools.partial(self._drive, instance_id)
        for often, doing in (
            (0.10, self._move_a_date),
            (0.09, self._assign),
            (0.04, self._name_owner),
            (0.25, self._answer),
            (0.09, self._change_staff),
        ):
            if self.rng.random() < often:
                yield self._sometime(day), 1, doing

    def _sometime(self, day: date) -> datetime:
        """Mostly in office hours, at times before seven or in the evening."""
        hour = self.rng.choice((6, *range(7, 18), *range(8, 17), 20))
        return _at(day, hour, self.rng.randint(5, 59), self.rng.randint(0, 59)).astimezone(UTC)

    # --------------------------------------------------------------------------------- cases

    def _desk(self, session: Session, by: Person | None) -> Desk:
        return Desk(session, self.catalogue, by, self.clock.now)

    def _open(self, opening: Opening) -> None:
        region, process = opening.definition_id.split(".")
        about = About.typed(f"Medicin{len(self.often)}", "svår migrän")
        cast = self.cast.get(region, self.cast[VGR])
        doer = self._doer(region)

        def change(session: Session) -> None:
            desk = self._desk(session, cast.people["coordinator"])
            if region == "national":
                made = recommendations.start(desk, process, about, given={"expected_approval": doer.today})
            else:
                unit = self.rng.choice((None, *cast.unit_ids))
                way = self.rng.choice(("horizon_scan", "nomination"))
                starts = self.catalogue.latest(opening.definition_id).start
                asked = next(start for start in starts if start.origin == way)
                given = {key: doer.value(cases.CASE_FIELDS[key]) or "Ja" for key in asked.asks}
                roots = cases.Roots(nominating_unit_id=unit)
                made = cases.start(desk, opening.definition_id, way, about, given=given, roots=roots)
            self.often[made.instance.id] = (opening.often, opening.patient)

        assert self.act(change), "a case is opened"

    def _doer(self, region: str) -> Doer:
        today = self.clock.today
        return Doer(self.rng, self.cast.get(region, self.cast[VGR]), self.catalogue, today, wild=0.04)

    def _drive(self, instance_id: int) -> None:
        """Somebody does something about a case: mostly what leads on."""
        state = self.diary.states[instance_id][-1]
        if state.closed:
            return
        doer, now, drawn = self._doer(state.definition[0].split(".")[0]), self.clock.now, self.rng.random()
        but = LEAVING | (BY_CLOCK if self.often[instance_id][1] else frozenset())
        if drawn < 0.45:
            for _attempt in range(4):  # some tasks open later, and some answers lead nowhere
                if self.act(lambda session: doer.do_something(session, now, instance_id, main=True)):
                    break
        elif drawn < 0.78:
            self.act(lambda session: doer.divide_money(session, now, instance_id))
            self.act(lambda session: doer.take_something(session, now, instance_id, main=True, but=but))
        elif drawn < 0.93:
            self.act(lambda session: doer.take_something(session, now, instance_id, but=but))
        elif drawn < 0.934:
            self.act(lambda session: doer.take_something(session, now, instance_id))
        elif drawn < 0.96:
            self.act(lambda session: self._reopen(session, doer, instance_id))
        else:
            self.act(lambda session: self._pause(session, doer, instance_id))

    def _coordinator(self, session: Session, doer: Doer) -> Desk:
        return self._desk(session, doer.cast.people["coordinator"])

    def _reopen(self, session: Session, doer: Doer, instance_id: int) -> None:
        done = select(TaskRow.id).where(TaskRow.instance_id == instance_id, TaskRow.state == "done")
        for task_id in session.scalars(done.order_by(TaskRow.id.desc()).limit(1)):
            steps.reopen_task(self._coordinator(session, doer), task_id, note="Något saknas")

    def _pause(self, session: Session, doer: Doer, instance_id: int) -> None:
        paused = session.get_one(Instance, instance_id).stage == "paused"
        action = "resume" if paused else "pause"
        steps.take(self._coordinator(session, doer), instance_id, action, note="Väntar")

    def _some_case(self) -> tuple[int, Doer] | None:
        live = [states[-1] for states in self.diary.states.values() if not states[-1].closed]
        if not live:
            return None
        state = self.rng.choice(live)
        return state.id, self._doer(state.definition[0].split(".")[0])

    def _move_a_date(self) -> None:
        """Correct a date; now and then move it back the day after."""
        dated = [
            (states[-1], key)
            for states in self.diary.states.values()
            for key in ("introduction_start", "financed_until", "watch_until")
            if not states[-1].closed and states[-1].region_id is not None and states[-1].dates[key]
        ]
        handed_over = [s[-1] for s in self.diary.states.values() if s[-1].stage == "ordinary_responsibility"]
        dated += [(state, "watch_until") for state in handed_over if not state.dates["watch_until"]] * 3
        if not dated:
            return
        state, key = self.rng.choice(dated)
        was = state.dates[key] or self.clock.today + timedelta(days=100)
        by_working_days = add_working_days(was, self.rng.choice((-10, 10, 20)))
        to = by_working_days if self.rng.random() < 0.3 else was + timedelta(days=self.rng.choice(SHIFTS))
        doer = self._doer(state.definition[0].split(".")[0])

        def change(session: Session) -> None:
            cases.change_facts(self._coordinator(session, doer), state.id, {key: to}, note="Flyttat")

        def back(session: Session) -> None:
            cases.change_facts(self._coordinator(session, doer), state.id, {key: was}, note="Flyttat tillbaka")

        if self.act(change) and self.rng.random() < 0.25:
            self.back.append(back)

    def _colleague(self, doer: Doer) -> int:
        return self.rng.choice(sorted({mandate.person for mandate in self.diary.staff[-1].mandates}))

    def _assign(self) -> None:
        found = self._some_case()
        if found is None:
            return
        instance_id, doer = found
        person = self._colleague(doer) if self.rng.random() < 0.85 else None
        dated = [due.task_id for due in self.diary.states[instance_id][-1].dues.values() if due.task_id is not None]
        wanted = select(TaskRow.id).where(TaskRow.instance_id == instance_id, TaskRow.state == "open")
        if dated:
            wanted = wanted.where(TaskRow.id == self.rng.choice(sorted(dated)))

        def change(session: Session) -> None:
            for task_id in session.scalars(wanted.order_by(TaskRow.opens_on, TaskRow.id).limit(1)):
                steps.assign_task(self._coordinator(session, doer), task_id, person)

        self.act(change)

    def _name_owner(self) -> None:
        found = self._some_case()
        if found is None:
            return
        instance_id, doer = found
        coordinators = [m.person for m in self.diary.staff[-1].mandates if m.role == Role.COORDINATOR]
        person = self.rng.choice((self._colleague(doer), *coordinators))

        def change(session: Session) -> None:
            if session.get(Case, instance_id) is not None:
                cases.set_owner(self._coordinator(session, doer), instance_id, person)

        self.act(change)

    # --------------------------------------------------------------------------------- people

    def _answer(self) -> None:
        """Somebody says that a reminder has been seen, or puts it off."""
        lately = self.clock.now - timedelta(days=15)
        query = select(Notice.id, Notice.person_id, Notice.due_date_id, Notice.due_on, Notice.instance_id)
        query = query.where(Notice.created_at > lately, Notice.due_date_id.is_not(None))
        query = query.where(Notice.kind.in_((Kind.REMINDER, Kind.ESCALATION)), Notice.state == "packed")
        with self.engine.connect() as connection:
            found = connection.execute(query.order_by(Notice.created_at, Notice.key)).all()
        if not found:
            return
        told = self.rng.choice(found)
        by, now = Person(told.person_id, "Någon"), self.clock.now
        if self.rng.random() < 0.6:
            if self.act(lambda session: notices.acknowledge(self._desk(session, by), told.id)):
                self.diary.acknowledged.append((now, told.due_date_id, told.due_on))
            return
        to = self.clock.today + timedelta(days=self.rng.randint(1, 40))
        if self.act(lambda session: notices.snooze(self._desk(session, by), told.id, to)):
            self.diary.snoozes.append(Snooze(now, told.person_id, told.instance_id, told.due_date_id, to))
            self.diary.acknowledged.append((now, told.due_date_id, told.due_on))

    def _change_staff(self) -> None:
        drawn = self.rng.random()
        if drawn < 0.15:
            self.act(self._end_mandate, staff=True)
        elif drawn < 0.42:
            self.act(self._give_mandate, staff=True)
        elif drawn < 0.62:
            self.act(self._prefer, staff=True)
        elif drawn < 0.95:
            self.act(self._go_away, staff=True)
        elif self.gone < 3:
            self.gone += self.act(self._deactivate, staff=True)

    def _administration(self, session: Session) -> Desk:
        return Desk(session, self.catalogue, None, self.clock.now, operator=True)

    def _end_mandate(self, session: Session) -> None:
        held = [m for m in self.diary.staff[-1].mandates if m.role != Role.ADMINISTRATOR]
        last = self.rng.choice((None, self.clock.today + timedelta(days=self.rng.randint(0, 60))))
        people.end_role(self._administration(session), self.rng.choice(held).id, last_day=last)

    def _give_mandate(self, session: Session) -> None:
        """A new mandate, often of one who has had the role before; mostly with a last day."""
        held = self.rng.choice(self.diary.staff[-1].mandates)
        today, rng = self.clock.today, self.rng
        role = rng.choice((held.role, held.role, *Role))
        unit_id = held.unit_id
        if role in LOCAL_ROLES and unit_id is None:
            role = held.role
        people.grant_role(
            self._administration(session),
            rng.choice((held.person, self._colleague(self._doer(VGR)))),
            role,
            held.region_id,
            unit_id=unit_id if role in LOCAL_ROLES else None,
            valid_from=today + timedelta(days=rng.choice((0, 0, 5))),
            valid_to=rng.choice((None, today + timedelta(days=rng.randint(10, 200)))),
        )

    def _prefer(self, session: Session) -> None:
        by = Person(self._colleague(self._doer(VGR)), "Någon")
        preferences.choose(self._desk(session, by), self.rng.choice(list(Preference)))

    def _go_away(self, session: Session) -> None:
        """Somebody who is often told is away for a while."""
        often = [m.person for m in self.diary.staff[-1].mandates if m.role in (Role.COORDINATOR, Role.HEAD_OF_UNIT)]
        who = self.rng.choice((*often, self._colleague(self._doer(VGR))))
        row = session.get_one(PersonRow, who)
        first = self.clock.today + timedelta(days=self.rng.randint(0, 10))
        desk = self._desk(session, as_person(session, row, self.clock.today))
        last = first + timedelta(days=self.rng.randint(2, 60))
        preferences.be_away(desk, self._colleague(self._doer(VGR)), first, last)

    def _deactivate(self, session: Session) -> None:
        """Somebody leaves, rather somebody to whom something has been given that has a date."""
        keep = {m.person for m in self.diary.staff[-1].mandates if m.role == Role.ADMINISTRATOR}
        tasks = [(s[-1], due) for s in self.diary.states.values() for due in s[-1].dues.values() if due.task_id]
        given = {state.tasks[due.task_id].assignee_id for state, due in tasks if due.task_id is not None} - {None}
        everybody = {m.person for m in self.diary.staff[-1].mandates}
        who = self.rng.choice(sorted((given & everybody - keep) or (everybody - keep)))  # type: ignore[type-var]
        people.deactivate(self._administration(session), who)


def _add_staff(world: World) -> None:
    """Several holders of a role, and heads at one unit and above it."""
    world.add_person(Role.ECONOMIST, VGR, name="Eva Ekonom")
    world.add_person(Role.NOMINATOR, VGR, unit_key="neuro", name="Nils Nominator")
    world.add_person(Role.HEAD_OF_UNIT, NORRBOTTEN, unit_key="hospital", name="Hanna Chef")
    world.add_person(Role.DRAFTING_GROUP, NORRBOTTEN, name="Berit Beredare")
    for row in world.session.scalars(select(RoleAssignment).where(RoleAssignment.valid_from > date(2026, 11, 1))):
        row.valid_from = date(2026, 1, 1)
    world.session.flush()


def _at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), STOCKHOLM)
