"""Two workers' shift: work that has fallen due, workers in processes of their own, and what must hold afterwards."""

from __future__ import annotations

import logging
import mmap
import os
import signal
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from introduction.domain.calendar import local_date
from introduction.domain.notices import APART, Preference
from introduction.domain.process import occurrences
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Role
from introduction.jobs.mailer import Mailer, SmtpMailer
from introduction.jobs.worker import Worker
from introduction.services import cases, changes, plan
from introduction.services.outbox import LEASE, Answer
from introduction.store.mail import Mail
from introduction.store.notice import Notice
from introduction.store.person import PersonRow
from introduction.store.preference import PreferenceRow
from introduction.store.task import DueDate
from introduction.store.timer import Timer
from tests.reliability.forks import ended, forked
from tests.reliability.mail_server import HOST, MailServer
from tests.world import NINE, VGR, World

SENDER = "ordnat@region.example"
MANY = 400  #: more ticks than any morning takes; only a test that fails comes so far


# ------------------------------------------------------------------------------------- what is to be done


@dataclass(frozen=True)
class Amount:
    """How much there is to do, and on which mornings it falls due."""

    owners: int
    new: int
    financed: int
    financed_until: date
    mornings: tuple[date, ...]


def fill(world: World, work: Amount) -> None:
    """Cases at their beginning, financed ones that the clock has something to do with, and words to their owners.

    The owners are coordinators, of whom every second wants reminders at once.
    """
    owners = [world.add_person(Role.COORDINATOR, name=f"Owner {number}") for number in range(work.owners)]
    world.session.add_all(PreferenceRow(person_id=row.id, reminders=Preference.AT_ONCE) for row in owners[::2])
    for number in range(work.new):
        _owned(world, world.start_case(f"Nymab {number}").instance.id, owners[number % work.owners])
    for number in range(work.financed):
        case = world.start_case(f"Finansimab {number}")
        facts = {"introduction_start": date(2026, 9, 1), "financed_until": work.financed_until}
        facts |= {"treating_units": [world.units[VGR]["lung"].id]}
        cases.change_facts(world.desk(Role.COORDINATOR), case.instance.id, facts, note="Underlaget")
        case.instance.stage, case.row.phase = "financed", "introduction_financing"  # the way there is long
        world.session.flush()
        desk = world.desk(Role.COORDINATOR)
        subject = changes.load(desk, case.instance.id, None)
        plan.enter(desk, subject, subject.definition.stage_named("financed"))
        plan.derive(desk, subject)
        _owned(world, case.instance.id, owners[number % work.owners])


def _owned(world: World, case_id: int, owner: PersonRow) -> None:
    cases.set_owner(world.desk(Role.COORDINATOR), case_id, owner.id)


# ------------------------------------------------------------------------------------- time and workers


class SharedClock:
    """A clock that a test moves by hand, and all its children see."""

    def __init__(self, now: datetime) -> None:
        self._memory = mmap.mmap(-1, 8)
        self.set(now)

    def set(self, now: datetime) -> None:
        """Let it be a certain time."""
        self._memory[:] = struct.pack("d", now.timestamp())

    def now(self) -> datetime:
        """The time."""
        return datetime.fromtimestamp(struct.unpack("d", self._memory[:])[0], UTC)

    def morning(self, day: date) -> None:
        """Let it be a quarter of a minute past seven."""
        self.set(occurrences.at(day, occurrences.COLLECTED_AT) + timedelta(seconds=15))

    def past_the_lease(self) -> None:
        """Let so much time pass that nobody holds what a dead worker held."""
        self.set(self.now() + LEASE + timedelta(seconds=1))


class NoServer:
    """A mailer that takes everything, for the shift that nobody disturbs."""

    def send(self, message: object, to: str) -> Answer:
        """Take a mail."""
        return Answer("sent", "250 taken")


class Errors(logging.Handler):
    """Writes what a worker logs as an error to a file that the test reads."""

    def __init__(self, book: Path) -> None:
        super().__init__(logging.ERROR)
        self.book = book

    def emit(self, record: logging.LogRecord) -> None:
        """Keep an error."""
        with self.book.open("a") as file:
            file.write(logging.Formatter().format(record) + "\n")


