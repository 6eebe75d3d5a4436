"""Letters and lines for tests of their words, with what a test does not care about filled in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from introduction.domain.messages import say
from introduction.domain.notices import Kind
from introduction.domain.process.timing import Text
from introduction.domain.roles import Role
from introduction.services.letters import Letter, Line
from introduction.store.gathering import Name

BASE = "https://inforande.region.example"
TODAY = date(2026, 11, 23)  #: a Monday
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
TITLE = Text(sv="Beskriv läkemedlet", en="Describe the medicine")
NAME = Name("case", "VGR-2026-0007", "Examplumab", "svår migrän", False)

_REASONS = (say("Enheterna har inte svarat."),)


def line(template: str = "reminder", notice_id: int = 1, days: int | None = 10, **rest: Any) -> Line:
    """A notice about a task that is due so many days from today; None: about no day."""
    due_on = TODAY + timedelta(days=days) if days is not None else None
    due = {"due_date_id": 400 + notice_id if days is not None else None, "task_id": 12, "due_on": due_on}
    empty = {"stage": None, "unit": None, "person": None, "role": None, "by": None, "note": None}
    kept: dict[str, Any] = {"kind": Kind.REMINDER, "name": NAME, "title": TITLE, **due, **empty, **rest}
    return Line(notice_id=notice_id, template=template, **kept)


def letter(*lines: Line, language: str = "sv", **rest: Any) -> Letter:
    """A letter to Johan Sand."""
    kept: dict[str, Any] = {
        "mail_id": 1,
        "message_id": "0123",
        "person": "Johan Sand",
        "address": "johan.sand@region.example",
        "invented": False,
        "collected_on": TODAY,
        "today": TODAY,
        "reply_to": ("Karin Ek", "karin.ek@region.example"),
        **rest,
    }
    return Letter(language=language, lines=lines, **kept)


_OF_CASE: dict[str, Any] = {"days": None, "task_id": None}
_OF_REGION: dict[str, Any] = {"name": None, "task_id": None, "due_date_id": None}
_STEP: dict[str, Any] = {
    **_OF_CASE,
    "title": Text(sv="Lämna in igen", en="Submit again"),
    "stage": Text(sv="Nominerad", en="Nominated"),
    "kind": Kind.TOLD,
}


def every_kind() -> Sequence[Line]:
    """A line for each thing that people are told, and for the ways in which it may be told."""
    told = [
        line("reminder"),
        line("reminder", days=-3, unit="Lungmedicin", instead_of="Karin Ek"),
        line("reminder", days=0),
        line("reminder", days=1),
        line("reminder", days=-1),
        line("reminder", days=None, title=None),
        line("escalation", days=-7, kind=Kind.ESCALATION),
        line("unanswered", days=-1, kind=Kind.ESCALATION),
        line("occasion", due_date_id=None, task_id=None),
        line("occasion", days=-2, due_date_id=None, task_id=None, kind=Kind.DIGEST),
        line("region", person="Karin Ek", role=Role.HEAD_OF_UNIT, unit="Lungmedicin", **_OF_REGION),
        line("region", days=-1, person="Karin Ek", role=Role.COORDINATOR, **_OF_REGION),
        line("region", days=-1, unit="Lungmedicin", kind=Kind.DIGEST, **_OF_REGION),
        line("region", **_OF_REGION),
        line("moved", by="Karin Ek", note="Beskriv målgruppen.", **_STEP),
        line("moved", **{**_STEP, "name": Name("recommendation", "NAT-2026-0001", "Examplumab", "svår migrän", True)}),
        line("decided", by="Karin Ek", **_STEP),
        line("assigned", kind=Kind.TOLD, by="Karin Ek"),
        line("assigned", kind=Kind.TOLD, by="Karin Ek", instead_of="Åsa Öberg"),
        line("assigned", kind=Kind.TOLD, by="Karin Ek", title=None, **_OF_CASE),
        line("refused", kind=Kind.ESCALATION, reasons=_REASONS, due_date_id=None, task_id=None),
        line("analysis", kind=Kind.TOLD, title=None, reasons=_REASONS, **_OF_CASE),
        line("outside", kind=Kind.TOLD, title=None, reasons=_REASONS, **_OF_CASE),
        line("unreachable", kind=Kind.DIGEST, person="Karin Ek", told=("Johan Sand", "Åsa Öberg")),
        line("undelivered", days=None, kind=Kind.DIGEST, title=None, person="Karin Ek", address="k@x.example",
             answer="550 no such user", **{key: value for key, value in _OF_REGION.items() if key != "due_date_id"}),
    ]  # fmt: skip
    return told
