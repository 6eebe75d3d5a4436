"""Closed by default: every route says who may use it, or the app does not start."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask
from werkzeug.exceptions import Unauthorized

from introduction.domain.errors import NotAllowed
from introduction.domain.messages import say
from introduction.domain.roles import RIGHTS, Right
from introduction.web.database import person

P = ParamSpec("P")
R = TypeVar("R")
_MARK = "introduction_permission"


class UnguardedRoute(Exception):
    """Routes that name no permission."""


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Anybody may use the route."""
    setattr(view, _MARK, "public")
    return view


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Anybody who is signed in may use the route."""
    return _guarded(view, None)


def needs(right: Right) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Only people with a role that has the right, somewhere; the service then asks for the object itself."""

    def guard(view: Callable[P, R]) -> Callable[P, R]:
        return _guarded(view, right)

    return guard


def _guarded(view: Callable[P, R], right: Right | None) -> Callable[P, R]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        who = person()
        if who is None:
            raise Unauthorized
        if right is not None and not RIGHTS[right] & who.roles_in(None):
            raise NotAllowed(say("Din roll ger inte tillgång till sidan"))
        return view(*args, **kwargs)

    setattr(guarded, _MARK, right or "signed_in")
    return guarded


def permission_of(view: Callable[..., object]) -> str | None:
    """What a view demands: a right, ``signed_in``, ``public`` or None when nothing is said."""
    return getattr(view, _MARK, None)


def demand_permissions(app: Flask) -> None:
    """Raise UnguardedRoute, naming every route whose view says nothing of who may use it."""
    open_routes = sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and permission_of(app.view_functions[rule.endpoint]) is None
    )
    if open_routes:
        raise UnguardedRoute(", ".join(open_routes))
