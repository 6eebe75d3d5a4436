"""Who is signed in: Flask-Login over session rows, with the mandates of today."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user
from sqlalchemy.orm import Session
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from introduction.domain.calendar import local_date
from introduction.domain.errors import Refused
from introduction.domain.roles import REGION_WIDE, RIGHTS, Person, Right, Role
from introduction.services import sent, signing_in
from introduction.settings import Settings
from introduction.store import database as transactions
from introduction.store import person as persons
from introduction.store.person import PersonRow
from introduction.store.region import RegionRow
from introduction.web import kept, words
from introduction.web.database import db, reading, session

#: Which role's name stands beside the person's in the header: the first that the person holds.
_SHOWN_FIRST = (
    Role.COORDINATOR,
    Role.COUNCIL_CHAIR,
    Role.COUNCIL_MEMBER,
    Role.SECRETARY,
    Role.DRAFTING_GROUP,
    Role.REGISTRAR,
    Role.ECONOMIST,
    Role.HEAD_OF_UNIT,
    Role.NOMINATOR,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
    Role.READER,
)
#: The blueprints whose pages hang on a case.
_OF_A_CASE = ("analyses", "analysis_compare", "outcomes", "net_prices", "follow_up", "handover")

_OF_MONEY = ("money", "claims", "ledger", "funds", "grants")
_OF_A_CLINIC = ("my_unit", "claims", "grants")
_OF_APPLICATIONS = ("applications", "application_writing", "application_order", "own_savings")


class SignedIn(UserMixin):
    """The signed-in person as Flask-Login wants it. The id in the cookie is the session's random token."""

    def __init__(self, token: str, row: PersonRow, person: Person, region: RegionRow | None) -> None:
        self.token = token
        self.row = row
        self.person = person
        self.name = row.name
        self.region_name = region.name if region else None
        self.region_slug = region.slug if region else None

    def get_id(self) -> str:
        """The session's token."""
        return self.token


def set_up(app: Flask) -> None:
    """Connect Flask-Login."""
    manager = LoginManager(app)
    manager.session_protection = None  # sessions are rows; they end there
    manager.user_loader(load)
    app.before_request(_know_person)
    app.context_processor(_frame)
    app.register_error_handler(Unauthorized, _ask_to_sign_in)


def load(token: str) -> SignedIn | None:
    """The person whose session a token stands for, with today's mandates; None when the session has ended."""
    found = signing_in.session_person(session(), token, g.now)
    if found is None:
        g.ended_token = token
        return None
    row, held = found
    if signing_in.wants_touch(held, g.now):
        _touch(held.id)
    own = session()
    person = persons.as_person(own, row, local_date(g.now))
    region = own.get(RegionRow, min(person.region_ids)) if person.region_ids else None
    return SignedIn(token, row, person, region)


def _touch(session_id: int) -> None:
    """Note that the session is alive, in a short transaction of its own."""
    own = db.session
    own.rollback()
    transactions.begin_writing(own)
    signing_in.touch(own, session_id, g.now)
    own.commit()


def _know_person() -> None:
    if request.endpoint == "static":
        return
    g.person = current_user.person if current_user.is_authenticated else None


def _ask_to_sign_in(_error: Unauthorized) -> Response:
    """Send to the sign-in page; fields posted by somebody whose session had just ended are kept."""
    here = request.full_path if request.query_string else kept.page_at(request.path)
    token = g.get("ended_token")
    held = None
    if request.method == "POST" and token and kept.SECRET.isdisjoint(request.form):  # passwords are never kept
        own = db.session
        own.rollback()
        transactions.begin_writing(own)
        held = _hold(own, token)
        own.commit()
    if held:
        flash(gettext("Du har varit borta en stund och behöver logga in igen. Det du skrev finns kvar."), "warning")
    elif token:
        flash(gettext("Du har varit borta en stund och behöver logga in igen."), "warning")
    return redirect(url_for("session.sign_in", next=None if held else here, held=held), 303)


def _hold(own: Session, token: str) -> str | None:
    """Keep the posted fields; None when they are too many to keep."""
    path = request.full_path if request.query_string else request.path
    try:
        return signing_in.hold_post(own, token, path, _fields(), g.now)
    except Refused:
        return None


