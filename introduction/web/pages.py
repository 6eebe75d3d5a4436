"""Pages that anybody may read: what this is, help, accessibility, personal data. And a sign of life."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from introduction.services import workers
from introduction.web.database import person, reading
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
    """200 when the database answers: the pages work. A second line says whether any worker does."""
    silent = workers.silent(reading())
    worker = "ok" if silent is False else "never seen" if silent is True else f"silent since {_utc(silent)}"
    return f"ok\nworker: {worker}\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
