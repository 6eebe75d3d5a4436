"""What the commands share: the installation that they work on, and how they read and write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from introduction import clock
from introduction.domain.errors import NotFound
from introduction.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from introduction.domain.process.loading import Catalogue
    from introduction.domain.roles import Person, Role
    from introduction.jobs.worker import Worker
    from introduction.services.desk import Desk
    from introduction.store.person import PersonRow

as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON, for a script.")
as_person = click.option("--as", "email", required=True, help="Who acts: the e-mail address of an account.")
a_day = click.DateTime(["%Y-%m-%d"])


@dataclass(frozen=True)
class Place:
    """This installation: its settings, and the database and processes once somebody asks for them."""

    settings: Settings

    @cached_property
    def engine(self) -> Engine:
        """The database's engine."""
        from introduction.store import database

        return database.open_engine(self.settings.database_url)

    def close(self) -> None:
        """Let go of the database, where a command has used it."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        """Makes sessions."""
        from sqlalchemy.orm import sessionmaker

        return sessionmaker(self.engine)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The processes. Raises BadDefinition."""
        from introduction.domain.process import loading

        return loading.load(self.settings.workflows)

    def worker(self, *, inside: bool) -> Worker:
        """A worker for this installation; ``inside``: in the process that serves the pages."""
        from introduction.jobs import mailer, worker

        settings = self.settings
        return worker.Worker(
            self.sessions,
            self.catalogue,
            mailer.of_settings(settings),
            settings.url,
            settings.mail_sender,
            settings.host,
            inside=inside,
        )

    def demand_current(self) -> None:
        """Refuse to work on a database that has not been brought to this release's revision."""
        from introduction.store import migrate

        if not migrate.is_current(self.engine):
            raise click.ClickException("the database is not of this release: run introduction db upgrade")

    @contextmanager
    def writing(self, email: str | None = None) -> Iterator[Desk]:
        """The operator's desk, or that of a named person, in a writing transaction that is committed at the end."""
        from introduction.store import database

        self.demand_current()
        with self.sessions() as session:
            database.begin_writing(session)
            yield self._desk(session, email)
            session.commit()

    @contextmanager
    def reading(self, email: str | None = None) -> Iterator[Desk]:
        """The same, only to read, and in one snapshot."""
        from introduction.store import database

        self.demand_current()
        with self.sessions() as session:
            database.begin_snapshot(session)
            yield self._desk(session, email)

    def _desk(self, session: Session, email: str | None) -> Desk:
        from introduction.services.desk import Desk

        now = clock.now()
        by = _acting(session, email, now) if email is not None else None
        return Desk(session, self.catalogue, by, now, operator=email is None)


def _acting(session: Session, email: str, now: datetime) -> Person:
    from introduction.domain.calendar import local_date
    from introduction.store import person as persons

    row = person_row(session, email)
    if not row.active:
        raise click.ClickException(f"{email} can no longer act")
    return persons.as_person(session, row, local_date(now))


def person_row(session: Session, email: str) -> PersonRow:
    from introduction.store import person as persons

    row = persons.by_email(session, email)
    if row is None:
        raise NotFound(f"person {email}")
    return row


def role_named(name: str) -> Role:
    from introduction.domain.roles import Role

    try:
        return Role(name)
    except ValueError:
        raise click.ClickException(f"there is no role {name}: choose {', '.join(Role)}") from None


def unit_named(desk: Desk, region_id: int, name: str) -> int:
    from introduction.domain.swedish import fold
    from introduction.store.unit import units_of

    found = [unit.id for unit in units_of(desk.session, region_id, desk.today) if fold(unit.name) == fold(name)]
    if len(found) != 1:
        raise click.ClickException(f"there {'is no unit' if not found else 'are several units'} named {name}")
    return found[0]


def day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def write_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
