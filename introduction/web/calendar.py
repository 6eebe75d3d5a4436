"""The personal calendar: a secret address that calendar programs ask for what is due."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, g

from introduction.documents import calendar_file
from introduction.services import calendar
from introduction.settings import Settings
from introduction.web.database import reading
from introduction.web.permission import public

blueprint = Blueprint("calendar", __name__)


@blueprint.get("/calendar/<secret>.ics")
@public
def feed(secret: str) -> Response:
    """What waits for the person whose secret it is, in the person's language. Programs that ask cannot sign in."""
    settings: Settings = current_app.extensions["settings"]
    desk = reading()
    found = calendar.reader(desk, secret, settings.secret_key)
    if found is None:
        abort(404)
    row, person = found
    told = calendar_file.of_days(calendar.days(desk, person), row.language, settings.url, g.now)
    answer = Response(told, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="ordnat-inforande.ics"'
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
