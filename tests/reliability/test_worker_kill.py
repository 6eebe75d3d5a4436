"""Workers that are killed anywhere lose nothing and double nothing: the others, or the next ones, go on."""

from __future__ import annotations

import functools
import os
import random
import select
import signal
import smtplib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import select as query
from sqlalchemy.orm import Session

from introduction.domain.notices import Kind
from introduction.domain.process.loading import Catalogue
from introduction.jobs.worker import Worker
from introduction.store import timer as timers
from introduction.store.mail import Mail
from introduction.store.notice import Notice
from introduction.store.timer import Timer
from tests.databases import WORLD, Databases, writing
from tests.reliability import shift
from tests.reliability.forks import LONGEST_WAIT, ended
from tests.reliability.mail_server import MailServer, mail_server
from tests.reliability.shift import Amount, Shift
from tests.world import NINE, Clock, World, find

pytestmark = pytest.mark.kill

KILLS = 26  #: on each morning
#: Reminders of new cases fall due ten days before their date, on it, two and five working days after. On the first of
#: the mornings there is besides all that should have been done with the financed cases in the half year before.
LONG = Amount(2, 6, 1, date(2028, 3, 31), (date(2027, 5, 13), date(2027, 5, 21), date(2027, 5, 25), date(2027, 5, 28)))
SHORT = Amount(1, 1, 2, date(2027, 5, 31), (date(2026, 12, 1),))
SEED = 20261122


@dataclass(frozen=True)
class Undisturbed:
    """What a worker does on the same work when nobody kills it: who is told what, and what becomes of the timers."""

    told: list[Counter[str]]
    timers: list[Counter[tuple[str, str]]]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    """A mail server."""
    with mail_server(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def undisturbed(
    databases: Databases, catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, Amount], Undisturbed]:
    """What comes of some work on another database of a kind."""

    @functools.cache
    def found(kind: str, work: Amount) -> Undisturbed:
        folder = tmp_path_factory.mktemp("undisturbed")
        with ExitStack() as stack:
            if kind == "postgresql":
                engine = stack.enter_context(databases.postgresql(WORLD))
            else:
                engine = databases.sqlite(folder, WORLD)
                stack.callback(engine.dispose)
            return by_one_worker(engine, catalogue, folder, work)

    return found


def by_one_worker(engine: Engine, catalogue: Catalogue, folder: Path, work: Amount) -> Undisturbed:
    """Do the work of some mornings with one worker."""
    with writing(engine) as session:
        shift.fill(find(session, catalogue, Clock(NINE)), work)
    quiet = Shift.begin(engine, catalogue, None, folder)
    worker, found = quiet.worker(), Undisturbed([], [])
    for day in work.mornings:
        quiet.clock.morning(day)
        for part in (worker.act, worker.sweep, worker.remind):
            part()
        with Session(engine) as session:
            found.told.append(shift.told(session))
            found.timers.append(shift.settled(session))
    return found


# ------------------------------------------------------------------------------------- at random moments


def test_killed_at_random_moments(
    engine: Engine,
    undisturbed: Callable[[str, Amount], Undisturbed],
    world: World,
    catalogue: Catalogue,
    server: MailServer,
    tmp_path: Path,
) -> None:
    """Through mornings on which one or both of two workers are killed again and again, each is told each thing once."""
    wanted = undisturbed(engine.dialect.name, LONG)
    shift.fill(world, LONG)
    world.session.commit()
    world.session.close()
    rng = random.Random(SEED)
    work = Shift.begin(engine, catalogue, server, tmp_path)
    for number, day in enumerate(LONG.mornings):
        work.clock.morning(day)
        try:
            kill_for_a_while(work, rng)
            work.left_alone()
            with Session(engine) as session:
                assert shift.told(session) == wanted.told[number]
                assert shift.settled(session) == wanted.timers[number]
                shift.check(session, server, day)
        except AssertionError as error:
            error.add_note(f"on {day} with SEED = {SEED}")
            raise


def kill_for_a_while(work: Shift, rng: random.Random) -> None:
    """Keep two workers working, and kill one or both of them at random moments; KILLS processes in all.

    They tell of their steps, and the moments are counted in those, so that a slow machine gets as far as a quick one.
    """
    reads, says = os.pipe()
    endlessly = work.endlessly(says)
    both = [work.started(endlessly), work.started(endlessly)]
    kills = 0
    while kills < KILLS:
        for _step in range(rng.randint(1, 12)):
            assert select.select([reads], [], [], LONGEST_WAIT)[0], "both workers are silent"
            os.read(reads, 1)
        time.sleep(rng.uniform(0.0, 0.01))
        dying = rng.choice(([0], [1], [0, 1]))
        for place in dying:
            shift.killed(both[place])
        work.clock.past_the_lease()
        for place in dying:
            both[place] = work.started(endlessly)
        kills += len(dying)
    for process in both:
        shift.killed(process)
    os.close(reads)
    os.close(says)
    work.clock.past_the_lease()


# ------------------------------------------------------------------------------------- at each step of a tick


def told_of(step: str) -> Callable[[MailServer], None]:
    """Die as soon as the worker tells of a step."""
    return lambda _server: shift.listen(lambda told: shift.die() if told == step else None)


