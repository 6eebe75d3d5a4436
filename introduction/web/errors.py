"""Turns errors into pages: one kind of error, one kind of page, never a stack trace."""

from __future__ import annotations

import logging

from flask import Flask, g, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from introduction.domain.errors import NotAllowed, NotFound, Refused
from introduction.web import kept
from introduction.web.database import db, session
from introduction.web.words import language, reasons_of

log = logging.getLogger(__name__)
Page = tuple[str, int]


def typed_in_words(session: Session) -> list[tuple[str, str]]:
    """What was typed in the posted form, for a page that cannot show the form itself; never a password."""
    if request.method != "POST":
        return []
    return kept.in_words(session, [(n, v) for n, v in request.form.items(multi=True) if n not in kept.SECRET])


def _not_allowed(error: NotAllowed) -> Page:
    return render_template("errors/403.html", reasons=reasons_of(error)), 403


def _refused(error: Refused) -> Page:
    reasons = reasons_of(error)
    return render_template("errors/400.html", reasons=reasons, kept=typed_in_words(session())), 400


def _not_found(_error: NotFound) -> Page:
    return render_template("errors/404.html"), 404


def _csrf(_error: CSRFError) -> Page:
    message = gettext("Formuläret var för gammalt eller skickades från en annan webbplats. Ingenting är ändrat.")
    return render_template("errors/400.html", message=message, kept=typed_in_words(session())), 400


def _busy(error: OperationalError) -> Page:
    log.warning("database busy or gone: %s", error)
    return _bare(503)


def _http(error: HTTPException) -> Page | Response:
    code = error.code or 500
    if code in (400, 403, 404, 413, 429):
        return render_template(f"errors/{code}.html"), code
    if code == 405:
        return render_template("errors/404.html"), 405
    if code < 400:
        return error.get_response()  # type: ignore[return-value]
    return _bare(code)


def _crash(error: Exception) -> Page:
    log.exception("a page crashed", exc_info=error)
    return _bare(500)


def _bare(code: int) -> Page:
    """A page that needs neither the database nor a signed-in person."""
    from flask import current_app

    return current_app.jinja_env.get_template("errors/500.html").render(language=_safe_language()), code


def _safe_language() -> str:
    try:
        return language()
    except Exception:
        return "sv"


def _rolled_back(handler):  # type: ignore[no-untyped-def]
    """Leave the failed transaction before drawing the page."""

    def handle(error):  # type: ignore[no-untyped-def]
        if "now" in g:
            db.session.rollback()
        return handler(error)

    return handle


def set_up(app: Flask) -> None:
    """Register the handlers."""
    for kind, handler in (
        (NotAllowed, _not_allowed),
        (Refused, _refused),
        (NotFound, _not_found),
        (CSRFError, _csrf),
        (OperationalError, _busy),
        (HTTPException, _http),
        (Exception, _crash),
    ):
        app.register_error_handler(kind, _rolled_back(handler))
