"""The language of the pages: Swedish first, English by a switch."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, url_for
from flask import session as cookie
from flask_login import current_user
from werkzeug.wrappers import Response

from introduction.store.person import PersonRow
from introduction.web.database import acting, person
from introduction.web.permission import public

blueprint = Blueprint("language", __name__)
LANGUAGES = ("sv", "en")


def choose() -> str:
    """The language of this request: the person's own, else what the browser's cookie says, else Swedish."""
    if current_user and current_user.is_authenticated:
        return str(current_user.row.language)
    chosen = cookie.get("language")
    return chosen if chosen in LANGUAGES else "sv"


def local_path(address: str | None) -> str | None:
    """The address when it leads to a page of this site; otherwise None."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or "\n" in address:
        return None
    parts = urlsplit(address)
    return None if parts.netloc or parts.scheme else address


@blueprint.post("/language")
@public
def switch() -> Response:
    """Change language and come back to the same page."""
    wanted = request.form.get("language")
    if wanted in LANGUAGES:
        cookie["language"] = wanted
        who = person()
        if who is not None:
            with acting() as desk:
                desk.session.get_one(PersonRow, who.user_id).language = wanted
    return redirect(local_path(request.form.get("next")) or url_for("pages.start"), 303)