def _fields() -> list[tuple[str, str]]:
    return [(key, value) for key, value in request.form.items(multi=True) if key != "csrf_token"]


def _title_of(person: Person, region: str | None) -> str:
    held = person.roles_in(None)
    first = next((role for role in _SHOWN_FIRST if role in held), None)
    return words.role_title(first, region) if first else ""


def _nav(person: Person) -> list[dict[str, Any]]:
    def item(title: str, endpoint: str, *blueprints: str) -> dict[str, Any]:
        return {"title": title, "href": url_for(endpoint), "current": request.blueprint in blueprints}

    held = person.roles_in(None)
    items = [item(gettext("Mitt arbete"), "work.mine", "work"), item(_messages(), "messages.listing", "messages")]
    if held & REGION_WIDE:
        items.append(item(gettext("Tavlan"), "board.show", "board"))
    items.append(item(gettext("Ärenden"), "cases.listing", "cases", "tasks", *_OF_A_CASE))
    if held & RIGHTS[Right.VIEW_PORTFOLIO]:
        items.append(item(gettext("Pengar"), "money.show", *_OF_MONEY, *_OF_APPLICATIONS))
        items.append(item(gettext("Portföljen"), "portfolio.show", "portfolio", "savings", "submissions"))
    elif held & RIGHTS[Right.CLAIM]:
        items.append(item(gettext("Verksamhetens pengar"), "my_unit.show", *_OF_A_CLINIC, *_OF_APPLICATIONS))
    if Role.HEAD_OF_UNIT in held:
        items.append(item(gettext("Min budget"), "landing.show", "landing"))
    if held & (RIGHTS[Right.NOMINATE] | RIGHTS[Right.START_CASE]):
        items.append(item(gettext("Nytt ärende"), "starting.choose", "starting"))
    items.append(item(gettext("Rekommendationer"), "recommendations.listing", "recommendations"))
    items.append(item(gettext("Processer"), "processes.listing", "processes"))
    if held & RIGHTS[Right.OPERATE]:
        items.append(item(gettext("Drift"), "operations.show", "operations", "jobs"))
    if held & RIGHTS[Right.NAME_NET_READERS]:
        items.append(item(gettext("Hemliga belopp"), "net_readers.listing", "net_readers"))
    items.append(item(gettext("Min profil"), "profile.show", "profile"))
    return items


def _mail_band(*, known: bool) -> str | None:
    """What every page says where mail does not go to whom it is meant for; a stranger is told no address."""
    settings: Settings = current_app.extensions["settings"]
    if settings.mail == "send" or not (known or request.endpoint == "session.sign_in"):
        return None
    if settings.mail == "stop":
        return gettext("Inga mejl skickas från den här installationen.")
    if not known:
        return gettext("Alla mejl går till en annan adress i stället för till mottagarna.")
    return gettext("Alla mejl går till %(address)s i stället för till mottagarna.", address=settings.mail_redirect)


def _messages() -> str:
    """What the menu calls the messages: with how many wait for an answer."""
    desk, title = reading(), gettext("Meddelanden")
    if desk.by is None:  # an error came before anybody was known
        return title
    waiting = sent.count(desk, sent.mine(desk, awaiting=True))
    return f"{title} ({waiting})" if waiting else title


def _frame() -> dict[str, Any]:
    """What base.html wants on every page."""
    language = words.language()
    other = {"code": "sv", "title": "Svenska"} if language == "en" else {"code": "en", "title": "English"}
    frame: dict[str, Any] = {"language": language, "other_language": other, "today": local_date(g.now)}
    user: SignedIn | AnonymousUserMixin = current_user._get_current_object()
    frame["mail_band"] = _mail_band(known=isinstance(user, SignedIn))
    if isinstance(user, SignedIn):
        frame |= {
            "person": user.person,
            "region_name": user.region_name,
            "role_title": _title_of(user.person, user.region_slug),
            "nav": _nav(user.person),
            "home_href": url_for("work.mine"),
        }
    return frame
