"""Before a change is made: which dates it would move, and who would be reminded when. Nothing is saved yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from flask import render_template, request

from introduction.domain.errors import Conflict, Refused
from introduction.services import dates
from introduction.services.dates import Move, Preview
from introduction.services.desk import Desk
from introduction.services.files import InstanceFile
from introduction.web import actions, asking, once
from introduction.web.actions import Noun, Page
from introduction.web.database import acting, reading
from introduction.web.forms.builder import Asked

#: What the buttons of the preview say: save, or go back to the form.
SAVE, EDIT = "save", "edit"
_OWN = (once.FIELD, "csrf_token", "revision", asking.MOVING)


def shown_first(
    noun: Noun, file: InstanceFile, asked: Asked, title: str, change: Callable[[Desk], object]
) -> Page | None:
    """The page to show before a posted change is made; None when it is to be made at once.

    That is when nothing moves, when somebody has seen the preview and saves, and when the change cannot be made at
    all: then the change itself says why.
    """
    if request.method != "POST" or not asked.form.validate():
        return None
    answer = request.form.get(asking.MOVING)
    if answer == EDIT:
        return actions.form_page(file, asked, title)
    if answer == SAVE or once.answered() is not None:
        return None
    instance_id, number = file.subject.instance.id, file.subject.number
    try:
        found = _foreseen(instance_id, change)
    except (Conflict, Refused):
        return None
    if found.empty:
        return None
    return _page(noun.read(reading(), number), title, found)


def _foreseen(instance_id: int, change: Callable[[Desk], object]) -> Preview:
    with acting() as desk:
        found = dates.preview(desk, instance_id, change)
        desk.session.rollback()
    return found


def _page(file: InstanceFile, title: str, found: Preview) -> str:
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in _OWN]
    return render_template(
        "cases/moves.html",
        file=file,
        title=title,
        dates=found.dates,
        number=len(found.timers),
        reminders=_together(found.timers),
        typed=typed,
        request_key=request.form.get(once.FIELD) or once.new_key(),
        revision=request.form.get("revision"),
        example_band=file.subject.row.example,
        field=asking.MOVING,
        save=SAVE,
        edit=EDIT,
    )


def _together(moves: Sequence[Move]) -> list[Move]:
    """Reminders of the same thing that move from the same day to the same day, such as those of several units."""
    found: dict[tuple[object, ...], Move] = {}
    for move in moves:
        key = (move.kind, move.title, move.before, move.after)
        people = [*found[key].people, *move.people] if key in found else move.people
        found[key] = replace(move, people=tuple(dict.fromkeys(people)))
    return list(found.values())
