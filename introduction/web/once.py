"""One-time keys: a form that is sent twice answers the same and acts once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from flask import redirect, request
from werkzeug.wrappers import Response

from introduction.domain.errors import NotAllowed, Refused
from introduction.services.desk import Desk
from introduction.store.request import RequestKey, answer_of
from introduction.web.database import acting, session

Page = str | Response | tuple[str, int]
FIELD = "request_key"
_FORM = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new_key() -> str:
    """A key for a form that is about to be drawn."""
    return secrets.token_urlsafe(18)


def posted_revision() -> int | None:
    """The revision that the posted form was drawn from; 0 (which never fits) when it is missing or no number."""
    text = request.form.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def answered() -> Response | None:
    """The answer to a form that has been sent before; None for one that comes for the first time."""
    key = request.form.get(FIELD, "")
    given = answer_of(session(), key) if _FORM.fullmatch(key) else None
    return redirect(given, 303) if given else None


def act_once(change: Callable[[Desk], str]) -> Response:
    """Run a change in a writing transaction and redirect to the address that it returns.

    The form's key is stored in the same transaction, so the second of two equal posts only gets the answer.
    """
    key = request.form.get(FIELD, "")
    with acting() as desk:
        if not _FORM.fullmatch(key):
            return redirect(change(desk), 303)
        given = answer_of(desk.session, key)
        if given is None:
            row = RequestKey(key=key, person_id=desk.user_id, answer="", at=desk.now)
            desk.session.add(row)
            desk.session.flush()
            given = row.answer = change(desk)
    return redirect(given, 303)


def act_or_tell(change: Callable[[Desk], str], told: Callable[[Refused], Page]) -> Page:
    """Act once; what the rules refuse is told on the page that ``told`` draws. NotAllowed is raised: it has its own."""
    try:
        return act_once(change)
    except NotAllowed:
        raise
    except Refused as refusal:
        return told(refusal)