@dataclass(frozen=True)
class Shift:
    """Where workers work, and by which clock."""

    engine: Engine
    catalogue: Catalogue
    clock: SharedClock
    mailer: Mailer
    errors: Path

    @classmethod
    def begin(cls, engine: Engine, catalogue: Catalogue, server: MailServer | None, folder: Path) -> Shift:
        """Workers on a database, with a mail server or with none."""
        mailer: Mailer = SmtpMailer(HOST, server.port, "none", SENDER) if server else NoServer()
        return cls(engine, catalogue, SharedClock(NINE), mailer, folder / "errors.log")

    def worker(self) -> Worker:
        """A worker."""
        return Worker(
            sessions=sessionmaker(self.engine),
            catalogue=self.catalogue,
            mailer=self.mailer,
            url="https://ordnat.example",
            sender=SENDER,
            host="ordnat.example",
            now=self.clock.now,
        )

    def started(self, work: Callable[[Worker], None]) -> int:
        """Let a worker work in a process of its own. Returns its process id."""

        def alone() -> None:
            self.engine.dispose(close=False)  # the parent's connections are not ours
            logging.getLogger("introduction").addHandler(Errors(self.errors))
            work(self.worker())

        self.engine.dispose()
        return forked(alone)

    def left_alone(self) -> None:
        """Let two workers work until nothing is left to do."""
        both = [self.started(self.until_quiet) for _worker in range(2)]
        assert [ended(worker) for worker in both] == [0, 0]
        assert not self.errors.exists(), self.errors.read_text()

    def until_quiet(self, worker: Worker) -> None:
        """Tick until nothing that has fallen due is left."""
        for _tick in range(MANY):
            worker.tick()
            with Session(self.engine) as session:
                if not left(session, self.clock.now()):
                    return
        raise AssertionError("the workers come to no end")

    def endlessly(self, says: int) -> Callable[[Worker], None]:
        """Work for ``started``: tick until somebody ends the process, and tell of each step through a pipe."""

        def work(worker: Worker) -> None:
            listen(lambda _step: os.write(says, b"."))
            while True:
                worker.tick()

        return work


def listen(hear: Callable[[str], object]) -> None:
    """Hear of each step that a worker in this process tells of."""

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            hear(record.getMessage())

    log = logging.getLogger("introduction.jobs.worker")
    log.setLevel(logging.DEBUG)
    log.addHandler(Ear())


def die() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed(process: int) -> None:
    """End a worker as a power cut would."""
    os.kill(process, signal.SIGKILL)
    assert ended(process) == -signal.SIGKILL, "the worker had ended by itself"


# ------------------------------------------------------------------------------------- what must hold


def left(session: Session, now: datetime) -> int:
    """How much has fallen due and is not done: timers, notices and mails."""
    return sum(
        session.scalar(select(func.count()).where(*condition)) or 0
        for condition in (
            (Timer.state == "pending", Timer.due_at <= now),
            (Notice.state == "waiting", Notice.send_at <= now),
            (Mail.settled_at.is_(None), Mail.due_at <= now),
        )
    )


def told(session: Session) -> Counter[str]:
    """Who has been told what: the keys of the notices, in which a due date has its name instead of its number.

    A killed transaction may use up numbers on PostgreSQL.
    """
    names = {due.id: f"{due.kind}/{due.name}/{due.anchor}" for due in session.scalars(select(DueDate))}
    found: Counter[str] = Counter()
    for notice in session.scalars(select(Notice)):
        number = notice.due_date_id
        key = notice.key if number is None else notice.key.replace(f":{number}:", f":{names[number]}:", 1)
        found[f"{key} {notice.kind} {notice.template} {notice.due_on} {notice.about}"] += 1
    return found


def settled(session: Session) -> Counter[tuple[str, str]]:
    """What has become of the timers, by state."""
    return Counter((row.what, row.state) for row in session.scalars(select(Timer)))


def check(session: Session, server: MailServer, day: date) -> None:
    """Nothing is left, each notice is in one mail, each mail was sent once but for counted crashes within a call."""
    mails = {mail.message_id: mail for mail in session.scalars(select(Mail))}
    notices = list(session.scalars(select(Notice)))
    packed = Counter(notice.mail_id for notice in notices if notice.state == "packed")
    for notice in notices:
        if notice.state == "dropped":
            assert notice.problem, f"{notice.key} was dropped without a reason"
        elif notice.state == "waiting":
            assert notice.collected and local_date(notice.send_at) > day, notice.key
        else:
            mail = session.get_one(Mail, notice.mail_id)
            assert mail.person_id == notice.person_id
            assert notice.collected == (mail.collected_on is not None)
            assert mail.collected_on is None or notice.kind not in APART
    days = Counter((mail.person_id, mail.collected_on) for mail in mails.values() if mail.collected_on)
    assert set(days.values()) <= {1}, "somebody got two collecting mails on one day"
    _check_sent(session, server, mails, packed)


def _check_sent(session: Session, server: MailServer, mails: dict[str, Mail], packed: Counter[int | None]) -> None:
    addresses = {row.id: row.email for row in session.scalars(select(PersonRow))}
    taken = server.taken()
    times = Counter(mail.message_id for mail in taken)
    assert set(times) == set(mails), "the server took other mails than those that were made"
    for message_id, mail in mails.items():
        assert mail.state == "sent" and mail.attempts >= 1
        assert packed[mail.id] == 1 or mail.collected_on is not None
        assert packed[mail.id] >= 1, "a mail without a notice"
        assert 1 <= times[message_id] <= 1 + mail.uncertain
    for sent in taken:
        mail = mails[sent.message_id]
        assert sent.to == addresses[mail.person_id]
        assert sent.subject == mail.subject
        assert sent.text.split() == (mail.text or "").split(), "another try said something else than what is kept"
