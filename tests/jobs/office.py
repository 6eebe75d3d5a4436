"""A worker at work in the world: a mail server that answers as the test says, and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from introduction.domain.calendar import STOCKHOLM
from introduction.domain.roles import Role
from introduction.jobs.worker import Worker
from introduction.services import steps
from introduction.services.outbox import Answer
from introduction.services.subjects import Subject
from introduction.store import database
from introduction.store.mail import Mail
from introduction.store.notice import Notice
from introduction.store.person import PersonRow
from introduction.store.task import TaskRow
from introduction.store.timer import Timer
from tests.world import VGR, Clock, World

SENT = Answer("sent", "250 OK")
DOWN = Answer("retry", "ConnectionRefusedError: nobody answers")
UNKNOWN = Answer("failed", "550 5.1.1 no such user")


@dataclass
class Post:
    """Takes mails as a mail server would: all are sent, unless the test answers otherwise for an address."""

    answers: dict[str, Answer] = field(default_factory=dict)
    tries: list[tuple[str, EmailMessage]] = field(default_factory=list)
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)

    def send(self, message: EmailMessage, to: str) -> Answer:
        """Answer for the address."""
        self.tries.append((to, message))
        answer = self.answers.get(to, self.answers.get("*", SENT))
        if answer.state == "sent":
            self.taken.append((to, message))
        return answer


def body(message: EmailMessage, part: str = "plain") -> str:
    """A mail's text, or its HTML, without its line breaks."""
    found = message.get_body((part,))
    assert found is not None
    return " ".join(str(found.get_content()).split())


class Office:
    """The world with its worker."""

    def __init__(self, engine: Engine, world: World, clock: Clock) -> None:
        self.world, self.clock, self.post = world, clock, Post()
        self.worker = Worker(
            sessions=sessionmaker(engine),
            catalogue=world.catalogue,
            mailer=self.post,
            url="https://inforande.example",
            sender="Ordnat införande <inforande@region.example>",
            host="inforande.example",
            now=lambda: clock.now.astimezone(UTC),
        )

    def person(self, role: Role) -> PersonRow:
        """The person with a role in Västra Götaland."""
        return self.world.people[VGR][role]

    @contextmanager
    def changing(self) -> Iterator[World]:
        """The world with a writing transaction open; what happens is committed at the end."""
        session = self.world.session
        database.begin_writing(session)
        try:
            yield self.world
            session.commit()
        finally:
            session.rollback()

    def start_case(self, medicine: str = "Examplumab", *, owner: PersonRow | None = None) -> Subject:
        """A case in the horizon scan: the stage should be left within six months."""
        with self.changing() as world:
            case = world.start_case(medicine)
            if owner is not None:
                case.row.owner_id = owner.id
            return case

    def assign(self, case: Subject, to: PersonRow, task: str = "estimate_early_cost") -> None:
        """The coordinator gives somebody a task, of which the person is told."""
        with self.changing() as world:
            row = world.session.scalars(
                select(TaskRow).where(TaskRow.instance_id == case.instance.id, TaskRow.name == task)
            ).one()
            steps.assign_task(world.desk(Role.COORDINATOR), row.id, to.id)

    def at(self, year: int, month: int, day: int, hour: int = 7, minute: int = 0) -> list[tuple[str, str]]:
        """Move the clock, let the worker do what has fallen due, and tell what was sent then: to whom, with which
        subject."""
        self.clock.now = datetime(year, month, day, hour, minute, tzinfo=STOCKHOLM)
        return self.tick()

    def tick(self) -> list[tuple[str, str]]:
        """Let the worker do what has fallen due, and tell what was sent then."""
        before = len(self.post.taken)
        self.worker.tick()
        return [(to, str(message["Subject"])) for to, message in self.post.taken[before:]]

    # --------------------------------------------------------------------------------- what is left behind

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """A look into the database from outside."""
        with self.worker.sessions() as session:
            yield session

    def mails(self, to: PersonRow | None = None) -> list[Mail]:
        """The mails that were made, or those to a person, oldest first."""
        query = select(Mail).order_by(Mail.id)
        with self.looking() as session:
            return list(session.scalars(query if to is None else query.where(Mail.person_id == to.id)))

    def notices(self, to: PersonRow | None = None) -> list[Notice]:
        """What people were told, or one person, oldest first."""
        query = select(Notice).order_by(Notice.id)
        with self.looking() as session:
            return list(session.scalars(query if to is None else query.where(Notice.person_id == to.id)))

    def timers(self, state: str) -> list[Timer]:
        """The timers in a state."""
        with self.looking() as session:
            return list(session.scalars(select(Timer).where(Timer.state == state).order_by(Timer.id)))