def reminders_claimed(_server: MailServer) -> None:
    """Die when reminders are locked and nothing has been done with them."""
    claim = timers.claim

    def then_die(session: Session, *args: Any) -> None:
        assert claim(session, *args), "there are reminders to claim"
        shift.die()

    timers.claim = then_die  # type: ignore[assignment]


def before_the_data(_server: MailServer) -> None:
    """Die when the mail server knows sender and recipient, and nothing else."""
    smtplib.SMTP.data = lambda _server, _words: shift.die()  # type: ignore[assignment, return-value, misc]


def before_the_answer(server: MailServer) -> None:
    """Die when the mail server has taken the mail, and before we hear of it."""
    getreply = smtplib.SMTP.getreply
    codes: list[int] = []

    def then_die(connection: smtplib.SMTP) -> tuple[int, bytes]:
        while 354 in codes and not server.taken():
            time.sleep(0.001)
        if 354 in codes:
            shift.die()
        reply = getreply(connection)
        codes.append(reply[0])
        return reply

    smtplib.SMTP.getreply = then_die  # type: ignore[method-assign]


@dataclass(frozen=True)
class Seen:
    """What stands in the database after a worker died, and how many mails the server has taken."""

    actions: int  #: that have fallen due and wait
    reminders: int  #: that have fallen due and wait
    new: int  #: notices that came of reminders
    apart: int  #: notices that are to go apart and are in no mail
    mails: Counter[str]
    worded: int
    taken: int

    @classmethod
    def of(cls, session: Session, server: MailServer, now: datetime) -> Seen:
        """Look."""
        due = Counter(session.scalars(query(Timer.what).where(Timer.state == "pending", Timer.due_at <= now)))
        notices = list(session.scalars(query(Notice)))
        mails = list(session.scalars(query(Mail)))
        return cls(
            actions=due["action"],
            reminders=due["reminder"],
            new=sum(notice.kind in (Kind.REMINDER, Kind.ESCALATION) for notice in notices),
            apart=sum(notice.state == "waiting" and not notice.collected for notice in notices),
            mails=Counter(mail.state for mail in mails),
            worded=sum(mail.text is not None for mail in mails),
            taken=len(server.taken()),
        )


@dataclass(frozen=True)
class Step:
    """A moment to die at, what must be seen then, and how many mails the server takes twice because of it."""

    arm: Callable[[MailServer], None]
    holds: Callable[[Seen], bool]
    twice: int = 0


STEPS = {
    "action, before the commit": Step(told_of("action taken"), lambda seen: seen.actions == 2),
    "action, after the commit": Step(told_of("action settled"), lambda seen: seen.actions == 1),
    "reminders claimed": Step(reminders_claimed, lambda seen: seen.actions == 0 and seen.reminders > 0 == seen.new),
    "notices written, before the commit": Step(
        told_of("notices written"), lambda seen: seen.reminders > 0 and seen.new == 0
    ),
    "notices written, after the commit": Step(
        told_of("reminders settled"), lambda seen: seen.reminders == 0 and seen.new > 0 and not seen.mails
    ),
    "mails made, before the commit": Step(told_of("mails made"), lambda seen: seen.apart > 0 and not seen.mails),
    "mails made, before the commit of the collecting ones": Step(
        told_of("collecting mails made"), lambda seen: seen.apart == 0 and seen.mails["waiting"] > 0
    ),
    "mails made, after the commit": Step(
        told_of("notices packed"), lambda seen: seen.apart == 0 and set(seen.mails) == {"waiting"}
    ),
    "mails claimed": Step(told_of("mails claimed"), lambda seen: seen.mails["sending"] > 0 == seen.worded),
    "words kept": Step(told_of("words kept"), lambda seen: seen.worded == 1 and seen.taken == 0),
    "before the data": Step(before_the_data, lambda seen: seen.worded == 1 and seen.taken == 0),
    "before the answer": Step(before_the_answer, lambda seen: seen.taken == 1 and not seen.mails["sent"], twice=1),
    "mail sent": Step(told_of("mail sent"), lambda seen: seen.taken == 1 and not seen.mails["sent"], twice=1),
    "mail settled": Step(told_of("mail settled"), lambda seen: seen.taken == 1 == seen.mails["sent"]),
}


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(
    step: str,
    engine: Engine,
    undisturbed: Callable[[str, Amount], Undisturbed],
    world: World,
    catalogue: Catalogue,
    server: MailServer,
    tmp_path: Path,
) -> None:
    """A worker dies at a step; two others do what it left, and send again only what it may have sent."""
    wanted = undisturbed(engine.dialect.name, SHORT)
    shift.fill(world, SHORT)
    world.session.commit()
    world.session.close()
    work = Shift.begin(engine, catalogue, server, tmp_path)
    work.clock.morning(SHORT.mornings[0])

    def until_the_step(worker: Worker) -> None:
        STEPS[step].arm(server)
        worker.tick()

    assert ended(work.started(until_the_step)) == -signal.SIGKILL, "the worker does not come to the step"
    with Session(engine) as session:
        seen = Seen.of(session, server, work.clock.now())
        assert STEPS[step].holds(seen), seen
    work.clock.past_the_lease()
    work.left_alone()
    with Session(engine) as session:
        assert shift.told(session) == wanted.told[0]
        assert shift.settled(session) == wanted.timers[0]
        shift.check(session, server, SHORT.mornings[0])
        sent = list(session.scalars(query(Mail.id)))
    assert len(server.taken()) - len(sent) == STEPS[step].twice
