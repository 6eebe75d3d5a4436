"""The product as people meet it: over HTTP, on a database with the world in it, at a time that is moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from introduction import create_app
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Role
from introduction.settings import Settings, bundled
from introduction.store import database
from introduction.store.person import PersonRow
from introduction.web.database import db
from tests import world as world_module
from tests.journeys.visitor import Visitor
from tests.world import PASSWORD, VGR, Clock, World


class Site:
    """A running service, its world, and the people who use it."""

    def __init__(self, app: Flask, engine: Engine, world: World, clock: Clock) -> None:
        self.app, self.engine, self.world, self.clock = app, engine, world, clock
        self._visitors: dict[int, Visitor] = {}

    def stranger(self) -> Visitor:
        """Somebody who is not signed in and has no account."""
        return Visitor(self.app.test_client())

    def visitor(self, who: Role | str | PersonRow, region: str = VGR) -> Visitor:
        """The person with a role in a region, or a person, at the browser that the person always uses."""
        row = who if isinstance(who, PersonRow) else self.world.people[region][Role(who)]
        if row.id not in self._visitors:
            self._visitors[row.id] = Visitor(self.app.test_client(), row.email, PASSWORD, row.name)
        return self._visitors[row.id]

    def signed_in(self, who: Role | str | PersonRow, region: str = VGR) -> Visitor:
        """The same person, at a browser of its own where signing in is done."""
        row = who if isinstance(who, PersonRow) else self.world.people[region][Role(who)]
        made = Visitor(self.app.test_client(), row.email, PASSWORD, row.name)
        made.enter()
        return made

    @contextmanager
    def changing(self) -> Iterator[World]:
        """The world with a writing transaction open; what happens is committed at the end."""
        database.begin_writing(self.world.session)
        try:
            yield self.world
            self.world.session.commit()
        finally:
            self.world.session.rollback()

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """A look into the database from outside."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """The statements that the service sends to its database meanwhile."""
        sent: list[str] = []

        def note(*arguments: Any) -> None:
            sent.append(arguments[2])

        with self.app.app_context():
            own = db.engine
        event.listen(own, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(own, "before_cursor_execute", note)


class _Compiled(BytecodeCache):
    """Templates are compiled once in a process, not once for each app that a test builds."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_compiled = _Compiled()


@dataclass(frozen=True)
class _Built:
    """An app, and what it was configured with."""

    app: Flask
    config: dict[str, Any]
    extensions: dict[str, Any]

    @classmethod
    def by(cls, settings: Settings, catalogue: Catalogue) -> _Built:
        """Build an app."""
        app = create_app(settings, catalogue)
        app.jinja_env.bytecode_cache = _compiled
        return cls(app, dict(app.config), dict(app.extensions))

    def anew(self, settings: Settings, catalogue: Catalogue) -> Flask:
        """The app as it was when it was built, whatever a test has set in it since."""
        for now, then in ((self.app.config, self.config), (self.app.extensions, self.extensions)):
            now.clear()
            now.update(then)
        self.app.extensions |= {"settings": settings, "catalogue": catalogue}
        return self.app


#: Databases come again under the same address, and so do apps: all that they know of a test stands in its database.
_built: dict[str, _Built] = {}


@contextmanager
def running(engine: Engine, world: World, clock: Clock, folder: Path) -> Iterator[Site]:
    """The service on a database, told the time by a clock."""
    settings = Settings(
        state=folder,
        database_url=engine.url.render_as_string(hide_password=False),
        workflows=bundled("workflows"),
        secret_key="a key for tests",
        seal_key="a seal for tests",
        testing=True,
    )
    address = settings.database_url
    if address not in _built:
        _built[address] = _Built.by(settings, world.catalogue)
    app = _built[address].anew(settings, world.catalogue)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("introduction.clock.now", lambda: clock.now.astimezone(UTC))
        yield Site(app, engine, world, clock)
    with app.app_context():
        db.engine.dispose()


@contextmanager
def standing(engine: Engine, catalogue: Catalogue, clock: Clock) -> Iterator[World]:
    """The world in a database, with no transaction open that others would wait for."""
    with Session(engine, expire_on_commit=False) as session:
        found = world_module.find(session, catalogue, clock)
        session.commit()
        yield found
