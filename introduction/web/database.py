"""The database in a web request: pages read, posted forms write, and the edge commits once."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app, g
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy.orm import Session

from introduction import clock
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Person
from introduction.services.desk import Desk
from introduction.settings import Settings
from introduction.store import database

db = SQLAlchemy()


def set_up(app: Flask, settings: Settings) -> None:
    """Connect the app to its database."""
    app.config["SQLALCHEMY_ENGINES"] = {"default": settings.database_url}
    db.init_app(app)
    # The library also closes asynchronous sessions after each request, on an event loop in a thread; there are none.
    closing = app.teardown_appcontext_funcs
    closing[:] = [function for function in closing if not inspect.iscoroutinefunction(function)]
    with app.app_context():
        database.prepare(db.engine)


def catalogue() -> Catalogue:
    """The processes in use."""
    found: Catalogue = current_app.extensions["catalogue"]
    return found


def session() -> Session:
    """This request's session. Outside ``acting`` its transaction only reads."""
    found: Session = db.session
    if not found.in_transaction():
        database.begin_reading(found)
    return found


def person() -> Person | None:
    """Who is signed in."""
    found: Person | None = g.get("person")
    return found


def reading() -> Desk:
    """The desk of a page that only reads."""
    return Desk(session(), catalogue(), person(), g.now)


@contextmanager
def acting() -> Iterator[Desk]:
    """The desk of a change: a writing transaction, committed at the end, rolled back by any error."""
    own: Session = db.session
    own.rollback()
    database.begin_writing(own)
    try:
        yield Desk(own, catalogue(), person(), g.now)
        own.commit()
    except BaseException:
        own.rollback()
        raise


def mark_time() -> None:
    """Read the clock once for the whole request."""
    g.now = clock.now()
