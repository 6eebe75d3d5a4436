"""Pages that anybody may read: what this is, help, accessibility, personal data. And a sign of life."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy import text
from werkzeug.wrappers import Response

from introduction.web.database import person, session
from introduction.web.permission import public

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@public
def start() -> str | Response:
    """What this is, for somebody who is not signed in; the own work for somebody who is."""
    if person() is not None:
        return redirect(url_for("work.mine"))
    return render_template("pages/start.html")


@blueprint.get("/help")
@public
def help() -> str:
    """How to do the usual things."""
    return render_template("pages/help.html")


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("pages/accessibility.html")


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """How personal data are handled."""
    return render_template("pages/privacy.html")


@blueprint.get("/healthz")
@public
def healthz() -> tuple[str, int, dict[str, str]]:
    """200 when the database answers."""
    session().execute(text("SELECT 1"))
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
