"""An applicant's own savings: told while the application is written, and confirmed by those who examine them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from introduction.domain.applications import SAVING_STATES
from introduction.domain.errors import InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.messages import Message, say
from introduction.domain.money import MAX_ORE
from introduction.domain.roles import Role, why_not
from introduction.domain.swedish import clean
from introduction.services import changes, log
from introduction.services.applications import to_write
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store.application import OwnSaving

_GUARD = "savings_examined"
_TEXTS: dict[str, tuple[int, Message]] = {
    "title": (300, say("Skriv vilken rekommendation eller åtgärd besparingen gäller")),
    "owner": (160, say("Skriv vem som ser till att det blir gjort")),
    "goal": (300, say("Skriv målet, till exempel 80 procent av patienterna")),
}


@dataclass(frozen=True)
class Told:
    """A saving as the applicant tells it."""

    title: str = ""
    amount_ore: int | None = None
    owner: str = ""
    goal: str = ""
    by_day: date | None = None
    state: str = ""
    reason: str = ""


def examiners(subject: Subject) -> tuple[Role, ...]:
    """The roles that examine the savings in the stage: those whose action wants them examined."""
    found = [a.by for a in subject.definition.actions_from(subject.instance.stage) if _GUARD in a.needs]
    return tuple(dict.fromkeys(role for roles in found for role in roles))


def add(desk: Desk, application_id: int, told: Told, *, revision: int | None = None) -> OwnSaving:
    """Tell of a saving. Raises as ``applications.to_write``, and InvalidInput at each field."""
    subject = to_write(desk, application_id, revision)
    row = OwnSaving(application_id=application_id, **_accepted(told))
    desk.session.add(row)
    desk.session.flush()
    _record(desk, subject, "own_saving_added", row)
    return row


def change(desk: Desk, saving_id: int, told: Told, *, revision: int | None = None) -> OwnSaving:
    """Tell of it otherwise: then it has not been examined. Raises as ``add``."""
    subject, row = _to_write(desk, saving_id, revision)
    values = _accepted(told)
    before = {key: getattr(row, key) for key in values}
    differing = log.changes(before, values)
    if differing:
        for key, value in values.items():
            setattr(row, key, value)
        row.confirmed_by = row.confirmed_at = None
        _record(desk, subject, "own_saving_changed", row, changes=differing)
    return row


def remove(desk: Desk, saving_id: int, *, revision: int | None = None) -> None:
    """Take a saving away. Raises as ``applications.to_write``."""
    subject, row = _to_write(desk, saving_id, revision)
    desk.session.delete(row)
    _record(desk, subject, "own_saving_removed", row)


def confirm(desk: Desk, saving_id: int, *, confirmed: bool = True, revision: int | None = None) -> OwnSaving:
    """Say that a saving has been examined, or that it has not after all.

    Only by those whom the region's process lets examine them, in the stage where it does. Raises NotAllowed, Refused.
    """
    found = _get(desk, saving_id)
    subject = changes.load(desk, found.application_id, revision)
    roles = examiners(subject)
    if not roles:
        raise Refused(say("Besparingarna prövas inte i det här steget"))
    reason = why_not(desk.by, roles, subject.scope)
    if reason is not None:
        raise NotAllowed(reason)
    row = _get(desk, saving_id)
    if (row.confirmed_at is not None) != confirmed:
        row.confirmed_at = desk.now if confirmed else None
        row.confirmed_by = desk.user_id if confirmed else None
        _record(desk, subject, "own_saving_confirmed" if confirmed else "own_saving_questioned", row)
    return row


def _accepted(told: Told) -> dict[str, Any]:
    values: dict[str, Any] = {key: " ".join(clean(getattr(told, key)).split()) for key in _TEXTS}
    problems: list[tuple[str, Message]] = []
    for key, (longest, missing) in _TEXTS.items():
        if not values[key]:
            problems.append((key, missing))
        elif len(values[key]) > longest:
            problems.append((key, say("Skriv högst {longest} tecken", longest=longest)))
    if told.amount_ore is None or not 0 <= told.amount_ore <= MAX_ORE:
        problems.append(("amount_ore", say("Skriv beloppet i kronor, till exempel 250 000 eller 1,2 mnkr")))
    if told.by_day is None:
        problems.append(("by_day", say("Ange vilken dag målet ska vara nått")))
    if told.state not in SAVING_STATES:
        problems.append(("state", say("Välj hur långt besparingen har kommit")))
    reason = changes.accept_note(told.reason) or None
    if told.state == "not_possible" and reason is None:
        problems.append(("reason", say("Skriv varför besparingen inte går att genomföra")))
    if problems:
        raise InvalidInput(*problems)
    return {**values, "amount_ore": told.amount_ore, "by_day": told.by_day, "state": told.state, "reason": reason}


def _get(desk: Desk, saving_id: int) -> OwnSaving:
    row = desk.session.get(OwnSaving, saving_id, populate_existing=True)
    if row is None:
        raise NotFound(f"own saving {saving_id}")
    return row


def _to_write(desk: Desk, saving_id: int, revision: int | None) -> tuple[Subject, OwnSaving]:
    subject = to_write(desk, _get(desk, saving_id).application_id, revision)
    return subject, _get(desk, saving_id)


def _record(desk: Desk, subject: Subject, kind: str, row: OwnSaving, **more: Any) -> None:
    log.record(desk, subject.instance, kind, saving=row.id, title=row.title, amount_ore=row.amount_ore, **more)
    changes.settle(desk, subject)
